//! How likely it is that chance alone made the differences of pairs.
//!
//! If a change does nothing, either run of a pair could as well have been the other: each difference could have had the
//! other sign. So the sum of the differences is set beside all sums that other signs give (the sign-flip test of Fisher
//! 1935, exact whatever the distribution is). Criterion and others trust the bootstrap here; with two dozen pairs its tails are
//! too short for the small chances that are asked for when many figures are judged at once.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How often a gate may fail although nothing has changed, all its checks together.
pub const ALARMS_MAX: f64 = 0.01;
/// Up to so many pairs every choice of signs is looked at; of more, as many are drawn.
const EXACT_PAIRS_MAX: usize = 16;
/// The seed of the draws: a chance is a function of its pairs.
const SEED: u64 = 0x5eed;

/// The share of all choices of signs whose sum is at least that of `differences`. With drawn signs the one that was observed
/// counts as one more (Phipson and Smyth 2010): the chance is never called smaller than it can be known to be.
pub fn chance(differences: &[f64]) -> f64 {
    let observed: f64 = differences.iter().sum();
    // Sums of the same numbers in another order differ in their last digits.
    let slack = differences.iter().map(|difference| difference.abs()).sum::<f64>() * 1e-12;
    let reaches = |signs: &[u64]| sum(differences, signs) >= observed - slack;
    if differences.len() <= EXACT_PAIRS_MAX {
        let choices = 1_u64 << differences.len();
        let reached = (0..choices).filter(|signs| reaches(&[*signs])).count();
        return reached as f64 / choices as f64;
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut signs = vec![0_u64; differences.len().div_ceil(64)];
    let draws = 1 << EXACT_PAIRS_MAX;
    let reached = (0..draws).filter(|_| {
        signs.iter_mut().for_each(|word| *word = rng.random());
        reaches(&signs)
    });
    (1 + reached.count()) as f64 / (1 + draws) as f64
}

/// How many pairs it takes for one of so many checks to be able to fail: with fewer, chance could have made any difference.
pub fn seeds_needed(checks: usize) -> u32 {
    (checks as f64 / ALARMS_MAX).log2().ceil() as u32
}

/// The sum with the sign of each difference turned whose bit is set.
fn sum(differences: &[f64], signs: &[u64]) -> f64 {
    let turned = |(at, difference): (usize, &f64)| {
        let bit = signs[at / 64] >> (at % 64) & 1;
        f64::from_bits(difference.to_bits() ^ bit << 63)
    };
    differences.iter().enumerate().map(turned).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_chances() {
        assert_eq!(chance(&[1.0; 10]), 1.0 / 1024.0);
        assert_eq!(chance(&[-1.0; 10]), 1.0);
        assert_eq!(chance(&[]), 1.0);
        // Of the eight sums of ±1 ±2 ±3, six and four are at least four.
        assert_eq!(chance(&[-1.0, 2.0, 3.0]), 2.0 / 8.0);
        assert_eq!(chance(&[1.0; 100]), 1.0 / 65_537.0);
        assert_eq!([1, 10, 30].map(seeds_needed), [7, 10, 12]);
    }

    /// What is symmetric about zero is called at most as unlikely as it is.
    #[test]
    fn small_chances_are_as_rare_as_they_say() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for pairs in [12, 24] {
            let small = (0..600).filter(|_| {
                // A heavy tail: a few differences outweigh the others.
                let differences: Vec<f64> = (0..pairs)
                    .map(|_| {
                        let share: f64 = rng.random_range(-1.0..1.0);
                        share / (1.05 - share.abs())
                    })
                    .collect();
                chance(&differences) <= 0.05
            });
            let share = small.count() as f64 / 600.0;
            assert!((0.025..=0.075).contains(&share), "{pairs} pairs: {share}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn it_is_a_chance_and_falls_with_the_sum(mut differences in prop::collection::vec(-1e3..1e3f64, 1..20)) {
            let before = chance(&differences);
            prop_assert!(before > 0.0 && before <= 1.0);
            differences.iter_mut().for_each(|difference| *difference = difference.abs());
            prop_assert!(chance(&differences) <= before);
        }
    }
}
