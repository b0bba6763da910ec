//! What is to be run: variants of a scenario, and the seeds that they share.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::scenario::{Scenario, ScenarioError};

use super::vary::{Vary, VaryError};

/// Variants at most.
const VARIANTS_MAX: usize = 1_000;

/// A comparison that can be run, and taken up again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of swarmlab that made it: another one may take another course.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// The question that it asks.
    pub question: Option<String>,
    /// What is varied, as it was given, each value written out.
    pub vary: Vec<String>,
    /// The key and the unit of the only thing that is varied, if its values are numbers.
    pub sweep: Option<(String, String)>,
    /// The first is what the others are compared with.
    pub variants: Vec<Variant>,
    /// The first seed.
    pub from: u64,
    /// How many seeds.
    pub seeds: u32,
}

/// One variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its values; with their keys, if more than one thing is varied. The scenario's name, if nothing is.
    pub name: String,
    /// What is laid over the scenario, as `--set` takes it.
    pub overrides: Vec<String>,
    /// Where it stands on the axis of a sweep.
    pub x: Option<f64>,
    /// The scenario as it is run, every default written out; the seed apart.
    pub toml: String,
}

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// What is varied makes no sense.
    #[error(transparent)]
    Vary(#[from] VaryError),
    /// The scenario, or one of its variants, has a mistake.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// Each value of each key with each of the others.
    #[error("these are {0} variants, and {VARIANTS_MAX} at most can be compared")]
    TooMany(usize),
}

impl Plan {
    /// Every value of each key with every value of the others, on the scenario in the file at `path` with `set` laid over.
    ///
    /// # Errors
    /// The first mistake: each variant is read before anything is run.
    pub fn new(path: &Path, set: &[String], vary: &[Vary], from: u64, seeds: u32) -> Result<Plan, PlanError> {
        let base = Scenario::load(path, set)?;
        let count = vary.iter().map(|one| one.values.len()).fold(1, usize::saturating_mul);
        if count > VARIANTS_MAX {
            return Err(PlanError::TooMany(count));
        }
        let paths: Vec<Vec<String>> = vary.iter().map(|one| one.paths(&base)).collect::<Result<_, _>>()?;
        let sweep = match vary {
            [one] if one.is_numeric() => Some((one.key.clone(), one.unit().to_owned())),
            _ => None,
        };
        let variants = (0..count).map(|number| {
            let mut rest = number;
            let mut chosen = vec![0; vary.len()];
            // The last key changes fastest.
            for (at, one) in vary.iter().enumerate().rev() {
                chosen[at] = rest % one.values.len();
                rest /= one.values.len();
            }
            let value = |at: usize| &vary[at].values[chosen[at]];
            let named = |at: usize| match vary.len() {
                1 => value(at).text.clone(),
                _ => format!("{} {}", vary[at].key, value(at).text),
            };
            let name = match vary {
                [] => base.name.clone(),
                _ => (0..vary.len()).map(named).collect::<Vec<_>>().join(", "),
            };
            let mut overrides = set.to_vec();
            for (at, paths) in paths.iter().enumerate() {
                overrides.extend(paths.iter().map(|path| format!("{path}={}", value(at).text)));
            }
            let x = sweep.as_ref().and_then(|_| value(0).number);
            let toml = Scenario::load(path, &overrides)?.to_toml();
            Ok(Variant { name, overrides, x, toml })
        });
        let variants = variants.collect::<Result<_, PlanError>>()?;
        Ok(Plan {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: base.name.clone(),
            question: base.question.clone(),
            vary: vary.iter().map(Vary::to_string).collect(),
            sweep,
            variants,
            from,
            seeds,
        })
    }

    /// All seeds.
    pub fn all_seeds(&self) -> impl Iterator<Item = u64> + Clone + use<> {
        let from = self.from;
        (0..u64::from(self.seeds)).map(move |number| from.wrapping_add(number))
    }

    /// What is run of a variant with one of the seeds.
    ///
    /// # Errors
    /// A file that it names is no longer what it was.
    pub fn run(&self, variant: usize, seed: u64) -> Result<Scenario, ScenarioError> {
        Scenario::parse(&self.scenario, &self.variants[variant].toml, &[format!("seed={seed}")])
    }
}
