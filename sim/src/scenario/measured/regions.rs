//! Regions of the world, and how far apart they are.

use std::time::Duration;

/// Round-trip times between regions, and within them, in milliseconds; row and column in the order of the names.
const ROUND_TRIP_MS: [[u64; 6]; 6] = [
    // NA   EU   SA   AP   JP   AU
    [32, 124, 184, 198, 151, 189],
    [124, 11, 227, 237, 252, 294],
    [184, 227, 88, 325, 301, 322],
    [198, 237, 325, 85, 58, 198],
    [151, 252, 301, 58, 12, 126],
    [189, 294, 322, 198, 126, 16],
];

/// Where the table comes from.
pub const SOURCE: &str =
    "Round-trip times measured between, and within, six regions of the world. One way is taken as half.";

/// One region of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region(u16);

impl Region {
    /// Every region by its name, and the name in full.
    pub const NAMES: &[(&str, Region, &str)] = &[
        ("NA", Region(0), "North America."),
        ("EU", Region(1), "Europe."),
        ("SA", Region(2), "South America."),
        ("AP", Region(3), "Asia and the Pacific."),
        ("JP", Region(4), "Japan."),
        ("AU", Region(5), "Australia."),
    ];

    /// Its row and column in the table of latencies.
    pub fn index(self) -> u16 {
        self.0
    }

    /// How long a packet takes from a host here to a host there, one way.
    pub fn latency_to(self, there: Region) -> Duration {
        Duration::from_micros(ROUND_TRIP_MS[usize::from(self.0)][usize::from(there.0)] * 500)
    }
}

#[cfg(test)]
mod tests {
    use super::{ROUND_TRIP_MS, Region};

    #[test]
    fn the_table_is_whole_and_symmetric() {
        assert_eq!(Region::NAMES.len(), ROUND_TRIP_MS.len());
        for (number, (_, here, _)) in Region::NAMES.iter().enumerate() {
            assert_eq!(usize::from(here.index()), number);
            for (_, there, _) in Region::NAMES {
                assert_eq!(here.latency_to(*there), there.latency_to(*here));
            }
        }
    }
}
