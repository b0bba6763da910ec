//! Where a host is, as far as the latency asks.

use std::time::Duration;

/// Where a host is. What the network's latency doesn't ask for is ignored; what it asks for and isn't said, the seed
/// decides: each region or row as likely. A host without a point is at the origin of the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Nowhere in particular.
    #[default]
    Anywhere,
    /// In a region of a [`RegionTable`](super::RegionTable), counted from zero.
    Region(u16),
    /// At a point of a plane whose distances are times.
    Point {
        /// East of the origin.
        x: Duration,
        /// North of the origin.
        y: Duration,
    },
    /// At a row (and the column of the same number) of a [`LatencyMatrix`](super::LatencyMatrix), counted from zero.
    Row(u32),
}
