//! `validation.json`: everything that the page shows, and what it takes to run it again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::experiment::{ArmRuns, Experiment, Findings, Runs, Size};
use super::picture::Picture;
use super::row::Row;
use super::verdict::Verdict;
use crate::results::ResultsError;

/// The outcome of all experiments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// The version of this file's format.
    pub format: u32,
    /// The version of swarmlab.
    pub version: String,
    /// How much was run.
    pub size: Size,
    /// The seeds: 1 to this.
    pub seeds: u32,
    /// Seconds on the clock; whoever ran it fills that in.
    pub wall_s: f64,
    /// Seconds of all processors.
    pub cpu_s: f64,
    /// In the order of their numbers.
    pub experiments: Vec<Section>,
}

/// One experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its number, like `V1`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What it answers.
    pub question: String,
    /// Who takes part and what is varied.
    pub set_up: String,
    /// Name and text of its scenario file.
    pub scenario: Option<(String, String)>,
    /// Why it was not run, or not to its end.
    pub not_run: Option<String>,
    /// What was left out at this size.
    pub left_out: Option<String>,
    /// The claims beside what was simulated.
    pub rows: Vec<Row>,
    /// The plots.
    pub pictures: Vec<Picture>,
    /// Each run, for who wants to see it again.
    pub runs: Vec<Record>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The case.
    pub arm: String,
    /// The values laid over the scenario, as `--set` takes them.
    pub overrides: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// The digest over its events.
    pub digest: String,
    /// What was measured.
    pub values: BTreeMap<String, Option<f64>>,
}

impl Validation {
    /// The format that this version writes.
    pub const FORMAT: u32 = 1;
    /// The name of the file in its folder.
    pub const FILE: &str = "validation.json";

    /// All claims with the number of their experiment.
    pub fn rows(&self) -> impl Iterator<Item = (&Section, &Row)> {
        self.experiments.iter().flat_map(|section| section.rows.iter().map(move |row| (section, row)))
    }

    /// How many claims ended so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows().filter(|(_, row)| row.verdict == verdict).count()
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("all keys are strings");
        text.push('\n');
        text
    }

    /// From JSON; `path` stands in messages.
    ///
    /// # Errors
    /// It is no such file, or one of another format.
    pub fn from_json(text: &str, path: &Path) -> Result<Validation, ResultsError> {
        let unreadable = |source| ResultsError::Summary { path: path.to_owned(), source };
        let value: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        match value["format"].as_u64() {
            Some(format) if format != u64::from(Validation::FORMAT) => {
                let format = u32::try_from(format).unwrap_or(u32::MAX);
                Err(ResultsError::Format { path: path.to_owned(), format })
            }
            _ => serde_json::from_value(value).map_err(unreadable),
        }
    }

    /// The raw values as CSV: one line for each run and measure.
    pub fn to_csv(&self) -> String {
        let mut text = String::from("experiment,case,seed,digest,measure,value\n");
        for section in &self.experiments {
            for run in &section.runs {
                for (measure, value) in &run.values {
                    let value = value.map(|value| value.to_string()).unwrap_or_default();
                    let Record { seed, digest, .. } = run;
                    let (id, case) = (&section.id, quoted(&run.arm));
                    let _ = writeln!(text, "{id},{case},{seed},{digest},{measure},{value}");
                }
            }
        }
        text
    }
}

/// A field of CSV (RFC 4180).
fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}

impl Section {
    /// An experiment that was run to its end.
    pub(super) fn done(experiment: &Experiment, size: Size, runs: &Runs, findings: Findings) -> Section {
        Section {
            left_out: (experiment.left_out)(size).map(str::to_owned),
            rows: findings.rows,
            pictures: findings.pictures,
            runs: runs.arms.iter().flat_map(records).collect(),
            ..Section::empty(experiment)
        }
    }

    /// An experiment that the user ended.
    pub(super) fn interrupted(experiment: &Experiment) -> Section {
        Section { not_run: Some("interrupted".to_owned()), ..Section::empty(experiment) }
    }

    fn empty(experiment: &Experiment) -> Section {
        Section {
            id: experiment.id.to_owned(),
            title: experiment.title.to_owned(),
            question: experiment.question.clone(),
            set_up: experiment.set_up.to_owned(),
            scenario: experiment.scenario.map(|file| (file.name.to_owned(), file.text.to_owned())),
            not_run: None,
            left_out: None,
            rows: Vec::new(),
            pictures: Vec::new(),
            runs: Vec::new(),
        }
    }
}

fn records(arm: &ArmRuns) -> impl Iterator<Item = Record> {
    arm.runs.iter().map(|(seed, measured)| Record {
        arm: arm.name.clone(),
        overrides: arm.overrides.clone(),
        seed: *seed,
        digest: measured.digest.clone(),
        values: measured.values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
    })
}
