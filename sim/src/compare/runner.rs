//! Runs every variant with every seed.

use crate::jobs::{Job, Observer, carry_out_all};
use crate::measures::MeasuredRun;
use crate::scenario::ScenarioError;
use crate::world::{Pickers, Watch, WorldError};

use super::document::{Comparison, Record};
use super::journal::{Journal, JournalError};
use super::plan::Plan;

/// Runs what the journal has not noted yet, so many at a time, and notes it. Seed after seed, so that an interruption
/// leaves whole pairs.
///
/// # Errors
/// The journal can't be written, or a run can't begin.
pub fn run(
    plan: &Plan,
    journal: &Journal,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Comparison, RunError> {
    let is_done =
        |variant: usize, seed: u64| journal.done.iter().any(|run| (run.variant, run.seed) == (variant, seed));
    let mut jobs = Vec::new();
    for seed in plan.all_seeds() {
        for variant in (0..plan.variants.len()).filter(|variant| !is_done(*variant, seed)) {
            jobs.push(Job {
                what: format!("{}, seed {seed}", plan.variants[variant].name),
                cost: 1.0,
                run: Box::new(move |watch: &mut dyn Watch| noted(plan, journal, variant, seed, watch)),
            });
        }
    }
    let order: Vec<usize> = (0..jobs.len()).collect();
    let results = carry_out_all(&jobs, &order, threads, observer)?;
    let is_interrupted = results.iter().any(Option::is_none);
    let mut runs = journal.done.clone();
    runs.extend(results.into_iter().flatten());
    Ok(Comparison::new(plan, runs, is_interrupted))
}

/// Why a comparison could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its folder.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file that a variant names, and that is not what it was when it was planned.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// Another such file.
    #[error(transparent)]
    World(#[from] WorldError),
}

/// One run, noted when it is finished; nothing if it was interrupted.
fn noted(
    plan: &Plan,
    journal: &Journal,
    variant: usize,
    seed: u64,
    watch: &mut dyn Watch,
) -> Option<Result<Record, RunError>> {
    let scenario = match plan.run(variant, seed) {
        Ok(scenario) => scenario,
        Err(error) => return Some(Err(error.into())),
    };
    let run = MeasuredRun::of(&Pickers::default(), &scenario, watch)?;
    Some(run.map_err(RunError::World).and_then(|run| {
        let record = Record::new(variant, seed, run);
        journal.note(&record)?;
        Ok(record)
    }))
}
