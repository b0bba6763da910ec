//! When the hosts of a group come.

use std::time::Duration;

use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;

use crate::scenario::{Arrival, Group, Spans};

use super::spans;

/// The times at which they come, in ascending order: as many as the group counts, or fewer where the arrivals end before.
pub fn arrivals(group: &Group, rng: &mut Xoshiro256PlusPlus) -> Vec<Time> {
    let start = Time::ZERO + group.start;
    let count = group.count as usize;
    match &group.arrival {
        Arrival::AtOnce => vec![start; count],
        // Evenly: the first at the start, the last just before the end of the span.
        Arrival::Spread(span) => {
            (0..count).map(|number| start + span.mul_f64(number as f64 / count as f64)).collect()
        }
        Arrival::Poisson { per_s } => {
            let gaps = Spans::Exponential { mean: Duration::from_secs_f64(1.0 / per_s) };
            renewals(&gaps, start, rng).take(count).collect()
        }
        Arrival::Gaps(gaps) => renewals(gaps, start, rng).take(count).collect(),
        Arrival::Decay { per_s, tau } => {
            decaying(*per_s, tau.as_secs_f64(), rng).map(|after| start + after).take(count).collect()
        }
        Arrival::Trace(trace) => trace.times.iter().map(|after| start + *after).take(count).collect(),
    }
}

/// Each after a gap of its own.
fn renewals(gaps: &Spans, start: Time, rng: &mut Xoshiro256PlusPlus) -> impl Iterator<Item = Time> {
    let mut at = start;
    std::iter::repeat_with(move || {
        at += spans::draw(gaps, rng);
        at
    })
}

/// A Poisson process whose rate is λ0·e^(−t/τ), by transformation of time: where a process of rate 1 has an arrival at
/// S, this one has it when the integral of its rate, Λ(t) = λ0·τ·(1 − e^(−t/τ)), reaches S. Λ never reaches λ0·τ, and
/// there the arrivals end.
fn decaying(per_s: f64, tau_s: f64, rng: &mut Xoshiro256PlusPlus) -> impl Iterator<Item = Duration> {
    let all = per_s * tau_s;
    let mut reached = 0.0;
    std::iter::from_fn(move || {
        let gap: f64 = Exp1.sample(rng);
        reached += gap;
        (reached < all).then(|| Duration::from_secs_f64(-tau_s * (-reached / all).ln_1p()))
    })
}
