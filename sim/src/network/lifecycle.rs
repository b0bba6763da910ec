//! The end of a stream: reset, half open, forgotten; and the lists of who is where.

use super::event::{CloseReason, NetworkEvent, Notice};
use super::host::HostId;
use super::stream::{EndId, EndState};
use super::tap::What;
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// `end` is gone, with all that it sent; the other side learns later.
    pub(super) fn abort<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        if self.streams.get(end).is_some() {
            self.send_reset(queue, end);
            self.vanish(end);
        }
    }

    /// `end` is gone, with all that it sent, and the other side isn't told.
    pub(super) fn vanish(&mut self, end: EndId) {
        self.discard_flight(end);
        self.leave(end, EndState::Dead);
    }

    /// Sends a reset in the name of `end`, unless one is under way already.
    pub(super) fn send_reset<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        if !std::mem::replace(&mut stream.reset_is_under_way, true) {
            let (side, other) = (end.side(), end.peer());
            let (from, to) = (stream.hosts[side], stream.hosts[other.side()]);
            let delay = stream.latency(side) + self.paths.detour(from, to);
            queue.schedule(queue.now() + delay, NetworkEvent::Reset(other).into());
            self.tap_bare(queue.now(), end, What::Reset);
        }
    }

    pub(super) fn on_reset(&mut self, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        stream.reset_is_under_way = false;
        let (from, to) = (stream.hosts[end.peer().side()], stream.hosts[end.side()]);
        if self.paths.let_through(from, to) {
            self.discard_flight(end);
            self.tell(end, |host| Notice::Closed { host, end, reason: CloseReason::Reset });
        }
    }

    /// Tells an open end that the stream is over.
    pub(super) fn tell(&mut self, end: EndId, notice: impl FnOnce(HostId) -> Notice) {
        if let Some(stream) = self.streams.get_mut(end)
            && stream.ends[end.side()] == EndState::Open
        {
            stream.ends[end.side()] = EndState::Told;
            self.notices.push_back(notice(stream.hosts[end.side()]));
        }
    }

    /// `end` is gone, in this way; if the other is too, so is the stream.
    pub(super) fn leave(&mut self, end: EndId, state: EndState) {
        self.set_state(end, state);
        if self.state(end.peer()).is_some_and(EndState::is_over) {
            self.delist(end);
            self.delist(end.peer());
            self.discard_flight(end);
            self.discard_flight(end.peer());
            self.streams.free(end);
        }
    }

    /// Drops whatever `end` has sent or would send. What is in a queue on the way is dropped when its turn comes.
    pub(super) fn discard_flight(&mut self, end: EndId) {
        if let Some(flight) = self.streams.flight(end) {
            let on_wire = flight.on_wire_bytes();
            self.ledger.in_flight -= on_wire;
            self.ledger.dropped += on_wire;
            self.streams.release_flight(end);
        }
    }

    pub(super) fn state(&self, end: EndId) -> Option<EndState> {
        self.streams.get(end).map(|stream| stream.ends[end.side()])
    }

    pub(super) fn set_state(&mut self, end: EndId, state: EndState) {
        if let Some(stream) = self.streams.get_mut(end) {
            stream.ends[end.side()] = state;
        }
    }

    pub(super) fn is_open(&self, end: EndId) -> bool {
        self.state(end) == Some(EndState::Open)
    }

    /// Puts `end` into its host's list.
    pub(super) fn enlist(&mut self, end: EndId) {
        if let Some(stream) = self.streams.get(end) {
            let ends = &mut self.hosts[stream.hosts[end.side()].index()].ends;
            self.streams.note_place(end, ends.len());
            ends.push(end);
        }
    }

    /// Takes `end` out of its host's list, if it is there.
    fn delist(&mut self, end: EndId) {
        let Some(stream) = self.streams.get(end) else { return };
        let place = self.streams.place(end);
        let ends = &mut self.hosts[stream.hosts[end.side()].index()].ends;
        if ends.get(place) != Some(&end) {
            return;
        }
        ends.swap_remove(place);
        if let Some(&moved) = ends.get(place) {
            self.streams.note_place(moved, place);
        }
    }
}
