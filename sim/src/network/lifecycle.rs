//! The life of a stream: set up or refused, reset, forgotten.

use super::event::{CloseReason, NetworkEvent, Notice};
use super::host::HostId;
use super::stream::{EndId, EndState};
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    pub(super) fn on_syn<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get(end) else { return };
        let ([from, host], back_at) = (stream.hosts, queue.now() + stream.latency());
        if self.is_up(host) {
            self.set_state(end, EndState::Open);
            self.enlist(end);
            self.notices.push_back(Notice::Incoming { host, end, from });
            queue.schedule(back_at, NetworkEvent::SynAck(end.peer()).into());
        } else {
            queue.schedule(back_at, NetworkEvent::Refusal(end.peer()).into());
            self.leave(end);
        }
    }

    pub(super) fn on_syn_ack<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        stream.is_opening = false;
        if stream.ends[end.side()] == EndState::Open {
            let host = stream.hosts[end.side()];
            self.notices.push_back(Notice::Connected { host, end });
            self.pump(queue, end);
        }
    }

    pub(super) fn on_reset(&mut self, end: EndId) {
        if self.streams.get(end).is_some() {
            self.streams.release_flight(end);
            self.tell(end, |host| Notice::Closed { host, end, reason: CloseReason::Reset });
        }
    }

    /// `end` is gone, with all that it sent; the other side learns later.
    pub(super) fn abort<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get(end) else { return };
        let latency = stream.latency();
        queue.schedule(queue.now() + latency, NetworkEvent::Reset(end.peer()).into());
        self.streams.release_flight(end);
        self.leave(end);
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

    /// `end` is gone; if the other is too, so is the stream.
    pub(super) fn leave(&mut self, end: EndId) {
        self.set_state(end, EndState::Gone);
        if self.state(end.peer()) == Some(EndState::Gone) {
            self.delist(end);
            self.delist(end.peer());
            self.streams.free(end);
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
        if let Some(stream) = self.streams.get_mut(end) {
            let ends = &mut self.hosts[stream.hosts[end.side()].index()].ends;
            stream.places[end.side()] = ends.len() as u32;
            ends.push(end);
        }
    }

    /// Takes `end` out of its host's list, if it is there.
    fn delist(&mut self, end: EndId) {
        let Some(stream) = self.streams.get(end) else { return };
        let place = stream.places[end.side()] as usize;
        let ends = &mut self.hosts[stream.hosts[end.side()].index()].ends;
        if ends.get(place) != Some(&end) {
            return;
        }
        ends.swap_remove(place);
        if let Some(&moved) = ends.get(place)
            && let Some(stream) = self.streams.get_mut(moved)
        {
            stream.places[moved.side()] = place as u32;
        }
    }
}
