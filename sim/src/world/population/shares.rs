//! Shares of a group in whole hosts, exactly: a draw decides who, never how many.

use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A share of `count` in whole hosts, rounded to the nearest.
pub fn share_of(count: u32, share: f64) -> u32 {
    ((f64::from(count) * share).round() as u32).min(count)
}

/// For each of `count` hosts whether it belongs to the share.
pub fn marked(count: u32, share: f64, rng: &mut Xoshiro256PlusPlus) -> Vec<bool> {
    let within = share_of(count, share);
    let mut marks: Vec<bool> = (0..count).map(|number| number < within).collect();
    marks.shuffle(rng);
    marks
}

/// So many of `numbers`, drawn, in ascending order.
pub fn some_of(mut numbers: Vec<u32>, how_many: u32, rng: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    numbers.shuffle(rng);
    numbers.truncate(how_many as usize);
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    proptest! {
        #[test]
        fn the_number_is_exact_whoever_is_drawn(count in 0u32..500, share in 0.0..=1.0f64, seed in any::<u64>()) {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let marks = marked(count, share, &mut rng);
            prop_assert_eq!(marks.len(), count as usize);
            let hosts = marks.iter().filter(|mark| **mark).count();
            prop_assert!((hosts as f64 - f64::from(count) * share).abs() <= 0.5);
            let some = some_of((0..count).collect(), share_of(count, share), &mut rng);
            prop_assert_eq!(some.len(), hosts);
            prop_assert!(some.is_sorted_by(|a, b| a < b));
        }
    }
}
