//! `comparison.json`: everything that the page shows.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::effect::Effect;
use super::plan::Plan;
use crate::measures::{MEASURES, Measure, MeasuredRun};
use crate::results::ResultsError;

/// The outcome of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The version of this file's format.
    pub format: u32,
    /// What was to be run.
    pub plan: Plan,
    /// What was run, by variant and seed.
    pub runs: Vec<Record>,
    /// Each variant but the first beside the first, in every measure.
    pub effects: Vec<Effect>,
    /// It was ended before all was run.
    pub is_interrupted: bool,
    /// Seconds on the clock; whoever ran it fills that in.
    pub wall_s: f64,
    /// Seconds of all processors.
    pub cpu_s: f64,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The variant's place in the plan.
    pub variant: usize,
    /// Its seed.
    pub seed: u64,
    /// The digest of its events.
    pub digest: String,
    /// Every measure by name.
    pub measures: BTreeMap<String, Option<f64>>,
    /// The least time in which it could have been done, if that applies, seconds.
    pub bound_s: Option<f64>,
    /// The times, seconds from arrival, after which 0, 1, … 100 % of those who completed were complete.
    pub curve_s: Vec<f64>,
}

impl Record {
    /// What is kept of a run of this variant.
    pub fn new(variant: usize, seed: u64, run: MeasuredRun) -> Record {
        let MeasuredRun { digest, measures, bound_s, curve_s } = run;
        Record { variant, seed, digest, measures, bound_s, curve_s }
    }
}

impl Comparison {
    /// The format that this version writes and reads.
    pub const FORMAT: u32 = 1;
    /// The file's name.
    pub const FILE: &'static str = "comparison.json";

    /// Puts runs together.
    pub fn new(plan: &Plan, mut runs: Vec<Record>, is_interrupted: bool) -> Comparison {
        runs.sort_by_key(|run| (run.variant, run.seed));
        let effects = (1..plan.variants.len())
            .flat_map(|variant| MEASURES.iter().map(move |measure| (variant, measure)))
            .map(|(variant, measure)| {
                Effect::of(measure, &plan.variants[variant].name, &pairs(&runs, measure, variant))
            })
            .collect();
        Comparison {
            format: Comparison::FORMAT,
            plan: plan.clone(),
            runs,
            effects,
            is_interrupted,
            wall_s: 0.0,
            cpu_s: 0.0,
        }
    }

    /// The name of the first variant.
    pub fn base(&self) -> &str {
        &self.plan.variants[0].name
    }

    /// The measures of which there is a figure: nobody waits where nobody watches.
    pub fn measures(&self) -> Vec<&'static Measure> {
        let variants = 0..self.plan.variants.len();
        let is_known = |measure: &&Measure| {
            variants.clone().any(|variant| !figures(&self.runs, variant, measure).is_empty())
        };
        MEASURES.iter().filter(is_known).collect()
    }

    /// The figures of a variant, by seed.
    pub fn figures(&self, variant: usize, measure: &Measure) -> Vec<(u64, f64)> {
        figures(&self.runs, variant, measure)
    }

    /// The effects in one measure.
    pub fn effects_in<'a>(&'a self, measure: &'a Measure) -> impl Iterator<Item = &'a Effect> {
        self.effects.iter().filter(|effect| effect.measure == measure.name)
    }

    /// What it says about this measure, a sentence for each variant.
    pub fn sentences(&self, measure: &Measure) -> Vec<String> {
        self.effects_in(measure).map(|effect| effect.sentence(measure, self.base())).collect()
    }

    /// The object as text, with a line break at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("no float key: always encodable");
        text.push('\n');
        text
    }

    /// Reads the object; `path` is for the error.
    ///
    /// # Errors
    /// The text is no such object, or of another format.
    pub fn from_json(text: &str, path: &Path) -> Result<Comparison, ResultsError> {
        let unreadable = |source| ResultsError::Summary { path: path.to_owned(), source };
        let value: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        match value.get("format").and_then(serde_json::Value::as_u64) {
            Some(format) if format != u64::from(Comparison::FORMAT) => {
                Err(ResultsError::Format { path: path.to_owned(), format: format as u32 })
            }
            _ => serde_json::from_value(value).map_err(unreadable),
        }
    }
}

fn figures(runs: &[Record], variant: usize, measure: &Measure) -> Vec<(u64, f64)> {
    let of = |run: &Record| Some((run.seed, run.measures.get(measure.name).copied().flatten()?));
    runs.iter().filter(|run| run.variant == variant).filter_map(of).collect()
}

/// Figures of the same seed, the first variant's before this one's.
fn pairs(runs: &[Record], measure: &Measure, variant: usize) -> Vec<(f64, f64)> {
    let base: BTreeMap<u64, f64> = figures(runs, 0, measure).into_iter().collect();
    let others = figures(runs, variant, measure).into_iter();
    others.filter_map(|(seed, figure)| Some((*base.get(&seed)?, figure))).collect()
}
