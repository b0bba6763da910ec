//! `[links.NAME]`: links that the hosts behind them share.

use std::time::Duration;

use super::discipline::Discipline;

/// A link between the hosts behind it and everybody else.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedLinkSpec {
    /// The `NAME` of `[links.NAME]`.
    pub name: String,
    /// `up`, away from the hosts behind it, in bit/s, up to 1 Tbit/s. Required.
    pub up_bits_per_s: u64,
    /// `down`, towards the hosts behind it, in bit/s, up to 1 Tbit/s. Required.
    pub down_bits_per_s: u64,
    /// `queue_up`, in bytes; at least `network.unit`. Default: 256 KiB.
    pub queue_up_bytes: u32,
    /// `queue_down`, in bytes; at least `network.unit`. Default: 256 KiB.
    pub queue_down_bytes: u32,
    /// `discipline`, of both queues. Default: tail-drop.
    pub discipline: Discipline,
    /// `latency`: what crossing the link adds, one way. Default: 0 s.
    pub latency: Duration,
    /// `loss`: the share of packets that the link loses, 0 to 1, in each direction. Default: 0.
    pub loss: f64,
    /// `behind`: another link that this one is behind, by name. Default: none.
    pub behind: Option<String>,
}
