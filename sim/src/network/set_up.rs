//! How a stream is set up, or isn't: attempts, answers, silence.
//!
//! Whether the answer will get through is decided together with the attempt, when that arrives: the other host learns
//! of a connection only if both do, as the `accept` of a real one returns only after the third packet.

use std::time::Duration;

use super::event::{NetworkEvent, Notice};
use super::host::{HostId, Presence};
use super::latency::skew;
use super::stream::{EndId, EndState};
use super::tap::What;
use super::verbs::Network;
use crate::event_queue::EventQueue;

/// Linux's `tcp_syn_retries`: attempts after the first one, each pause twice the one before, which was a second.
const RETRIES: u8 = 6;

impl Network {
    /// Latencies from `from` to `to` and back, shared links included.
    pub(crate) fn latencies(&self, from: HostId, to: HostId) -> [Duration; 2] {
        let (this, other) = (&self.hosts[from.index()], &self.hosts[to.index()]);
        let (a, b) = ((from, this.place), (to, other.place));
        let latency = &self.config.latency;
        let both = [latency.between(self.seed, a, b), latency.between(self.seed, b, a)];
        let [forth, back] = skew(both, self.config.asymmetry, self.seed, from, to);
        [
            forth + self.links.latency(this.behind, other.behind),
            back + self.links.latency(other.behind, this.behind),
        ]
    }

    /// Sends the attempt to reach the accepting `end`.
    pub(super) fn send_syn<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get(end) else { return };
        let [from, to] = stream.hosts;
        let delay = stream.latency(0) + self.paths.detour(from, to);
        queue.schedule(queue.now() + delay, NetworkEvent::Syn(end).into());
        self.tap_bare(queue.now(), end.peer(), What::Attempt);
    }

    pub(super) fn on_syn<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get(end) else { return };
        let [from, host] = stream.hosts;
        if stream.ends[0] == EndState::Dead {
            return self.leave(end, EndState::Gone);
        }
        let back_at = queue.now() + stream.latency(1) + self.paths.detour(host, from);
        let this = &self.hosts[host.index()];
        let is_heard = this.takes_inbound && this.presence != Presence::Vanished;
        let is_up = this.presence == Presence::Up;
        if !is_heard || !self.paths.let_through(from, host) || !self.paths.let_through(host, from) {
            self.retry_later(queue, end);
        } else if is_up {
            self.set_state(end, EndState::Open);
            self.enlist(end);
            self.notices.push_back(Notice::Incoming { host, end, from });
            self.tap_bare(queue.now(), end, What::Acceptance);
            queue.schedule(back_at, NetworkEvent::SynAck(end.peer()).into());
        } else {
            queue.schedule(back_at, NetworkEvent::Refusal(end.peer()).into());
            self.tap_bare(queue.now(), end, What::Refusal);
            self.leave(end, EndState::Gone);
        }
    }

    /// The attempt that is here now, or its answer, is lost: its sender tries again when it has waited for long enough.
    fn retry_later<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        let pause = Duration::from_secs(1 << stream.retries).saturating_sub(stream.latency(0));
        queue.schedule(queue.now() + pause, NetworkEvent::Retry(end).into());
    }

    /// The connecting side has heard nothing.
    pub(super) fn on_retry<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        let connecting = end.peer();
        if stream.ends[0] != EndState::Open {
            self.leave(end, EndState::Gone);
        } else if stream.retries == RETRIES {
            self.leave(end, EndState::Gone);
            self.tell(connecting, |host| Notice::Refused { host, end: connecting });
        } else {
            stream.retries += 1;
            self.send_syn(queue, end);
        }
    }

    pub(super) fn on_syn_ack<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        if !std::mem::take(&mut stream.is_opening) {
            return;
        }
        if stream.ends[end.side()] == EndState::Open {
            let host = stream.hosts[end.side()];
            self.notices.push_back(Notice::Connected { host, end });
            self.tap_bare(queue.now(), end, What::Acknowledgement(None));
            self.pump(queue, end);
        }
    }
}
