//! Runs every variant with every seed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::jobs::{Job, Observer, carry_out};
use crate::measures::MeasuredRun;
use crate::scenario::Scenario;
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
                run: Box::new(move |watch: &mut dyn Watch| record(plan, variant, seed, watch)),
            });
        }
    }
    let order: Vec<usize> = (0..jobs.len()).collect();
    let has_failed = AtomicBool::new(false);
    let unwritten: Mutex<Option<JournalError>> = Mutex::new(None);
    let finished = |_, result: &Result<Record, WorldError>| {
        let is_fine = match result.as_ref().map(|record| journal.note(record)) {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                unwritten.lock().expect("no thread panicked").get_or_insert(error);
                false
            }
            Err(_) => false,
        };
        if !is_fine {
            has_failed.store(true, Ordering::Relaxed);
        }
    };
    let halting = Halting { observer, has_failed: &has_failed };
    let results = carry_out(&jobs, &order, threads, &halting, &finished);
    drop(jobs);
    if let Some(error) = unwritten.into_inner().expect("no thread panicked") {
        return Err(error.into());
    }
    let is_interrupted = results.iter().any(Option::is_none);
    let mut runs = journal.done.clone();
    for result in results.into_iter().flatten() {
        runs.push(result?);
    }
    Ok(Comparison::new(plan, runs, is_interrupted))
}

/// Why a comparison could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its folder.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file that a variant names.
    #[error(transparent)]
    World(#[from] WorldError),
}

/// Ends the runs too when one of them has failed, or could not be noted.
struct Halting<'a> {
    observer: &'a dyn Observer,
    has_failed: &'a AtomicBool,
}

impl Observer for Halting<'_> {
    fn progress(&self, done: f64, what: &str) {
        self.observer.progress(done, what);
    }

    fn go_on(&self) -> bool {
        self.observer.go_on() && !self.has_failed.load(Ordering::Relaxed)
    }
}

fn record(
    plan: &Plan,
    variant: usize,
    seed: u64,
    watch: &mut dyn Watch,
) -> Option<Result<Record, WorldError>> {
    let toml = &plan.variants[variant].toml;
    let scenario = Scenario::parse(&plan.scenario, toml, &[format!("seed={seed}")])
        .unwrap_or_else(|error| panic!("what was written reads back: {error}"));
    let run = match MeasuredRun::of(&Pickers::default(), &scenario, watch)? {
        Ok(run) => run,
        Err(error) => return Some(Err(error)),
    };
    Some(Ok(Record {
        variant,
        seed,
        digest: run.digest,
        measures: run.measures,
        bound_s: run.bound_s,
        curve_s: run.curve_s,
    }))
}
