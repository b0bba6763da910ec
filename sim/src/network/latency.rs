//! One-way latency between two hosts: a function of the pair, so that nothing is stored per pair.

use std::sync::Arc;
use std::time::Duration;

use statrs::distribution::{ContinuousCDF, Normal};

use super::host::HostId;
use super::matrix::{LatencyMatrix, RegionTable};
use super::place::Place;

/// Where the one-way latency of a pair of hosts comes from. What is drawn is drawn once for each unordered pair, by
/// hashing seed and pair, and is the same in both directions. It never changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Latency {
    /// The same for every pair.
    Constant(Duration),
    /// Drawn evenly between both bounds (inclusive).
    Uniform {
        /// The smallest.
        min: Duration,
        /// The largest.
        max: Duration,
    },
    /// Drawn so that its logarithm is normal. An hour is the most.
    LogNormal {
        /// Half of the pairs have less.
        median: Duration,
        /// Standard deviation of the natural logarithm.
        sigma: f64,
    },
    /// Drawn from a measured distribution: (share of pairs that have at most this, this), both rising; straight lines
    /// between, and nothing below the first or above the last.
    Quantiles(Arc<[(f64, Duration)]>),
    /// By the regions of both hosts.
    Regions(Arc<RegionTable>),
    /// The distance between the hosts' points, and something for the first and last mile.
    Plane {
        /// Added to each distance.
        floor: Duration,
    },
    /// By the rows of both hosts: from the row of the sender to the column of the receiver.
    Matrix(Arc<LatencyMatrix>),
}

/// The longest latency there is.
const LATENCY_MAX: Duration = Duration::from_secs(3600);

impl Latency {
    /// The latency from `a` to `b` under `seed`.
    pub fn between(&self, seed: u64, (a, at): (HostId, Place), (b, place): (HostId, Place)) -> Duration {
        match self {
            Latency::Constant(latency) => *latency,
            Latency::Uniform { min, max } => {
                let choices = u128::from(nanos(*max) - nanos(*min)) + 1;
                let drawn = u128::from(hash_pair(seed, a, b));
                *min + Duration::from_nanos(((drawn * choices) >> 64) as u64)
            }
            Latency::LogNormal { median, sigma } => {
                let deviations = Normal::standard().inverse_cdf(share(hash_pair(seed, a, b)));
                let secs = median.as_secs_f64() * (sigma * deviations).exp();
                Duration::from_secs_f64(secs.min(LATENCY_MAX.as_secs_f64()))
            }
            Latency::Quantiles(quantiles) => quantile(quantiles, share(hash_pair(seed, a, b))),
            Latency::Regions(table) => {
                let regions = table.between();
                regions.one_way(row(seed, a, at, regions), row(seed, b, place, regions))
            }
            Latency::Plane { floor } => {
                let ((x, y), (to_x, to_y)) = (point(at), point(place));
                *floor + Duration::from_secs_f64((to_x - x).hypot(to_y - y))
            }
            Latency::Matrix(matrix) => matrix.one_way(row(seed, a, at, matrix), row(seed, b, place, matrix)),
        }
    }

    pub(super) fn assert_sound(&self) {
        let (min, max) = match self {
            Latency::Constant(latency) | Latency::Plane { floor: latency } => (*latency, *latency),
            Latency::Uniform { min, max } => (*min, *max),
            Latency::LogNormal { median, sigma } => {
                assert!(sigma.is_finite() && *sigma >= 0.0, "latency: a spread of {sigma}");
                (*median, *median)
            }
            Latency::Quantiles(quantiles) => {
                let rises = quantiles.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1);
                let are_shares = quantiles.iter().all(|(share, _)| (0.0..=1.0).contains(share));
                assert!(rises && are_shares, "latency: quantiles that don't rise from 0 to 1");
                let (first, last) = (quantiles.first(), quantiles.last());
                let (first, last) = first.zip(last).expect("a distribution has a quantile");
                (first.1, last.1)
            }
            Latency::Regions(table) => (Duration::ZERO, table.between().largest()),
            Latency::Matrix(matrix) => (Duration::ZERO, matrix.largest()),
        };
        assert!(min <= max, "latency: min is over max");
        assert!(max <= LATENCY_MAX, "latency is over an hour");
    }
}

impl Default for Latency {
    /// 25 ms, a round trip within one country.
    fn default() -> Latency {
        Latency::Constant(Duration::from_millis(25))
    }
}

/// Both directions between `a` and `b`, of which one may give a share of up to `asymmetry` to the other.
pub(super) fn skew(
    [forth, back]: [Duration; 2],
    asymmetry: f64,
    seed: u64,
    a: HostId,
    b: HostId,
) -> [Duration; 2] {
    if asymmetry == 0.0 || a == b {
        return [forth, back];
    }
    let drawn = 2.0 * share(mix(hash_pair(seed, a, b))) - 1.0;
    let from_low_to_high = asymmetry * drawn;
    let moves_forth = if a < b { from_low_to_high } else { -from_low_to_high };
    let moved = forth.min(back).mul_f64(moves_forth.abs());
    if moves_forth >= 0.0 { [forth + moved, back - moved] } else { [forth - moved, back + moved] }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).expect("at most an hour")
}

fn hash_pair(seed: u64, a: HostId, b: HostId) -> u64 {
    mix(mix(seed) ^ (u64::from(a.0.min(b.0)) << 32 | u64::from(a.0.max(b.0))))
}

