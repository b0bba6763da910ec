//! Distributions of latency as they were measured.

use std::time::Duration;

/// A distribution of one-way latency between pairs of hosts.
#[derive(Debug, PartialEq)]
pub struct MeasuredLatency {
    /// What scenarios call it.
    pub name: &'static str,
    /// Who measured it, and what was made of it here.
    pub source: &'static str,
    /// Shares of the pairs, rising, and the one-way latency that so many are below; interpolated in between.
    pub quantiles: &'static [(f64, Duration)],
}

/// Every distribution.
pub static LATENCIES: [MeasuredLatency; 1] = [MeasuredLatency {
    name: "planetlab",
    source: "Round-trip times between PlanetLab hosts: 5 % of the pairs below 19 ms, 25 % 60, 50 % 136, 75 % 207, \
             90 % 297, 95 % 337, 99 % 469 ms. One way is taken as half. Nothing was given below the 5th and above the \
             99th percentile: latency is not lower than the one, and not higher than the other.",
    quantiles: &[
        (0.05, half_of_ms(19)),
        (0.25, half_of_ms(60)),
        (0.50, half_of_ms(136)),
        (0.75, half_of_ms(207)),
        (0.90, half_of_ms(297)),
        (0.95, half_of_ms(337)),
        (0.99, half_of_ms(469)),
    ],
}];

const fn half_of_ms(round_trip_ms: u64) -> Duration {
    Duration::from_micros(round_trip_ms * 500)
}

#[cfg(test)]
mod tests {
    use super::LATENCIES;

    #[test]
    fn quantiles_rise() {
        for measured in &LATENCIES {
            assert!(measured.quantiles.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1), "{}", measured.name);
        }
    }
}
