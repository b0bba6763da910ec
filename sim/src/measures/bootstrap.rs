//! How sure a figure is that was computed from a sample: the bootstrap.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::results::quantile;

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;
/// Samples drawn anew.
pub const RESAMPLES: usize = 10_000;
/// The seed of the draws: an interval is a function of its sample.
const SEED: u64 = 0x5eed;

/// An interval that holds the true figure with [`CONFIDENCE`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// No difference lies within it.
    pub fn has_zero(&self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }
}

/// The interval of `figure` by the bias-corrected and accelerated bootstrap (Efron 1987): whole observations are drawn
/// anew, so pairs stay pairs, and ends are moved for bias and skew. None of fewer than two observations, or if they give
/// no figure.
pub fn interval<T: Copy>(sample: &[T], figure: impl Fn(&[T]) -> f64) -> Option<Interval> {
    let observed = figure(sample);
    if sample.len() < 2 || !observed.is_finite() {
        return None;
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut drawn = sample.to_vec();
    let mut figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            drawn.iter_mut().for_each(|one| *one = sample[rng.random_range(0..sample.len())]);
            figure(&drawn)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    let normal = Normal::standard();
    // Half of those that are equal count as below: of a sample without spread nothing is to be corrected.
    let below = figures.partition_point(|figure| *figure < observed);
    let equal = figures[below..].partition_point(|figure| *figure <= observed);
    let share = (below as f64 + equal as f64 / 2.0) / RESAMPLES as f64;
    let bias = normal.inverse_cdf(share.clamp(0.5 / RESAMPLES as f64, 1.0 - 0.5 / RESAMPLES as f64));
    let acceleration = acceleration(sample, &figure);
    let end = |tail: f64| {
        let z = bias + normal.inverse_cdf(tail);
        quantile(&figures, normal.cdf(bias + z / (1.0 - acceleration * z)))
    };
    Some(Interval { low: end((1.0 - CONFIDENCE) / 2.0)?, high: end((1.0 + CONFIDENCE) / 2.0)? })
}

/// How the figure's spread changes with the figure: the skewness of what it is without each observation in turn.
fn acceleration<T: Copy>(sample: &[T], figure: impl Fn(&[T]) -> f64) -> f64 {
    let without: Vec<f64> = (0..sample.len())
        .map(|left_out| {
            let rest: Vec<T> = sample[..left_out].iter().chain(&sample[left_out + 1..]).copied().collect();
            figure(&rest)
        })
        .collect();
    let mean = without.iter().sum::<f64>() / without.len() as f64;
    let power = |exponent: i32| without.iter().map(|value| (mean - value).powi(exponent)).sum::<f64>();
    let spread = power(2).powf(1.5);
    if spread > 0.0 { power(3) / (6.0 * spread) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_distr::{Distribution, LogNormal};

    use super::*;

    fn mean(sample: &[f64]) -> f64 {
        sample.iter().sum::<f64>() / sample.len() as f64
    }

    #[test]
    fn without_spread_there_is_no_doubt_and_of_one_nothing_is_known() {
        assert_eq!(interval(&[3.0; 8], mean), Some(Interval { low: 3.0, high: 3.0 }));
        assert_eq!(interval(&[3.0], mean), None);
        assert_eq!(interval(&[], mean), None);
    }

    /// Of 400 samples of 20 from a skewed distribution the interval misses the mean in one of 20, or a little more often: the
    /// bootstrap is known to be somewhat too sure with few observations.
    #[test]
    fn the_interval_holds_the_truth_about_as_often_as_it_says() {
        let skewed = LogNormal::new(0.0_f64, 0.5).unwrap();
        let truth = (0.5_f64.powi(2) / 2.0).exp();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let held = (0..400).filter(|_| {
            let sample: Vec<f64> = (0..20).map(|_| skewed.sample(&mut rng)).collect();
            let found = interval(&sample, mean).unwrap();
            found.low <= truth && truth <= found.high
        });
        let share = held.count() as f64 / 400.0;
        assert!((0.90..=0.98).contains(&share), "{share}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn it_lies_within_the_sample(sample in prop::collection::vec(-1e6..1e6f64, 2..12)) {
            let found = interval(&sample, mean).unwrap();
            let (least, most) = sample.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
            prop_assert!(least - 1e-6 <= found.low && found.low <= found.high && found.high <= most + 1e-6);
        }
    }
}
