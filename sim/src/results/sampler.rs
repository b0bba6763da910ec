//! When to look at the swarm: often enough to draw it, seldom enough that a run of any length fits in memory.

use swarmlab_engine::time::Time;

/// The most samples of a table with one row per sample.
pub const SAMPLES_MAX: usize = 400;

/// The most rows of a table with many rows per sample (`progress`, `pieces`): about 130 MB in memory.
pub const WIDE_ROWS_MAX: usize = 4_000_000;

/// The first interval between samples.
const INTERVAL_FIRST_NS: u64 = 1_000_000_000;

/// The most samples of a table with `width` rows per sample, so that it stays below [`WIDE_ROWS_MAX`] where
/// that leaves at least two, and below [`SAMPLES_MAX`].
pub fn wide_samples_max(width: usize) -> usize {
    (WIDE_ROWS_MAX / width.max(1)).clamp(2, SAMPLES_MAX)
}

/// Samples at even intervals from time zero. It starts with one a second; when it is full it drops every
/// second sample and doubles the interval. What is sampled should be cumulative, so that a dropped sample
/// loses detail only.
#[derive(Clone, Debug)]
pub struct Sampler<T> {
    samples_max: usize,
    interval_ns: u64,
    samples: Vec<T>,
}

impl<T> Sampler<T> {
    /// A sampler that keeps at most `samples_max` samples, rounded down to an even number, at least 2.
    pub fn new(samples_max: usize) -> Sampler<T> {
        Sampler {
            samples_max: (samples_max & !1).max(2),
            interval_ns: INTERVAL_FIRST_NS,
            samples: Vec::new(),
        }
    }

    /// When the next sample is due. Later after every [`push`](Sampler::push).
    pub fn due(&self) -> Time {
        Time::from_nanos(self.interval_ns.saturating_mul(self.samples.len() as u64))
    }

    /// The interval between samples, seconds.
    pub fn interval_s(&self) -> f64 {
        Time::from_nanos(self.interval_ns).as_secs_f64()
    }

    /// Keeps the sample that was taken at [`due`](Sampler::due).
    pub fn push(&mut self, sample: T) {
        self.make_room();
        self.samples.push(sample);
    }

    /// All samples in the order of time, closed by `last`, taken at the end of the run: at `now`, which is no
    /// later than [`due`](Sampler::due).
    pub fn finish(mut self, now: Time, last: T) -> Vec<T> {
        let latest =
            self.samples.len().checked_sub(1).map(|index| self.interval_ns.saturating_mul(index as u64));
        if latest == Some(now.as_nanos()) {
            self.samples.pop();
        }
        self.make_room();
        self.samples.push(last);
        self.samples
    }

    /// With an even limit the sample that is due stays due: twice the interval times half the number.
    fn make_room(&mut self) {
        if self.samples.len() < self.samples_max {
            return;
        }
        let mut index = 0;
        self.samples.retain(|_| {
            index += 1;
            index % 2 == 1
        });
        self.interval_ns = self.interval_ns.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bounded_even_and_complete(samples_max in 0usize..40, end_ms in 0u64..200_000) {
            let mut sampler = Sampler::new(samples_max);
            let end = Time::from_nanos(end_ms * 1_000_000);
            while sampler.due() <= end {
                let due = sampler.due();
                sampler.push(due);
                prop_assert!(sampler.due() > due);
            }
            let interval_s = sampler.interval_s();
            let samples = sampler.finish(end, end);
            prop_assert!(samples.len() <= samples_max.max(2));
            prop_assert_eq!(samples.last(), Some(&end));
            if end_ms > 0 {
                prop_assert_eq!(samples[0], Time::ZERO);
            }
            let gaps: Vec<f64> = samples.windows(2).map(|pair| pair[1].as_secs_f64() - pair[0].as_secs_f64()).collect();
            prop_assert!(gaps.iter().all(|&gap| gap > 0.0));
            let even = gaps.len().saturating_sub(1);
            prop_assert!(gaps[..even].windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1e-6));
            prop_assert!(gaps.iter().all(|&gap| gap <= 2.0 * interval_s + 1e-6));
        }
    }

    #[test]
    fn wide_tables_get_fewer_samples() {
        assert_eq!(wide_samples_max(0), 400);
        assert_eq!(wide_samples_max(1_000), 400);
        assert_eq!(wide_samples_max(100_000), 40);
        assert_eq!(wide_samples_max(usize::MAX), 2);
    }
}
