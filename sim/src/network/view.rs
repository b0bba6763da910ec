//! What somebody who looks on may know of the paths between hosts.

use std::time::Duration;

use super::host::HostId;
use super::stream::EndId;
use super::verbs::Network;

impl Network {
    /// The host at the other end of a stream, if that still is.
    pub fn remote(&self, end: EndId) -> Option<HostId> {
        Some(self.streams.get(end)?.hosts[end.peer().side()])
    }

    /// The share of the packets from `from` to `to` that their access links and the path let through now; zero where
    /// nothing passes. Queues and shared links are not counted.
    pub fn kept(&self, from: HostId, to: HostId) -> f64 {
        self.paths.kept(from, to)
    }

    /// Whether nothing at all passes between them, one way or the other.
    pub fn are_parted(&self, a: HostId, b: HostId) -> bool {
        self.paths.are_blocked(a, b) || self.paths.are_blocked(b, a)
    }

    /// The longest that a packet can be on its way from `a` to `b` and the answer back now. Queues are not counted.
    pub fn round_trip_max(&self, a: HostId, b: HostId) -> Duration {
        let latencies: Duration = self.latencies(a, b).iter().sum();
        latencies + 2 * self.config.jitter + self.paths.detour(a, b) + self.paths.detour(b, a)
    }
}
