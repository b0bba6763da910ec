//! Runs from which trials of the gate are drawn: every scenario with many seeds, as it is, and with each change that is planted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::baseline::{BaselineError, Entry};
use super::planted::Planted;
use super::replay::{Replay, ReplayError, replay};
use crate::jobs::Observer;

/// Figures of many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// The version of swarmlab that ran them.
    pub version: String,
    /// What was planted; the first is nothing at all, the second shakes every run and makes none worse.
    pub planted: Vec<Planted>,
    /// The scenarios by name.
    pub scenarios: Vec<PooledScenario>,
}

/// The runs of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PooledScenario {
    /// Its name in the baseline.
    pub name: String,
    /// What it said.
    pub digest: String,
    /// Every measure by name: by what was planted, and seed.
    pub runs: Vec<Vec<BTreeMap<String, Option<f64>>>>,
}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// A scenario that can't be read.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// A scenario that can't be run.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Links that are not ours to change.
    #[error("`{0}` has measured access links, which can't be slowed down: give its groups `up` and `down`")]
    Mix(String),
    /// Whoever watched has ended it.
    #[error("ended before all was run")]
    Interrupted,
}

impl Pool {
    /// Runs every scenario with so many seeds, from its first one on, under each change.
    ///
    /// # Errors
    /// A scenario can't be used, or it was ended early.
    pub fn run(
        entries: &[Entry],
        planted: &[Planted],
        seeds: u32,
        threads: usize,
        observer: &dyn Observer,
    ) -> Result<Pool, PoolError> {
        let planted: Vec<Planted> =
            [Planted::Nothing, Planted::Shaken].into_iter().chain(planted.iter().copied()).collect();
        let mut replays = Vec::new();
        for entry in entries {
            let scenario = entry.scenario()?;
            let seeds: Vec<u64> = Entry { seeds, ..entry.clone() }.all_seeds().collect();
            for &change in &planted {
                replays.push(Replay {
                    name: entry.name.clone(),
                    scenario: change.into(&scenario).ok_or_else(|| PoolError::Mix(entry.name.clone()))?,
                    planted: change,
                    seeds: seeds.clone(),
                });
            }
        }
        let runs = replay(&replays, threads, observer)?;
        let mut measures = Vec::new();
        for run in runs {
            let run: Option<Vec<_>> = run.into_iter().map(|run| Some(run?.measures)).collect();
            measures.push(run.ok_or(PoolError::Interrupted)?);
        }
        let scenarios = entries.iter().zip(measures.chunks(planted.len())).map(|(entry, runs)| {
            Ok(PooledScenario { name: entry.name.clone(), digest: entry.digest()?, runs: runs.to_vec() })
        });
        Ok(Pool {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenarios: scenarios.collect::<Result<_, BaselineError>>()?,
            planted,
        })
    }
}
