//! What one direction of a stream holds while it has anything to do: the chunks on their way, and the scoreboard of the
//! segments that carry them.
//!
//! The chunks stay in one queue from the sender's application to the receiver's. Segments are numbers that point into
//! it, so sending again copies nothing. An idle direction has no flight; flights are used again, with their memory.

use std::collections::VecDeque;

use bytes::Bytes;
use swarmlab_engine::time::Time;

use losses::Losses;

mod arriving;
mod check;
mod departing;
mod losses;
mod news;
mod tapped;

#[derive(Debug, Default)]
pub(super) struct Flight {
    /// Accepted and not delivered in order, oldest first.
    chunks: VecDeque<Bytes>,
    /// The chunk that holds the next byte to send, and that byte's place in it.
    cursor: (usize, usize),
    /// Bytes from the cursor on.
    unsent: u32,
    /// Sent and not delivered in order, oldest first.
    segments: VecDeque<Segment>,
    /// The index of the first of `segments`; indexes count up from zero.
    first_segment: u32,
    /// In the uplink, or between it and the next queue, in order of departure. Only the head's event is scheduled.
    pub on_wire: VecDeque<OnWire>,
    /// Arrived in order, and not read by the application, which has stopped reading.
    unread: Advance,
    /// Acknowledgements under way to the sender, in order of arrival.
    acks: VecDeque<Ack>,
    /// What was lost, if anything was.
    losses: Option<Box<Losses>>,
    /// Bytes that the sender takes for being in flight (RFC 6675's pipe).
    pipe: u32,
    /// Bytes sent and not known to be read: what the receive window bounds.
    outstanding: u32,
    /// Segments that departed, those sent again included.
    departures: u32,
    /// Departures before this one were in flight when the congestion window was the limit: their acknowledgements let
    /// it grow.
    limited_before: u32,
    /// The departure before which a loss belongs to a window of data already answered for.
    recovered_before: u32,
    /// When the last acknowledgement reached the sender.
    progress_at: Time,
    /// Time-outs in a row.
    backoff: u8,
    fin: Fin,
    /// How much is missing to send on; `None` unless a window is what stops it.
    shortage: Option<Shortage>,
    /// The earliest wake-up scheduled.
    wake_at: Option<Time>,
    pub in_ring: bool,
    /// Whether it stands in the queue of flights to be given back.
    pub is_fading: bool,
    /// Whether its owner awaits a `Writable`.
    pub is_full: bool,
}

#[derive(Clone, Copy, Debug)]
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Transit {
    pub index: u32,
    /// Counts departures.
    pub number: u32,
    pub bytes: u32,
    pub sent_at: Time,
}

/// A segment in the uplink, or between it and the next queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnWire {
    /// When its first bit reaches the next queue.
    pub first_at: Time,
    /// When its last bit reaches the next queue.
    pub last_at: Time,
    /// When its last bit leaves the uplink.
    pub left_at: Time,
    pub transit: Transit,
}

#[derive(Clone, Copy, Debug)]
struct Ack {
    at: Time,
    /// Bytes read by the application with it.
    advance: u32,
    /// What has arrived; `None` if there is only news of more room.
    transit: Option<Transit>,
}

impl Ack {
    /// Bytes that leave the pipe with it.
    fn bytes(&self) -> u32 {
        self.transit.map_or(0, |transit| transit.bytes)
    }
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

    /// Makes it as new, but keeps its memory.
    pub fn clear(&mut self) {
        let mut old = std::mem::take(self);
        old.chunks.clear();
        old.segments.clear();
        old.on_wire.clear();
        old.acks.clear();
        old.losses.iter_mut().for_each(|losses| losses.clear());
        self.chunks = old.chunks;
        self.segments = old.segments;
        self.on_wire = old.on_wire;
        self.acks = old.acks;
        self.losses = old.losses;
    }
}
