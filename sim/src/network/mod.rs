//! The event network: hosts behind access links, and streams between them, for 10 to 100,000 hosts.
//!
//! It is driven like everything here: the world calls [`Network::handle`] for each of the network's events, calls
//! [`Network::connect`], [`send`](Network::send), [`close`](Network::close) as its hosts decide, and drains
//! [`Network::poll`] after each call. The network never asks a clock, draws no randomness but the seed's hash, and
//! refuses to know what the bytes mean.
//!
//! # The model
//! **A stream** behaves as TCP between two Linux hosts does, seen in segments of up to a unit (by default twelve
//! packets: a block of 16 KiB and its head). A segment is sent, lost and acknowledged as a whole; on the wire it weighs
//! what its packets and their headers weigh.
//!
//! **Set-up.** The attempt reaches the other host after one latency (`Incoming`), the answer comes after another
//! (`Connected`, or `Refused` if the host is down). These packets, resets and the news of them, weigh nothing and are
//! not lost.
//!
//! **Sending.** An end takes bytes while those not yet handed to the uplink fit its send buffer. They leave as far as
//! two windows allow: the receive window, constant, over the bytes not acknowledged in order; and the congestion window
//! over the bytes in flight: ten packets at first (RFC 6928), doubled each round trip in slow start, then CUBIC (RFC
//! 9438). It grows only while it is the limit, and shrinks during idleness (RFC 2861). The receive window is exact; the
//! congestion window is rounded to whole segments, unless nothing is in flight. There is no Nagle delay.
//!
//! **The uplink** is busy until a moment; the backlog is what lies before it. While the backlog is below the queue
//! limit, a segment is queued at once and costs no event. At the limit, streams wait in a ring and take turns by the
//! segment, so they share evenly, and nothing is lost at one's own uplink (Linux holds a socket back there too).
//!
//! **The path** is a constant latency per pair of hosts, neither lossy nor reordering, of unlimited capacity.
//!
//! **The downlink** is a queue served in order of arrival. A segment that would overfill it is dropped. Bits pass on as
//! they come, so a segment stretched by a slow uplink isn't stretched again.
//!
//! **Delivery** is in order. The chunks given to `send` are never copied: they wait in one queue per direction until
//! the segments that carry them are in, and come out as the same `Bytes`, cut only where a segment ended inside one.
//!
//! **Acknowledgements** come back one latency after delivery, without an event of their own: the sender looks at them
//! when it wants to send, and schedules a wake-up only if a window stops it. Their packets are charged to the
//! receiver's uplink (one for two packets received) if that is busy and has nothing to send on the same stream that
//! would carry them.
//!
//! **Loss** is learnt one latency after a segment that departed later is delivered (as by selective acknowledgement),
//! or by the retransmission time-out (RFC 6298, with Linux's floor of 200 ms). It shrinks the congestion window to 0.7
//! of itself, once per window of data.
//!
//! **The end.** `close` sends what is pending and then an end mark; the other side gets `Closed` after the last byte.
//! Closing is for both directions: what arrives later for a closed end is discarded. `reset`, or a host going down,
//! discards everything in flight from that end; the other side learns after one latency.
//!
//! # What it is not
//! No single packets, and so no packet reordering, no ECN, no tail-loss probes; no spurious time-outs: the timer runs
//! only for what is really lost. No HyStart and no pacing: slow start ends by loss or by a window. No window scaling
//! over time: the receive window is what it is from the start, and applications read at once. Acknowledgements are never
//! late, though they take capacity. A set-up is never lost or queued. No congestion but at access links.
//!
//! # Cost
//! About two events per segment of a busy uplink: the turns (one for several segments) and the arrival; one more where
//! a downlink queues, one more where a window is what limits. Of the segments in flight only the oldest of each
//! direction, and of those in a downlink only the first, have an event in the queue. An idle stream holds no buffers.

mod access_link;
mod check;
mod codel;
mod config;
mod congestion;
mod datagrams;
mod disturbance;
mod disturbing;
mod event;
mod fifo;
mod flight;
mod host;
mod latency;
mod ledger;
mod lifecycle;
mod matrix;
mod paths;
mod pipe;
mod place;
mod rate_changes;
mod reading;
mod receiving;
mod round_trip;
mod sending;
mod set_up;
mod shared_link;
mod stream;
#[cfg(test)]
mod tests;
mod verbs;

pub use access_link::{AccessLink, UplinkDiscipline};
pub use config::NetworkConfig;
pub use datagrams::DatagramId;
pub use disturbance::{Disturbance, DisturbanceId, Effect, HostSet};
pub use event::{CloseReason, NetworkEvent, Notice};
pub use host::{HostConfig, HostId};
pub use latency::Latency;
pub use ledger::Ledger;
pub use matrix::{LatencyMatrix, RegionTable};
pub use pipe::Discipline;
pub use place::Place;
pub use shared_link::{LinkId, SharedLink, Way};
pub use stream::EndId;
pub use verbs::Network;
