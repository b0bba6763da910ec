//! One-way latency between two hosts: a function of the pair, so that nothing is stored per pair.

use std::time::Duration;

use super::host::HostId;

/// Where the one-way latency of a pair of hosts comes from. It is the same in both directions and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// The same for every pair.
    Constant(Duration),
    /// Drawn for each unordered pair, evenly between both bounds (inclusive), by hashing seed and pair.
    Uniform {
        /// The smallest.
        min: Duration,
        /// The largest.
        max: Duration,
    },
}

impl Latency {
    /// The latency between `a` and `b` under `seed`.
    pub fn between(&self, seed: u64, a: HostId, b: HostId) -> Duration {
        match *self {
            Latency::Constant(latency) => latency,
            Latency::Uniform { min, max } => {
                let choices = u128::from(nanos(max) - nanos(min)) + 1;
                let pair = u64::from(a.0.min(b.0)) << 32 | u64::from(a.0.max(b.0));
                let drawn = u128::from(mix(mix(seed) ^ pair));
                min + Duration::from_nanos(((drawn * choices) >> 64) as u64)
            }
        }
    }

    pub(super) fn assert_sound(&self) {
        let (min, max) = match *self {
            Latency::Constant(latency) => (latency, latency),
            Latency::Uniform { min, max } => (min, max),
        };
        assert!(min <= max, "latency: min is over max");
        assert!(max <= Duration::from_secs(3600), "latency is over an hour");
    }
}

impl Default for Latency {
    /// 25 ms, a round trip within one country.
    fn default() -> Latency {
        Latency::Constant(Duration::from_millis(25))
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).expect("at most an hour")
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): every bit of the input reaches every bit of the output.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_latency_is_symmetric_and_evenly_spread() {
        let (min, max) = (Duration::from_millis(10), Duration::from_millis(110));
        let latency = Latency::Uniform { min, max };
        let mut tenths = [0_u32; 10];
        for a in 0..100 {
            for b in 0..a {
                let drawn = latency.between(7, HostId(a), HostId(b));
                assert_eq!(drawn, latency.between(7, HostId(b), HostId(a)));
                tenths[((drawn - min).as_nanos() as usize / 10_000_001).min(9)] += 1;
            }
        }
        assert!(tenths.iter().all(|&pairs| pairs.abs_diff(495) < 100), "{tenths:?}");
        assert_ne!(latency.between(7, HostId(0), HostId(1)), latency.between(8, HostId(0), HostId(1)));
    }
}