/// A hash as a number between 0 and 1, neither of them.
fn share(hash: u64) -> f64 {
    ((hash >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// The value that a share of `below` is at most.
fn quantile(quantiles: &[(f64, Duration)], below: f64) -> Duration {
    let next = quantiles.partition_point(|&(share, _)| share < below);
    match (next.checked_sub(1).map(|previous| quantiles[previous]), quantiles.get(next)) {
        (Some((low, from)), Some(&(high, to))) => from + (to - from).mul_f64((below - low) / (high - low)),
        (None, Some(&(_, only))) | (Some((_, only)), None) => only,
        (None, None) => Duration::ZERO,
    }
}

fn row(seed: u64, host: HostId, place: Place, matrix: &LatencyMatrix) -> u32 {
    match place {
        Place::Row(row) => row,
        Place::Region(region) => region.into(),
        Place::Anywhere | Place::Point { .. } => {
            let drawn = u128::from(mix(mix(!seed) ^ u64::from(host.0)));
            ((drawn * u128::from(matrix.side())) >> 64) as u32
        }
    }
}

/// In seconds.
fn point(place: Place) -> (f64, f64) {
    match place {
        Place::Point { x, y } => (x.as_secs_f64(), y.as_secs_f64()),
        Place::Anywhere | Place::Region(_) | Place::Row(_) => (0.0, 0.0),
    }
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

    const MS: Duration = Duration::from_millis(1);

    /// Latencies of many pairs, sorted.
    fn drawn(latency: &Latency) -> Vec<Duration> {
        let mut drawn = Vec::new();
        for a in 0..100 {
            for b in 0..a {
                let [a, b] = [a, b].map(|host| (HostId(host), Place::Anywhere));
                let forth = latency.between(7, a, b);
                assert_eq!(forth, latency.between(7, b, a));
                drawn.push(forth);
            }
        }
        drawn.sort();
        drawn
    }

    fn assert_near(found: Duration, expected: Duration) {
        let (found, expected) = (found.as_secs_f64(), expected.as_secs_f64());
        assert!((found / expected - 1.0).abs() < 0.05, "{found} s, not {expected} s");
    }

    #[test]
    fn a_uniform_latency_is_symmetric_and_evenly_spread() {
        let latency = Latency::Uniform { min: 10 * MS, max: 110 * MS };
        let drawn = drawn(&latency);
        for (tenth, pairs) in drawn.chunks(drawn.len() / 10).enumerate() {
            assert_near(pairs[0], (10 + 10 * tenth as u32) * MS);
        }
        let [a, b] = [0, 1].map(|host| (HostId(host), Place::Anywhere));
        assert_ne!(latency.between(7, a, b), latency.between(8, a, b));
    }

    #[test]
    fn a_log_normal_latency_has_its_median_and_its_spread() {
        let drawn = drawn(&Latency::LogNormal { median: 40 * MS, sigma: 0.6 });
        let at = |share: f64| drawn[(share * drawn.len() as f64) as usize];
        assert_near(at(0.5), 40 * MS);
        assert_near(at(0.841), (40 * MS).mul_f64(0.6_f64.exp()));
        assert_near(at(0.159), (40 * MS).mul_f64((-0.6_f64).exp()));
    }

    #[test]
    fn measured_quantiles_come_out_as_they_went_in() {
        let measured = [(0.05, 10), (0.25, 30), (0.5, 68), (0.75, 104), (0.99, 235)];
        let drawn = drawn(&Latency::Quantiles(measured.map(|(share, millis)| (share, millis * MS)).into()));
        let at = |share: f64| drawn[(share * (drawn.len() - 1) as f64) as usize];
        for (share, millis) in [(0.0, 10), (0.25, 30), (0.375, 49), (0.5, 68), (0.75, 104), (1.0, 235)] {
            assert_near(at(share), millis * MS);
        }
    }

    #[test]
    fn regions_and_rows_are_looked_up_one_way_and_drawn_where_nobody_said() {
        let rows = [vec![MS, 2 * MS], vec![3 * MS, 4 * MS]];
        let matrix = LatencyMatrix::from_rows(&rows).expect("square");
        let table = RegionTable::new(["here", "there"].map(String::from), matrix.clone()).expect("named");
        assert_eq!((table.region("there"), table.region("nowhere")), (Some(1), None));
        let rows = [Place::Row(0), Place::Row(1)];
        let regions = [Place::Region(0), Place::Region(1)];
        for (latency, [here, there]) in
            [(Latency::Matrix(Arc::new(matrix)), rows), (Latency::Regions(Arc::new(table)), regions)]
        {
            let between = |a, b| latency.between(7, (HostId(5), a), (HostId(9), b));
            assert_eq!(between(here, there), 2 * MS);
            assert_eq!(between(there, here), 3 * MS);
            assert_eq!(between(there, there), 4 * MS);
            let own = (0..100).map(|host| (HostId(host), Place::Anywhere));
            let near = own.filter(|&own| latency.between(7, own, own) == MS).count();
            assert!((30..=70).contains(&near), "{near} of 100 in the first");
        }
        assert_eq!(LatencyMatrix::from_rows(&[vec![MS], vec![MS]]), None);
    }

    #[test]
    fn distance_on_a_plane_is_euclidean() {
        let latency = Latency::Plane { floor: 5 * MS };
        let at = |x, y| (HostId(0), Place::Point { x: x * MS, y: y * MS });
        assert_eq!(latency.between(7, at(10, 90), at(40, 50)), 55 * MS);
    }

    #[test]
    fn asymmetry_moves_latency_from_one_way_to_the_other() {
        let mut largest = Duration::ZERO;
        for other in 1..200 {
            let (a, b) = (HostId(0), HostId(other));
            let [forth, back] = skew([40 * MS; 2], 0.2, 7, a, b);
            assert_eq!(forth + back, 80 * MS);
            assert_eq!(skew([40 * MS; 2], 0.2, 7, b, a), [back, forth]);
            largest = largest.max(forth);
        }
        assert!(largest > 47 * MS && largest <= 48 * MS, "{largest:?}");
    }
}
