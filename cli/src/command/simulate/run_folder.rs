//! Where the results of a run go.

use std::path::{Path, PathBuf};

use swarmlab_sim::results::{ResultsError, RunDirectory};
use swarmlab_sim::scenario::Scenario;

use crate::failure::Failure;

/// Below which folder results go when nobody says where.
const RUNS: &str = "runs";
/// Runs of one scenario and seed that are kept apart by a number.
const REPEATS_MAX: u32 = 10_000;

/// The folder that was asked for, or a new one below `runs`.
pub fn create(asked: Option<&Path>, scenario: &Scenario) -> Result<RunDirectory, Failure> {
    if let Some(path) = asked {
        return RunDirectory::create(path).map_err(|error| match error {
            ResultsError::AlreadyHoldsRun { .. } => Failure::wrong_use(error)
                .remedy("--out DIR names another folder; a run is never written over"),
            error => Failure::new(error).remedy("--out DIR names another folder"),
        });
    }
    for repeat in 1..=REPEATS_MAX {
        match RunDirectory::create(&path(scenario, repeat)) {
            Err(ResultsError::AlreadyHoldsRun { .. }) => {}
            created => {
                return created.map_err(|error| Failure::new(error).remedy("--out DIR names another folder"));
            }
        }
    }
    Err(Failure::new(format_args!("{} holds {REPEATS_MAX} such runs", path(scenario, 1).display()))
        .remedy("--out DIR names another folder"))
}

fn path(scenario: &Scenario, repeat: u32) -> PathBuf {
    let run = format!("{}-{}", scenario.name, scenario.seed);
    Path::new(RUNS).join(if repeat == 1 { run } else { format!("{run}.{repeat}") })
}
