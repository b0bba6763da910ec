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
    use super::*;

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
