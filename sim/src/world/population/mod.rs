//! Who comes when.

use rand::SeedableRng;
use rand_distr::{Distribution, Exp};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::time::Duration;

use swarmlab_engine::time::Time;

use crate::scenario::{Arrival, Group, Scenario};

/// One peer of the scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Newcomer {
    /// The group that it belongs to.
    pub group: usize,
    /// When it joins.
    pub joins: Time,
}

/// All peers of the scenario in the order of groups; their numbers are their places. Groups draw from generators of
/// their own, so that a change of one changes no other.
pub fn population(scenario: &Scenario) -> Vec<Newcomer> {
    let mut peers = Vec::new();
    for (number, group) in scenario.groups.iter().enumerate() {
        let mut rng = generator(scenario.seed, b"arrival", number as u64);
        let joins = arrivals(group, &mut rng);
        peers.extend(joins.into_iter().map(|joins| Newcomer { group: number, joins }));
    }
    peers
}

fn arrivals(group: &Group, rng: &mut Xoshiro256PlusPlus) -> Vec<Time> {
    let start = Time::ZERO + group.start;
    let count = group.count;
    match &group.arrival {
        Arrival::AtOnce | Arrival::Decay { .. } | Arrival::Gaps(_) | Arrival::Trace(_) => {
            vec![start; count as usize]
        }
        // Evenly: the first at the start, the last just before the end of the span.
        Arrival::Spread(span) => {
            (0..count).map(|number| start + span.mul_f64(f64::from(number) / f64::from(count))).collect()
        }
        Arrival::Poisson { per_s } => {
            let gaps = Exp::new(*per_s).expect("a scenario's rate is positive");
            let mut at = start;
            let next = |_| {
                at += Duration::from_secs_f64(gaps.sample(rng));
                at
            };
            (0..count).map(next).collect()
        }
    }
}

/// A generator for one purpose and one number, independent of all others of the run.
pub fn generator(seed: u64, purpose: &[u8], number: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed_for(seed, purpose, number))
}

/// The seed of such a generator.
pub fn seed_for(seed: u64, purpose: &[u8], number: u64) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::with_seed(seed);
    hasher.update(purpose);
    hasher.update(&number.to_le_bytes());
    hasher.digest()
}
