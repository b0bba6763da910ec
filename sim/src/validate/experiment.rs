//! What an experiment is: what is run, and how its runs are held against what is known.

use super::picture::{Curve, Picture};
use super::row::{Row, Value, Values};
use crate::world::Watch;

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// Small swarms, for CI: whether the machinery works and nothing proved is broken.
    Short,
    /// What a person waits for.
    Normal,
    /// Every size of the literature.
    Full,
}

/// A claim of the literature, and how it is tried.
pub struct Experiment {
    /// Its number, like `V1`.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What it answers.
    pub question: String,
    /// Who takes part and what is varied.
    pub set_up: &'static str,
    /// The scenario, as `scenarios/validate/` has it; none if it needs no swarm.
    pub scenario: Option<ScenarioText>,
    /// The cases.
    pub arms: fn(Size) -> Vec<Arm>,
    /// What was left out at this size, and how to get it.
    pub left_out: fn(Size) -> Option<&'static str>,
    /// Holds the runs against the claims.
    pub findings: fn(&Runs) -> Findings,
}

/// A scenario file of the experiments.
#[derive(Clone, Copy, Debug)]
pub struct ScenarioText {
    /// Its file name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// One case of a sweep.
pub struct Arm {
    /// What sets it apart, like `N = 100`.
    pub name: String,
    /// The values laid over the scenario, as `--set` takes them.
    pub overrides: Vec<String>,
    /// About how many processor seconds a run takes: for the time left.
    pub cost_s: f64,
    /// How many seeds it gets at most; one where nothing is random.
    pub seeds_max: u32,
    /// Runs it; none if it was interrupted.
    #[expect(clippy::type_complexity, reason = "a closure is what it is")]
    pub run: Box<dyn Fn(u64, &mut dyn Watch) -> Option<Measured> + Send + Sync>,
}

/// What one run gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The digest of the run.
    pub digest: String,
    /// The measures by name; none where the run did not come so far.
    pub values: Vec<(&'static str, Option<f64>)>,
    /// Lines for plots.
    pub curves: Vec<Curve>,
}

/// What the runs of one arm gave, in the order of seeds.
#[derive(Clone, Debug)]
pub struct ArmRuns {
    /// The arm's name.
    pub name: String,
    /// The values laid over the scenario.
    pub overrides: Vec<String>,
    /// Seeds and what they gave.
    pub runs: Vec<(u64, Measured)>,
}

/// All runs of an experiment.
#[derive(Clone, Debug)]
pub struct Runs {
    /// In the order of the arms.
    pub arms: Vec<ArmRuns>,
}

/// What came of an experiment.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The claims.
    pub rows: Vec<Row>,
    /// The plots.
    pub pictures: Vec<Picture>,
}

impl Runs {
    /// The runs of one arm; none if it was left out at this size.
    pub fn arm(&self, name: &str) -> Option<&ArmRuns> {
        self.arms.iter().find(|arm| arm.name == name)
    }

    /// What the runs of an arm measured; nothing if it was left out.
    pub fn values(&self, arm: &str, measure: &str) -> Values {
        self.arm(arm).map(|arm| arm.values(measure)).unwrap_or_default()
    }
}

impl ArmRuns {
    /// What was measured.
    pub fn values(&self, measure: &str) -> Values {
        let of = |measured: &Measured| {
            measured.values.iter().find(|(name, _)| *name == measure).and_then(|(_, value)| *value)
        };
        Values(self.runs.iter().map(|(seed, measured)| Value { seed: *seed, value: of(measured) }).collect())
    }

    /// A line of the first seed, under another name.
    pub fn curve(&self, name: &str, shown_as: impl Into<String>) -> Option<Curve> {
        let (_, measured) = self.runs.first()?;
        let curve = measured.curves.iter().find(|curve| curve.name == name)?;
        Some(Curve { name: shown_as.into(), ..curve.clone() })
    }
}
