//! How good the gate is: how often it fails for nothing, and what it finds.
//!
//! Each trial is a gate of its own: for every scenario as many seeds as its baseline has are drawn from the pool, none twice,
//! and the rule judges the plain runs of these seeds beside the changed ones.

use rand::SeedableRng;
use rand::seq::index;
use rand_xoshiro::Xoshiro256PlusPlus;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::measures::{CONFIDENCE, Interval, Measure};

use super::baseline::Entry;
use super::chance::ALARMS_MAX;
use super::check::Check;
use super::planted::Planted;
use super::pool::Pool;

/// What is found in at least this share of the trials counts as found.
pub const FOUND_ENOUGH: f64 = 0.95;
/// The seed of the draws.
const SEED: u64 = 0x5eed;

/// Trials of one change.
#[derive(Clone, Debug)]
pub struct Trials {
    /// What was planted.
    pub planted: Planted,
    /// How many gates were tried.
    pub trials: u32,
    /// How many of them failed.
    pub failed: u32,
    /// Where the true share of failures lies with 95 % confidence (Wilson 1927), were the trials independent; they share a
    /// pool, so it is somewhat wider.
    pub interval: Interval,
    /// By how much the measure that shows it best became worse in the pool as a whole: scenario, measure, change.
    pub strongest: Option<(String, &'static Measure, f64)>,
}

/// Tries the gate of these entries on the pool, for everything that was planted in it.
pub fn try_out(pool: &Pool, entries: &[Entry], trials: u32) -> Vec<Trials> {
    let checks: usize = entries.iter().map(|entry| entry.limits.len()).sum();
    let alarms = ALARMS_MAX / checks as f64;
    let one = |(planted, change): (usize, &Planted)| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
        let failed = (0..trials).filter(|_| fails(pool, entries, planted, alarms, &mut rng)).count() as u32;
        Trials {
            planted: *change,
            trials,
            failed,
            interval: wilson(failed, trials),
            strongest: strongest(pool, entries, planted, alarms),
        }
    };
    pool.planted.iter().enumerate().skip(1).map(one).collect()
}

fn fails(pool: &Pool, entries: &[Entry], planted: usize, alarms: f64, rng: &mut Xoshiro256PlusPlus) -> bool {
    let drawn: Vec<Vec<usize>> = pool
        .scenarios
        .iter()
        .zip(entries)
        .map(|(scenario, entry)| {
            let seeds = scenario.runs[0].len();
            index::sample(rng, seeds, (entry.seeds as usize).min(seeds)).into_vec()
        })
        .collect();
    (0..entries.len()).any(|at| {
        entries[at].limits.iter().any(|limit| {
            Check::would_fail(limit, &pairs(pool, at, planted, limit.measure.name, &drawn[at]), alarms)
        })
    })
}

fn pairs(
    pool: &Pool,
    scenario: usize,
    planted: usize,
    measure: &str,
    seeds: &[usize],
) -> Vec<(Option<f64>, Option<f64>)> {
    let runs = &pool.scenarios[scenario].runs;
    seeds.iter().map(|&seed| (runs[0][seed][measure], runs[planted][seed][measure])).collect()
}

/// The check of which the whole pool says the most, beside what is allowed.
fn strongest(
    pool: &Pool,
    entries: &[Entry],
    planted: usize,
    alarms: f64,
) -> Option<(String, &'static Measure, f64)> {
    let seeds: Vec<usize> = (0..pool.scenarios.first()?.runs[0].len()).collect();
    let all =
        entries.iter().enumerate().flat_map(|(at, entry)| entry.limits.iter().map(move |limit| (at, limit)));
    all.filter_map(|(at, limit)| {
        let (measure, name) = (limit.measure, limit.measure.name);
        let check = Check::of(&entries[at].name, limit, &pairs(pool, at, planted, name, &seeds), alarms);
        Some((check.chance, check.scenario, measure, check.change?))
    })
    .min_by(|a, b| a.0.total_cmp(&b.0).then(b.3.abs().total_cmp(&a.3.abs())))
    .map(|(_, scenario, measure, change)| (scenario, measure, change))
}

/// The interval of a share.
fn wilson(count: u32, of: u32) -> Interval {
    let z = Normal::standard().inverse_cdf(0.5 + CONFIDENCE / 2.0);
    let (n, share) = (f64::from(of), f64::from(count) / f64::from(of));
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_shares() {
        let round = |interval: Interval| [interval.low, interval.high].map(|end| (end * 1e3).round() / 1e3);
        assert_eq!(round(wilson(0, 100)), [0.0, 0.037]);
        assert_eq!(round(wilson(95, 100)), [0.888, 0.978]);
        assert_eq!(round(wilson(100, 100)), [0.963, 1.0]);
    }
}
