//! Shares of a group in whole hosts, exactly: no draw decides how many, only who.

use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// How many of `count` belong to each class: the whole part of its share, and what is left over to the largest
/// remainders (Hamilton's method), the first of equals first. Shares that don't sum to one are scaled.
pub fn largest_remainder(count: u32, shares: impl IntoIterator<Item = f64>) -> Vec<u32> {
    let shares: Vec<f64> = shares.into_iter().collect();
    let sum: f64 = shares.iter().sum();
    let quotas: Vec<f64> = shares.iter().map(|share| share / sum * f64::from(count)).collect();
    let mut counts: Vec<u32> = quotas.iter().map(|quota| quota.floor() as u32).collect();
    let mut by_remainder: Vec<usize> = (0..quotas.len()).collect();
    by_remainder.sort_by(|&a, &b| quotas[b].fract().total_cmp(&quotas[a].fract()));
    let left = count - counts.iter().sum::<u32>();
    by_remainder.iter().take(left as usize).for_each(|&class| counts[class] += 1);
    counts
}

/// The class of each of `count` hosts: exact shares, in an order drawn from `rng`.
pub fn shuffled_classes(
    count: u32,
    shares: impl IntoIterator<Item = f64>,
    rng: &mut Xoshiro256PlusPlus,
) -> Vec<usize> {
    let counts = largest_remainder(count, shares);
    let mut classes: Vec<usize> = counts
        .iter()
        .enumerate()
        .flat_map(|(class, &count)| std::iter::repeat_n(class, count as usize))
        .collect();
    classes.shuffle(rng);
    classes
}

/// A share of `count` in whole hosts, rounded to the nearest.
pub fn of(count: u32, share: f64) -> u32 {
    ((f64::from(count) * share).round() as u32).min(count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    proptest! {
        #[test]
        fn every_class_gets_its_share_to_less_than_one(
            count in 0u32..10_000,
            shares in prop::collection::vec(0.001f64..1.0, 1..8),
        ) {
            let sum: f64 = shares.iter().sum();
            let counts = largest_remainder(count, shares.clone());
            prop_assert_eq!(counts.iter().sum::<u32>(), count);
            for (hosts, share) in counts.iter().zip(&shares) {
                prop_assert!((f64::from(*hosts) - share / sum * f64::from(count)).abs() < 1.0);
            }
        }
    }

    #[test]
    fn the_order_is_drawn_and_the_numbers_are_not() {
        let classes =
            |seed| shuffled_classes(10, [0.25, 0.75], &mut Xoshiro256PlusPlus::seed_from_u64(seed));
        let first = |classes: Vec<usize>| classes.iter().filter(|class| **class == 0).count();
        assert_eq!(classes(1), classes(1));
        assert_ne!(classes(1), classes(2));
        assert_eq!((first(classes(1)), first(classes(2))), (3, 3));
    }
}
