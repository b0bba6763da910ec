//! Runs from which trials of the gate are drawn: every scenario with many seeds, as it is, shaken, and slowed down.
//!
//! A slowdown of so much is planted by making every uplink so much slower, which is what a client that leaves so much of its
//! uplink unused amounts to. A swarm is chaotic: a millionth changes which block comes when, and from there on everything, while
//! it changes no mean that could be measured. That stands for a commit that shakes every run and makes none worse.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::jobs::Observer;
use crate::scenario::{Access, Scenario};

use super::baseline::{BaselineError, Entry};
use super::replay::{Replay, ReplayError, replay};

/// The slowdown that is none.
pub const SHAKE: f64 = 1e-6;

/// Figures of many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// The version of swarmlab that ran them.
    pub version: String,
    /// What was planted; the first is nothing at all, the second [`SHAKE`].
    pub slower: Vec<f64>,
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
    /// Runs every scenario with so many seeds, from its first one on, under each slowdown (shares of 1).
    ///
    /// # Errors
    /// A scenario can't be used, or it was ended early.
    pub fn run(
        entries: &[Entry],
        slower: &[f64],
        seeds: u32,
        threads: usize,
        observer: &dyn Observer,
    ) -> Result<Pool, PoolError> {
        let slower: Vec<f64> = [0.0, SHAKE].into_iter().chain(slower.iter().copied()).collect();
        let mut replays = Vec::new();
        for entry in entries {
            let scenario = entry.scenario()?;
            let seeds: Vec<u64> = Entry { seeds, ..entry.clone() }.all_seeds().collect();
            for &share in &slower {
                replays.push(Replay {
                    name: entry.name.clone(),
                    scenario: slowed(&scenario, share).ok_or_else(|| PoolError::Mix(entry.name.clone()))?,
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
        let scenarios = entries.iter().zip(measures.chunks(slower.len())).map(|(entry, runs)| {
            Ok(PooledScenario { name: entry.name.clone(), digest: entry.digest()?, runs: runs.to_vec() })
        });
        Ok(Pool {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenarios: scenarios.collect::<Result<_, BaselineError>>()?,
            slower,
        })
    }
}

/// The scenario with every uplink slower by this share; nothing if its links are given by a measured mix.
fn slowed(scenario: &Scenario, share: f64) -> Option<Scenario> {
    let slow = |bits_per_s: &mut u64| *bits_per_s = (*bits_per_s as f64 * (1.0 - share)).round() as u64;
    let mut scenario = scenario.clone();
    for group in &mut scenario.groups {
        match &mut group.access {
            Access::Own(link) => slow(&mut link.up_bits_per_s),
            Access::Mix { .. } => return None,
        }
        group.rates.steps.iter_mut().filter_map(|step| step.up_bits_per_s.as_mut()).for_each(slow);
    }
    Some(scenario)
}
