//! The event network: hosts behind access links and links that they share, streams and datagrams between them, for 10
//! to 100,000 hosts.
//!
//! It is driven like everything here: the world calls [`Network::handle`] for each of the network's events, calls
//! [`Network::connect`], [`send`](Network::send), [`close`](Network::close) as its hosts decide, and drains
//! [`Network::poll`] after each call. It never asks a clock, and refuses to know what the bytes mean. It draws from one
//! generator of its own, in the order of events, and only where jitter or loss leave something to chance.
//!
//! # The model
//! **A stream** behaves as TCP between two Linux hosts does, seen in segments of up to a unit (by default twelve
//! packets: a block of 16 KiB and its head). On the wire a segment weighs what its packets and their headers weigh.
//! Losses and full queues take single packets out of it; the rest arrives, and only what is missing is sent again.
//!
//! **Set-up.** The attempt reaches the other host after one latency (`Incoming`), the answer comes after another
//! (`Connected`, or `Refused` if the host is down). An attempt is lost if either packet is; it is made again after 1, 3,
//! 7, 15, 31 and 63 s, and `Refused` after 127 s (Linux), as is one to a host that has vanished or takes no inbound.
//!
//! **Sending.** An end takes bytes while those not yet handed to the uplink fit its send buffer. They leave as far as
//! two windows allow: the receive window over the bytes not known to be read; and the congestion window over the bytes
//! in flight: ten packets at first (RFC 6928), doubled each round trip in slow start, then CUBIC (RFC 9438). It grows
//! only while it is the limit, and shrinks during idleness (RFC 2861). The receive window is exact; the congestion
//! window is rounded to whole segments, unless nothing is in flight. There is no Nagle delay.
//!
//! **Queues** are served in order of arrival, and full ones drop the tail's packets; CoDel (RFC 8289) drops before. A
//! queue is known to the moment when it will be empty, so the fate of a packet is decided as it arrives. Bits pass on as
//! they come: a segment stretched by one pipe isn't stretched again. A change of rate moves all that is queued.
//!
//! **The uplink** by default queues up to its limit, and then holds streams back: they take turns by the segment, share
//! evenly, and lose nothing (Linux does so at its own interface). Or it is a modem's queue, with tail drop or CoDel.
//!
//! **The path** takes a latency by pair of hosts and direction, plus jitter, and loses packets independently of each
//! other. Streams stay in order, datagrams overtake. Then come the queues of shared links, a tree around an infinitely
//! fast core: those from the sender up to where both sides meet, then those down; last the receiver's downlink.
//!
//! **Delivery** is in order. The chunks given to `send` are never copied: they wait in one queue per direction until
//! the segments that carry them are in, and come out as the same `Bytes`, cut only where a segment ended inside one.
//!
//! **Acknowledgements** come back one latency after delivery, without an event of their own: the sender looks at them
//! when it wants to send, and schedules a wake-up only if a window stops it. At a modem they first wait for what stands
//! in its queue; where streams take turns, they don't wait for other streams. Their packets are charged to the receiver's
//! uplink (one for two packets received) if that is busy and has nothing to send on the same stream that would carry
//! them.
//!
//! **Loss** is learnt one latency after something that departed later is delivered (as by selective acknowledgement),
//! or by the retransmission time-out (RFC 6298, with Linux's floor of 200 ms), doubled each time up to a minute. It
//! shrinks the congestion window to 0.7 of itself, once per window of data. No stream ever gives up.
//!
//! **The end.** `close` sends what is pending and then an end mark; the other side gets `Closed` after the last byte.
//! Closing is for both directions: what arrives later for a closed end is discarded. `reset`, or a host going down,
//! discards everything in flight from that end; the other side learns after one latency. If the reset is lost, or the
//! host vanished, the other end stays half open until it sends something, which a host that is up answers with a reset.
//!
//! **Disturbances** block, delay, or lose in one direction, for as long as they last.
//!
//! # What it is not
//! No single packets: packets of a stream aren't reordered; no ECN, no tail-loss probes, no HyStart, no pacing. The timer
//! runs only for what is really lost, so there are no spurious retransmissions: while the way back is blocked,
//! acknowledgements wait and arrive after it heals, and their sender neither sends again nor slows down. Acknowledgements
//! are never lost otherwise; they meet no jitter, no queue but that of their own modem, and weigh nothing on shared
//! links. Set-up packets and resets pass no queues. No window scaling over time. Losses don't come in bursts. Bursts of a unit need queues of about two units:
//! at 40 kB coarse units are 1% slower than packets, at 20 kB 30%.
//!
//! # Cost
//! About two events per segment of a busy uplink: the turns (one for several segments) and the arrival; one more where
//! a downlink queues, one for each shared link, one more where a window is what limits. Of the segments in flight only
//! the oldest of each direction, and of those in a queue only the first, have an event. An idle stream holds no buffers.
//! What isn't used costs a comparison.

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
mod pace;
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
mod short_queue;
mod stream;
mod tap;
#[cfg(test)]
mod tests;
mod verbs;
mod view;

pub use access_link::{AccessLink, UplinkDiscipline};
pub use config::NetworkConfig;
pub use datagrams::DatagramId;
pub use disturbance::{Disturbance, DisturbanceId, Effect, HostSet};
pub use event::{CloseReason, NetworkEvent, Notice};
pub use host::{Carried, HostConfig, HostId};
pub use latency::Latency;
pub use ledger::Ledger;
pub use matrix::{LatencyMatrix, RegionTable};
pub use pace::{Pace, PaceStep};
pub use pipe::Discipline;
pub use place::Place;
pub use shared_link::{LinkId, SharedLink, Way};
pub use stream::{EndId, Name};
pub use tap::{Sent, What};
pub use verbs::Network;
