//! Makes a scenario that breaks a property smaller and plainer, as long as it still breaks that property.
//!
//! A scenario is plain data, so what is simpler is simple to say: fewer events, groups, hosts and pieces, defaults in place
//! of settings, round numbers. Each [pass](PASSES) proposes such scenarios; the first that still breaks the property is
//! taken, and so on until no pass helps any more (greedy to a fixed point, like *delta debugging*: Zeller and Hildebrandt
//! 2002). A smaller swarm takes another course altogether, so large steps are tried with a few seeds each; what is left of
//! the runs goes into more seeds.
//!
//! Who judges is up to the caller.

mod brief;
mod content;
mod events;
mod groups;
mod leaps;
mod mend;
mod network;
mod numbers;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use xxhash_rust::xxh3::xxh3_64;

use crate::check::Violation;
use crate::scenario::Scenario;

pub use brief::brief;
pub(super) use events::{begins, remove};
pub(super) use mend::mend;

/// Runs that a shrinking may take, where nobody says otherwise.
pub const RUNS_MAX: u32 = 600;

/// A scenario that can't be made simpler.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The scenario.
    pub scenario: Scenario,
    /// How it breaks the property.
    pub violation: Violation,
    /// Runs that it took.
    pub runs: u32,
}

/// What a judge says of a scenario: how a property is broken, if one is; or that there is no time for more.
pub type Verdict = ControlFlow<(), Option<Violation>>;

/// One way to make a scenario simpler.
struct Pass {
    /// All proposals, the boldest first.
    proposals: fn(&Scenario, &Violation) -> Vec<Scenario>,
    /// Whether the steps are so large that the course of a run is another one altogether.
    is_large: bool,
}

/// Seeds that are tried with a large step at first.
const SEEDS: u64 = 4;
/// And so many times as many in the end.
const SEEDS_FACTOR_MAX: u64 = 8;

const PASSES: [Pass; 8] = [
    Pass { proposals: leaps::proposals, is_large: true },
    Pass { proposals: events::fewer, is_large: true },
    Pass { proposals: groups::fewer, is_large: true },
    Pass { proposals: content::smaller, is_large: true },
    Pass { proposals: network::plainer, is_large: false },
    Pass { proposals: groups::plainer, is_large: false },
    Pass { proposals: events::plainer, is_large: false },
    Pass { proposals: numbers::rounder, is_large: false },
];

/// Shrinks a scenario that breaks a property, with at most `runs_max` runs. What
/// comes out has been judged twice, unless the judge had no time for it.
pub fn shrink(
    scenario: &Scenario,
    violation: &Violation,
    runs_max: u32,
    judge: impl FnMut(&Scenario) -> Verdict,
) -> Shrunk {
    let best = (scenario.clone(), violation.clone());
    let mut search = Search {
        best,
        judge,
        runs: 0,
        runs_max: runs_max.saturating_sub(1),
        is_interrupted: false,
        tried: BTreeSet::new(),
    };
    let mut seeds_factor = 1;
    while !search.is_over() && seeds_factor <= SEEDS_FACTOR_MAX {
        if !search.round(seeds_factor) {
            seeds_factor *= 2;
        }
    }
    search.runs_max = runs_max;
    let (found, _) = search.best.clone();
    let again = search.judge(&found);
    let ((scenario, violation), runs) = match again {
        Some(again) => ((found, again), search.runs),
        None if search.is_interrupted => (search.best, search.runs),
        // What does not happen again is not believed.
        None => ((scenario.clone(), violation.clone()), search.runs),
    };
    Shrunk { scenario, violation, runs }
}

struct Search<J> {
    best: (Scenario, Violation),
    judge: J,
    runs: u32,
    runs_max: u32,
    /// There is no time for more.
    is_interrupted: bool,
    /// What was judged already.
    tried: BTreeSet<u64>,
}

impl<J: FnMut(&Scenario) -> Verdict> Search<J> {
    /// Goes through all passes, with so many times as many seeds for large steps; whether one of them helped.
    fn round(&mut self, seeds_factor: u64) -> bool {
        let mut helped = false;
        for pass in &PASSES {
            let seeds = if pass.is_large { SEEDS * seeds_factor } else { 1 };
            let mut at = 0;
            // Whoever succeeds leaves one proposal less behind: the next one is in its place.
            while let Some(proposal) = (pass.proposals)(&self.best.0, &self.best.1).into_iter().nth(at) {
                if self.is_over() {
                    return false;
                }
                match self.attempt(proposal, seeds) {
                    true => helped = true,
                    false => at += 1,
                }
            }
        }
        helped
    }

    /// Takes the proposal if it breaks the property with one of a few seeds.
    fn attempt(&mut self, mut proposal: Scenario, seeds: u64) -> bool {
        mend(&mut proposal);
        if !is_valid(&proposal) {
            return false;
        }
        let own = proposal.seed;
        for seed in std::iter::once(own).chain(1..).take(seeds as usize) {
            proposal.seed = seed;
            if !self.tried.insert(xxh3_64(proposal.to_toml().as_bytes())) {
                continue;
            }
            if let Some(violation) = self.judge(&proposal) {
                self.best = (proposal, violation);
                return true;
            }
        }
        false
    }

    /// How the scenario breaks the property that is looked for, if it does.
    fn judge(&mut self, scenario: &Scenario) -> Option<Violation> {
        if self.is_over() {
            return None;
        }
        self.runs += 1;
        match (self.judge)(scenario) {
            ControlFlow::Continue(violation) => violation.filter(|found| is_same(found, &self.best.1)),
            ControlFlow::Break(()) => {
                self.is_interrupted = true;
                None
            }
        }
    }

    fn is_over(&self) -> bool {
        self.is_interrupted || self.runs >= self.runs_max
    }
}

/// The same property; of two panics, in the same place.
fn is_same(a: &Violation, b: &Violation) -> bool {
    let place = |violation: &Violation| violation.what.split(": ").next().unwrap_or_default().to_owned();
    a.property == b.property && (a.property.id != "panic" || place(a) == place(b))
}

/// Whether it could stand in a file: most simplifications know nothing of the rules between values.
fn is_valid(scenario: &Scenario) -> bool {
    Scenario::parse(&scenario.name, &scenario.to_toml(), &[]).is_ok_and(|read| read == *scenario)
}
