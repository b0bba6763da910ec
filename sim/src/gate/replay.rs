//! Runs the scenarios of a baseline.

use crate::jobs::{Job, Observer, carry_out};
use crate::measures::MeasuredRun;
use crate::scenario::Scenario;
use crate::world::{Watch, WorldError};

use super::baseline::{BaselineError, Entry};
use super::planted::Planted;

/// A scenario, and the seeds that it is to be run with.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What it is called.
    pub name: String,
    /// The scenario; its own seed doesn't count.
    pub scenario: Scenario,
    /// What its clients have been changed by.
    pub planted: Planted,
    /// The seeds.
    pub seeds: Vec<u64>,
}

impl Replay {
    /// The runs that an entry of a baseline asks for.
    ///
    /// # Errors
    /// Its scenario can't be read.
    pub fn of(entry: &Entry) -> Result<Replay, BaselineError> {
        Ok(Replay {
            name: entry.name.clone(),
            scenario: entry.scenario()?,
            planted: Planted::Nothing,
            seeds: entry.all_seeds().collect(),
        })
    }
}

/// What came of it: by scenario and seed, nothing of those that were not run to their end.
pub type Runs = Vec<Vec<Option<MeasuredRun>>>;

/// A scenario that can't be run.
#[derive(Debug, thiserror::Error)]
#[error("`{name}`: {source}")]
pub struct ReplayError {
    /// Its name.
    name: String,
    /// Why.
    source: WorldError,
}

/// Runs everything, so many runs at a time. The first seeds of all scenarios come before the second ones, so that whoever
/// ends it early has seen something of each.
///
/// # Errors
/// A file that a scenario names can't be used.
pub fn replay(replays: &[Replay], threads: usize, observer: &dyn Observer) -> Result<Runs, ReplayError> {
    let rounds = replays.iter().map(|replay| replay.seeds.len()).max().unwrap_or(0);
    let all = (0..rounds).flat_map(|round| (0..replays.len()).map(move |scenario| (scenario, round)));
    let places: Vec<(usize, usize)> =
        all.filter(|(scenario, round)| *round < replays[*scenario].seeds.len()).collect();
    let job = |&(scenario, round): &(usize, usize)| {
        let replay = &replays[scenario];
        let seed = replay.seeds[round];
        Job {
            what: format!("{}, seed {seed}", replay.name),
            cost: 1.0,
            run: Box::new(move |watch: &mut dyn Watch| {
                let scenario = Scenario { seed, ..replay.scenario.clone() };
                MeasuredRun::of(&replay.planted.pickers(), &scenario, watch)
            }),
        }
    };
    let jobs: Vec<Job<'_, _>> = places.iter().map(job).collect();
    let order: Vec<usize> = (0..jobs.len()).collect();
    let mut runs: Runs = replays.iter().map(|replay| vec![None; replay.seeds.len()]).collect();
    let results = carry_out(&jobs, &order, threads, observer);
    for ((scenario, round), result) in places.into_iter().zip(results) {
        let name = || replays[scenario].name.clone();
        runs[scenario][round] = result.transpose().map_err(|source| ReplayError { name: name(), source })?;
    }
    Ok(runs)
}
