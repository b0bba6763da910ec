//! Runs experiments, and puts their results together in the order of cases and seeds.

use super::document::{Section, Validation};
use super::experiment::{Arm, ArmRuns, Experiment, Measured, Runs, Size};
use super::experiments;
use crate::jobs::{Job, Observer, carry_out};
use crate::world::Watch;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The numbers of the experiments, like `V4`; all if empty.
    pub only: Vec<String>,
    /// Seeds 1 to this, for each case.
    pub seeds: u32,
    /// How large the swarms are.
    pub size: Size,
    /// Runs at a time.
    pub threads: usize,
}

/// Which run a job is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    experiment: usize,
    arm: usize,
    seed: u64,
}

/// Runs the plan.
pub fn run(plan: &Plan, observer: &dyn Observer) -> Validation {
    let chosen: Vec<Experiment> =
        experiments::all().into_iter().filter(|experiment| is_chosen(plan, experiment.id)).collect();
    let cases: Vec<Vec<Arm>> = chosen.iter().map(|experiment| (experiment.arms)(plan.size)).collect();
    let (numbers, jobs) = jobs(plan, &chosen, &cases);
    let order = order(&numbers, &jobs);
    let mut results = carry_out(&jobs, &order, plan.threads, observer).into_iter();
    let mut sections = Vec::new();
    for (experiment, cases) in chosen.iter().zip(&cases) {
        let arms = cases.iter().map(|case| {
            let seeds = u64::from(plan.seeds.min(case.seeds_max));
            let runs = (1..=seeds).map(|seed| Some((seed, results.next()??)));
            let runs: Option<Vec<_>> = runs.collect::<Vec<_>>().into_iter().collect();
            Some(ArmRuns { name: case.name.clone(), overrides: case.overrides.clone(), runs: runs? })
        });
        // Every arm takes its results, so that the next experiment finds its own.
        let arms: Option<Vec<ArmRuns>> = arms.collect::<Vec<_>>().into_iter().collect();
        sections.push(match arms {
            Some(arms) => {
                let runs = Runs { arms };
                Section::done(experiment, plan.size, &runs, (experiment.findings)(&runs))
            }
            None => Section::interrupted(experiment),
        });
    }
    sections.sort_by_key(|section| number(&section.id));
    Validation {
        format: Validation::FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        size: plan.size,
        seeds: plan.seeds,
        wall_s: 0.0,
        cpu_s: 0.0,
        experiments: sections,
    }
}

fn is_chosen(plan: &Plan, id: &str) -> bool {
    plan.only.is_empty() || plan.only.iter().any(|chosen| chosen.eq_ignore_ascii_case(id))
}

pub(super) fn number(id: &str) -> u32 {
    id.trim_start_matches('V').parse().unwrap_or(u32::MAX)
}

fn jobs<'a>(
    plan: &Plan,
    chosen: &[Experiment],
    cases: &'a [Vec<Arm>],
) -> (Vec<Number>, Vec<Job<'a, Measured>>) {
    let (mut numbers, mut jobs) = (Vec::new(), Vec::new());
    for (experiment, arms) in cases.iter().enumerate() {
        for (arm, case) in arms.iter().enumerate() {
            for seed in 1..=u64::from(plan.seeds.min(case.seeds_max)) {
                let what = format!("{}, {}, seed {seed}", chosen[experiment].id, case.name);
                let run = Box::new(move |watch: &mut dyn Watch| (case.run)(seed, watch));
                numbers.push(Number { experiment, arm, seed });
                jobs.push(Job { what, cost: case.cost_s, run });
            }
        }
    }
    (numbers, jobs)
}

/// One experiment after the other, so that an interruption leaves whole ones; within one the longest runs first, so that no
/// processor waits for one that began late.
fn order(numbers: &[Number], jobs: &[Job<'_, Measured>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    order.sort_by(|&a, &b| {
        let by_cost = jobs[b].cost.total_cmp(&jobs[a].cost);
        numbers[a].experiment.cmp(&numbers[b].experiment).then(by_cost).then(numbers[a].cmp(&numbers[b]))
    });
    order
}
