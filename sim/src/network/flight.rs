//! What one direction of a stream holds while it has anything to do: the chunks on their way, and the scoreboard of the
//! segments that carry them.
//!
//! The chunks stay in one queue from the sender's application to the receiver's. Segments are numbers that point into
//! it, so sending again copies nothing. An idle direction has no flight; flights are used again, with their memory.
//!
//! What happens to a direction happens a round trip apart, and meanwhile a large swarm has pushed it out of the cache. So
//! its parts lie in six lines, in pairs, and only chunks, losses and long queues lie elsewhere.

use std::collections::VecDeque;

use bytes::Bytes;
use swarmlab_engine::queue::begin_again;
use swarmlab_engine::time::Time;

use losses::Losses;

use super::short_queue::ShortQueue;

mod arriving;
mod check;
mod departing;
mod losses;
mod news;
mod tapped;

/// A flight that is used again keeps room for so many chunks: two blocks. There are as many flights as there were when all met all,
/// and what a few of them have needed once all would keep in the end.
const CHUNKS_KEPT: usize = 4;

#[derive(Debug)]
#[repr(C, align(128))]
pub(super) struct Flight {
    /// Accepted and not delivered in order, oldest first.
    chunks: VecDeque<Bytes>,
    /// The chunk that holds the next byte to send, and that byte's place in it.
    cursor: (u32, u32),
    /// Bytes from the cursor on.
    unsent: u32,
    /// The index of the first of `segments`; indexes count up from zero.
    first_segment: u32,
    /// Arrived in order, and not read by the application, which has stopped reading.
    unread: Advance,
    /// What was lost, if anything was.
    losses: Option<Box<Losses>>,
    /// Sent and not delivered in order, oldest first.
    segments: ShortQueue<Segment, 4>,
    /// Bytes that the sender takes for being in flight (RFC 6675's pipe).
    pipe: u32,
    /// Bytes sent and not known to be read: what the receive window bounds.
    outstanding: u32,
    /// Departures, those of segments sent again included.
    departures: u32,
    fin: Fin,
    pub in_ring: bool,
    /// Whether it stands in the queue of flights to be given back.
    pub is_fading: bool,
    /// Whether its owner awaits a `Writable`.
    pub is_full: bool,
    /// In the uplink, or between it and the next queue, in order of departure. Only the head's event is scheduled.
    pub on_wire: ShortQueue<OnWire, 2>,
    /// Bytes delivered in order.
    pub delivered: u64,
    /// The earliest wake-up scheduled, or `NEVER`.
    wake_at: Time,
    /// Acknowledgements under way to the sender, in order of arrival.
    acks: ShortQueue<Ack, 2>,
    /// When the last acknowledgement reached the sender.
    progress_at: Time,
    /// Departures before this one were in flight when the congestion window was the limit: their acknowledgements let
    /// it grow.
    limited_before: u32,
    /// The departure before which a loss belongs to a window of data already answered for.
    recovered_before: u32,
    /// How much is missing to send on; `None` unless a window is what stops it.
    shortage: Option<Shortage>,
    /// Time-outs in a row.
    backoff: u8,
}

impl Default for Flight {
    fn default() -> Flight {
        Flight {
            chunks: VecDeque::new(),
            cursor: (0, 0),
            unsent: 0,
            first_segment: 0,
            unread: Advance::default(),
            losses: None,
            segments: ShortQueue::default(),
            pipe: 0,
            outstanding: 0,
            departures: 0,
            fin: Fin::NotYet,
            in_ring: false,
            is_fading: false,
            is_full: false,
            on_wire: ShortQueue::default(),
            delivered: 0,
            wake_at: Time::NEVER,
            acks: ShortQueue::default(),
            progress_at: Time::ZERO,
            limited_before: 0,
            recovered_before: 0,
            shortage: None,
            backoff: 0,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Segment {
    /// Zero for the end of the stream.
    bytes: u32,
    /// Bytes that are not received; the end of the stream counts as one.
    missing: u32,
}

/// What a part of a segment counts for where its arrival is noted.
fn weight(bytes: u32) -> u32 {
    bytes.max(1)
}

/// A segment on its way, or what is left of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Transit {
    pub index: u32,
    /// Counts departures.
    pub number: u32,
    pub bytes: u32,
    pub sent_at: Time,
}

/// A segment in the uplink, or between it and the next queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OnWire {
    /// When its first bit reaches the next queue.
    pub first_at: Time,
    /// When its last bit reaches the next queue.
    pub last_at: Time,
    /// When its last bit leaves the uplink.
    pub left_at: Time,
    pub transit: Transit,
}

#[derive(Clone, Copy, Debug, Default)]
struct Ack {
    at: Time,
    /// When what has arrived was sent; `NEVER` if nothing has, and there is only news of more room.
    sent_at: Time,
    /// The departure that has arrived.
    number: u32,
    /// Its bytes, which leave the pipe.
    bytes: u32,
    /// Bytes read by the application with it.
    advance: u32,
}

/// Bytes that acknowledgements must free in the congestion window and in the receive window.
#[derive(Clone, Copy, Debug)]
struct Shortage {
    pipe: u32,
    outstanding: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fin {
    #[default]
    NotYet,
    Wanted,
    Sent,
}

/// What the direction would send next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Departure {
    Again { index: u32, bytes: u32 },
    Fresh { bytes: u32 },
    Fin,
}

/// What an arrival makes deliverable.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Advance {
    pub bytes: u32,
    pub finished: bool,
}

impl Flight {
    /// Whether nothing is left to deliver.
    pub fn is_delivered(&self) -> bool {
        let is_read = self.chunks.is_empty() && !self.unread.finished;
        is_read && self.segments.is_empty() && self.fin != Fin::Wanted
    }

    /// Whether nothing is left to do at either side.
    pub fn is_spent(&self) -> bool {
        self.is_delivered() && self.acks.is_empty()
    }

    pub fn last_ack_at(&self) -> Option<Time> {
        self.acks.back().map(|ack| ack.at)
    }

    /// Whether segments are under way, whose packets carry acknowledgements the other way for nothing.
    pub fn is_under_way(&self) -> bool {
        !self.segments.is_empty()
    }

    /// Payload on the wire.
    pub fn on_wire_bytes(&self) -> u64 {
        self.on_wire.iter().map(|on_wire| u64::from(on_wire.transit.bytes)).sum()
    }

    /// Makes it as new, but keeps what nearly every use of it needs.
    pub fn clear(&mut self) {
        let mut old = std::mem::take(self);
        old.chunks.clear();
        begin_again(&mut old.chunks, CHUNKS_KEPT);
        old.losses.iter_mut().for_each(|losses| losses.clear());
        self.chunks = old.chunks;
        self.losses = old.losses;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flight_lies_in_six_lines() {
        assert_eq!(size_of::<Flight>(), 6 * 64);
        assert_eq!(std::mem::offset_of!(Flight, on_wire), 2 * 64);
        assert_eq!(std::mem::offset_of!(Flight, acks), 4 * 64);
    }
}
