//! Every scenario with every seed in both worlds, on all processors.

use crate::jobs::{Job, Observer, carry_out};
use crate::results::Summary;
use crate::scenario::Scenario;
use crate::world::{Options, Watch, WorldError};

use super::World;
use super::agreement::{Agreement, Comparison, Run};

/// How much longer a run takes in the turmoil world, for who watches.
const TURMOIL_COST: f64 = 20.0;

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenarios; their own seeds don't count.
    pub scenarios: Vec<Scenario>,
    /// The seeds of each.
    pub seeds: Vec<u64>,
    /// Runs at a time.
    pub threads: usize,
}

/// Runs everything; answers nothing if it was interrupted.
///
/// # Errors
/// A scenario can't be run, or somebody in it did not complete.
pub fn compare(plan: &Plan, observer: &dyn Observer) -> Result<Option<Comparison>, CompareError> {
    let mut jobs: Vec<Job<'_, Result<Run, CompareError>>> = Vec::new();
    for scenario in &plan.scenarios {
        for (world, name, cost) in [(World::Event, "event", 1.0), (World::Turmoil, "turmoil", TURMOIL_COST)] {
            for &seed in &plan.seeds {
                let scenario = Scenario { seed, ..scenario.clone() };
                jobs.push(Job {
                    what: format!("{} in the {name} world, seed {seed}", scenario.name),
                    cost: cost * f64::from(scenario.groups.iter().map(|group| group.count).sum::<u32>()),
                    run: Box::new(move |watch| run(world, name, &scenario, watch)),
                });
            }
        }
    }
    let order: Vec<usize> = (0..jobs.len()).collect();
    let results = carry_out(&jobs, &order, plan.threads, observer);
    let Some(results) = results.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
    let mut results = results.into_iter();
    let mut scenarios = Vec::new();
    for scenario in &plan.scenarios {
        let mut runs = || results.by_ref().take(plan.seeds.len()).collect::<Result<Vec<Run>, _>>();
        scenarios.push(Agreement {
            scenario: scenario.name.clone(),
            question: scenario.question.clone().unwrap_or_default(),
            hosts: scenario.groups.iter().map(|group| group.count).sum(),
            event: runs()?,
            turmoil: runs()?,
        });
    }
    Ok(Some(Comparison { seeds: plan.seeds.clone(), scenarios }))
}

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// It can't be run.
    #[error("{scenario}: {source}")]
    World {
        /// The scenario.
        scenario: String,
        /// Why.
        source: WorldError,
    },
    /// Times of those who have not completed say nothing.
    #[error("{scenario}, seed {seed}: only {completed} of {leechers} completed in the {world} world")]
    Incomplete {
        /// The scenario.
        scenario: String,
        /// The seed.
        seed: u64,
        /// How many did.
        completed: u64,
        /// Of how many.
        leechers: u64,
        /// In which world.
        world: &'static str,
    },
}

fn run(
    world: World,
    name: &'static str,
    scenario: &Scenario,
    watch: &mut dyn Watch,
) -> Option<Result<Run, CompareError>> {
    let mut watched = Interrupted { watch, is_interrupted: false };
    let options = Options { tables: false, ..Options::default() };
    let outcome = match world.run(scenario, options, &mut watched) {
        Ok(outcome) => outcome,
        Err(source) => return Some(Err(CompareError::World { scenario: scenario.name.clone(), source })),
    };
    if watched.is_interrupted {
        return None;
    }
    let Summary { completed, leechers, completion_s, elapsed_s, .. } =
        Summary::new(outcome.facts, &outcome.tables.peers);
    Some(match (completion_s.median, elapsed_s) {
        (Some(median_s), Some(last_s)) if completed == leechers => Ok(Run { median_s, last_s }),
        _ => Err(CompareError::Incomplete {
            scenario: scenario.name.clone(),
            seed: scenario.seed,
            completed,
            leechers,
            world: name,
        }),
    })
}

struct Interrupted<'a> {
    watch: &'a mut dyn Watch,
    is_interrupted: bool,
}

impl Watch for Interrupted<'_> {
    fn status(&mut self, status: crate::world::Status) -> bool {
        let goes_on = self.watch.status(status);
        self.is_interrupted |= !goes_on;
        goes_on
    }
}
