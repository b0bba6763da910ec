//! What a sender knows of its round trip: the estimator of RFC 6298.

use std::time::Duration;

/// Smoothed round-trip time and its variation, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundTrip {
    smoothed_us: u32,
    variation_us: u32,
}

impl RoundTrip {
    /// Linux's floor. RFC 6298 asks for one second; nobody does that.
    const VARIATION_MIN: Duration = Duration::from_millis(200);
    const TIMEOUT_MAX: Duration = Duration::from_secs(60);

    /// From the first sample: that of the handshake.
    pub fn new(sample: Duration) -> RoundTrip {
        let smoothed_us = micros(sample);
        RoundTrip { smoothed_us, variation_us: smoothed_us / 2 }
    }

    /// Takes in another sample (RFC 6298, section 2.3).
    pub fn observe(&mut self, sample: Duration) {
        let sample_us = micros(sample);
        let deviation = self.smoothed_us.abs_diff(sample_us);
        self.variation_us = blend(self.variation_us, deviation, 2);
        self.smoothed_us = blend(self.smoothed_us, sample_us, 3);
    }

    /// The smoothed round-trip time.
    pub fn smoothed(&self) -> Duration {
        Duration::from_micros(self.smoothed_us.into())
    }

    /// The retransmission time-out after `backoff` time-outs in a row, each of which doubles it.
    pub fn timeout(&self, backoff: u8) -> Duration {
        let variation = Duration::from_micros(4 * u64::from(self.variation_us)).max(RoundTrip::VARIATION_MIN);
        let base = self.smoothed() + variation;
        base.saturating_mul(1 << backoff.min(16)).min(RoundTrip::TIMEOUT_MAX)
    }
}

fn micros(span: Duration) -> u32 {
    u32::try_from(span.as_micros()).unwrap_or(u32::MAX)
}

/// `old` moved towards `new` by one part in 2^`shift`.
fn blend(old: u32, new: u32, shift: u32) -> u32 {
    let (old, new) = (u64::from(old), u64::from(new));
    (((old << shift) - old + new) >> shift) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// RFC 6298, section 2, in floating point: a quarter and an eighth of each sample; to the microsecond.
        #[test]
        fn every_sample_counts_as_the_rfc_says(
            first_us in 0..5_000_000_u64,
            samples_us in prop::collection::vec(0..5_000_000_u64, 0..40),
            backoff in 0..8_u8,
        ) {
            let mut round_trip = RoundTrip::new(Duration::from_micros(first_us));
            let (mut srtt, mut rttvar) = (first_us as f64, first_us as f64 / 2.0);
            for sample_us in samples_us {
                round_trip.observe(Duration::from_micros(sample_us));
                rttvar = 0.75 * rttvar + 0.25 * (srtt - sample_us as f64).abs();
                srtt = 0.875 * srtt + 0.125 * sample_us as f64;
            }
            let expected_us = srtt + (4.0 * rttvar).max(200_000.0);
            let expected_us = (expected_us * 2_f64.powi(backoff.into())).min(60e6);
            let near = |found: Duration, expected_us: f64, tolerance_us: f64| {
                (found.as_secs_f64() * 1e6 - expected_us).abs() <= tolerance_us
            };
            // Each rounding is of less than a microsecond, and is forgotten as samples are.
            prop_assert!(near(round_trip.smoothed(), srtt, 8.0), "{:?}, not {srtt} us", round_trip.smoothed());
            let tolerance_us = 60.0 * 2_f64.powi(backoff.into());
            prop_assert!(
                near(round_trip.timeout(backoff), expected_us, tolerance_us),
                "{:?}, not {expected_us} us", round_trip.timeout(backoff)
            );
        }
    }

    #[test]
    fn the_handshake_is_the_first_sample() {
        let round_trip = RoundTrip::new(Duration::from_millis(300));
        assert_eq!(round_trip.smoothed(), Duration::from_millis(300));
        assert_eq!(round_trip.timeout(0), Duration::from_millis(900), "and four times half of it");
        let near = RoundTrip::new(Duration::from_millis(10));
        assert_eq!(near.timeout(0), Duration::from_millis(210), "Linux's floor");
        assert_eq!(near.timeout(3), Duration::from_millis(8 * 210));
    }

    #[test]
    fn a_steady_path_settles_on_its_round_trip() {
        let mut round_trip = RoundTrip::new(Duration::from_millis(300));
        for _ in 0..100 {
            round_trip.observe(Duration::from_millis(100));
        }
        assert!(round_trip.smoothed() < Duration::from_millis(101));
        assert!(round_trip.timeout(0) < Duration::from_millis(301));
        assert_eq!(round_trip.timeout(1), 2 * round_trip.timeout(0));
        assert_eq!(round_trip.timeout(200), Duration::from_secs(60));
    }
}
