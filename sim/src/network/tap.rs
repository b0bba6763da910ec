//! What hosts put on the wire, for whoever looks on: the packets of streams at the interface of the host that sends them.
//!
//! Owns the list of what was sent since somebody last asked. Looking changes nothing: for it nothing is scheduled, and
//! nothing drawn. It refuses to know ports, headers, and what the bytes mean.
//!
//! What is seen is what the [model](super) does. A segment is seen when it is handed to the uplink, so also if a queue
//! drops it later; what is sent again is seen again. What the model does without packets is shown as TCP does it: each
//! segment that arrives is acknowledged with one packet, and whoever learns of the end of a stream, or closes it too, ends
//! its own direction. Of a segment of which a part was lost the first packets are sent again, or the last ones: the model
//! knows how many are missing and whether the last one is among them, not which. The acknowledgement of the second end is
//! never there; for the model the stream is over by then.

use std::collections::VecDeque;

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::flight::Departure;
use super::host::HostId;
use super::stream::EndId;
use super::verbs::Network;

/// Something that a host sent on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When it was handed to the uplink.
    pub at: Time,
    /// The end that it comes from.
    pub end: EndId,
    /// Whether that end connected, and did not accept.
    pub dialled: bool,
    /// The host that sends it.
    pub from: HostId,
    /// The host that it is for.
    pub to: HostId,
    /// Bytes of the stream before it.
    pub sequence: u64,
    /// What its sender has received in order: bytes, and one more once that is the whole stream.
    pub acknowledged: u64,
    /// Bytes that its sender has room to receive.
    pub window_bytes: u32,
    /// What it is.
    pub what: What,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An attempt to connect.
    Attempt,
    /// The answer to one that is accepted.
    Acceptance,
    /// The answer to one that is not.
    Refusal,
    /// The next bytes of the stream, or such as were lost.
    Segment(Vec<Bytes>),
    /// The stream ends here.
    End,
    /// Something arrived that had been sent at this time; `None` if it is something else that has changed: the stream
    /// stands, or there is room to receive.
    Acknowledgement(Option<Time>),
    /// The stream is over at once.
    Reset,
}

/// Which hosts are looked at, and what was seen.
#[derive(Debug)]
pub(super) struct Tap {
    /// By host.
    is_tapped: Vec<bool>,
    seen: VecDeque<Sent>,
}

impl Network {
    /// From now on every packet that one of these hosts sends or is sent on a stream can be [polled](Self::poll_sent).
    pub fn tap(&mut self, hosts: impl IntoIterator<Item = HostId>) {
        let mut is_tapped = vec![false; self.hosts.len()];
        hosts.into_iter().for_each(|host| is_tapped[host.index()] = true);
        self.tap = Some(Tap { is_tapped, seen: VecDeque::new() });
    }

    /// Nobody looks any more.
    pub fn untap(&mut self) {
        self.tap = None;
    }

    /// The next packet that was seen. Packets come in the order of time if this is called until `None` after each event.
    pub fn poll_sent(&mut self) -> Option<Sent> {
        self.tap.as_mut()?.seen.pop_front()
    }

    /// What `end` is about to hand to its uplink.
    pub(super) fn tap_departure(&mut self, now: Time, end: EndId, departure: Departure) {
        if !self.is_tapped(end) {
            return;
        }
        let Some(flight) = self.streams.flight(end) else { return };
        let delivered = self.streams.delivered(end);
        let segment = flight.on_departure(departure, self.config.mss_bytes);
        let sequence = delivered + u64::from(segment.after);
        let what = match segment.chunks {
            chunks if chunks.is_empty() => What::End,
            chunks => What::Segment(chunks),
        };
        self.see(now, end, sequence, what);
    }

    /// `end` sends something that carries no bytes of the stream.
    pub(super) fn tap_bare(&mut self, now: Time, end: EndId, what: What) {
        if self.is_tapped(end)
            && let Some(stream) = self.streams.get(end)
        {
            let direction = &stream.directions[end.side()];
            let sequence = match self.streams.flight(end) {
                Some(flight) => direction.accepted - u64::from(flight.unsent()),
                // What was not sent when the end was cut off never will be.
                None => self.streams.delivered(end),
            };
            self.see(now, end, sequence, what);
        }
    }

    fn is_tapped(&self, end: EndId) -> bool {
        let Some(tap) = &self.tap else { return false };
        let hosts = self.streams.get(end).map(|stream| stream.hosts);
        hosts.is_some_and(|hosts| hosts.iter().any(|host| tap.is_tapped[host.index()]))
    }

    fn see(&mut self, now: Time, end: EndId, sequence: u64, what: What) {
        let (Some(tap), Some(stream)) = (&mut self.tap, self.streams.get(end)) else { return };
        let flight = self.streams.flight(end.peer());
        let unread = flight.map_or(0, |flight| flight.unread_bytes());
        let is_over = flight.is_some_and(|flight| flight.has_ended());
        let received = self.streams.delivered(end.peer()) + u64::from(unread);
        tap.seen.push_back(Sent {
            at: now,
            end,
            dialled: end.side() == 0,
            from: stream.hosts[end.side()],
            to: stream.hosts[end.peer().side()],
            sequence,
            acknowledged: received + u64::from(is_over),
            window_bytes: self.config.receive_window_bytes - unread,
            what,
        });
    }
}
