//! The runs of a sweep by their numbers.

use std::fmt;

use crate::compare::Plan;

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct SweptRun<'a> {
    /// Its number in the sweep, from 0.
    pub number: u32,
    /// The plan that it belongs to.
    pub plan: &'a Plan,
    /// The variant's place in that plan.
    pub variant: usize,
    /// Its seed.
    pub seed: u64,
}

impl fmt::Display for SweptRun<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scenario, variant) = (&self.plan.scenario, &self.plan.variants[self.variant].name);
        match scenario == variant {
            true => write!(f, "run {} ({scenario}, seed {})", self.number, self.seed),
            false => write!(f, "run {} ({scenario}, {variant}, seed {})", self.number, self.seed),
        }
    }
}

/// All runs: scenario after scenario, there seed after seed, and of each seed every variant.
pub(super) fn all(plans: &[Plan]) -> Vec<SweptRun<'_>> {
    let mut runs = Vec::new();
    for plan in plans {
        for seed in plan.all_seeds() {
            for variant in 0..plan.variants.len() {
                runs.push(SweptRun { number: runs.len() as u32, plan, variant, seed });
            }
        }
    }
    runs
}
