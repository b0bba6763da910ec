//! What a gate says, all checks together.

use serde::Serialize;

use super::baseline::Entry;
use super::chance::ALARMS_MAX;
use super::check::{Check, Verdict};
use super::replay::Runs;

/// The outcome of a gate.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The version of this object's format.
    pub format: u32,
    /// The version of swarmlab that ran.
    pub version: &'static str,
    /// The versions that measured the baseline.
    pub baseline_versions: Vec<String>,
    /// Whether nothing failed.
    pub is_passed: bool,
    /// Runs that were compared.
    pub runs: usize,
    /// The chance that a check may have and fail.
    pub chance_max: f64,
    /// Each measure of each scenario.
    pub checks: Vec<Check>,
    /// Seconds on the clock; whoever ran it fills that in.
    pub wall_s: f64,
    /// Seconds of all processors.
    pub cpu_s: f64,
}

impl Outcome {
    /// Judges runs beside the figures of their entries: those of one place belong together.
    pub fn of(entries: &[Entry], runs: &Runs) -> Outcome {
        let checks: usize = entries.iter().map(|entry| entry.limits.len()).sum();
        let chance_max = ALARMS_MAX / checks as f64;
        let mut outcome = Outcome {
            format: 1,
            version: env!("CARGO_PKG_VERSION"),
            baseline_versions: Vec::new(),
            is_passed: true,
            runs: runs.iter().flatten().flatten().count(),
            chance_max,
            checks: Vec::new(),
            wall_s: 0.0,
            cpu_s: 0.0,
        };
        for (entry, runs) in entries.iter().zip(runs) {
            let Some(measured) = &entry.measured else { continue };
            outcome.baseline_versions.push(measured.version.clone());
            for limit in &entry.limits {
                let name = limit.measure.name;
                let before = &measured.figures[name];
                let pairs: Vec<(Option<f64>, Option<f64>)> = before
                    .iter()
                    .zip(runs)
                    .filter_map(|(before, run)| Some((*before, run.as_ref()?.measures[name])))
                    .collect();
                outcome.checks.push(Check::of(&entry.name, limit, &pairs, chance_max));
            }
        }
        outcome.baseline_versions.sort();
        outcome.baseline_versions.dedup();
        let has_failed = outcome.failed().next().is_some();
        outcome.is_passed = !has_failed;
        outcome
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.verdict.fails())
    }

    /// All of it in one sentence.
    pub fn sentence(&self) -> String {
        let of_all = format!("{} checks over {} runs", self.checks.len(), self.runs);
        let count = |verdict| self.checks.iter().filter(|check| check.verdict == verdict).count();
        let failed = self.failed().count();
        match failed {
            0 if count(Verdict::Identical) == self.checks.len() => {
                format!("passed: identical, every figure of {of_all}")
            }
            0 => {
                let better = match count(Verdict::Better) {
                    0 => String::new(),
                    better => format!("; {better} surely better: `swarmlab baseline` would keep that"),
                };
                format!("passed: nothing is surely worse by more than its threshold ({of_all}){better}")
            }
            1 => format!("failed: 1 of {of_all}"),
            failed => format!("failed: {failed} of {of_all}"),
        }
    }

    /// The object as text, with a line break at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("no float key: always encodable");
        text.push('\n');
        text
    }
}
