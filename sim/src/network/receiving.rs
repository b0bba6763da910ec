//! From the wire to an end: the queues on the way, drops, delivery in order.

use swarmlab_engine::time::Time;

use super::event::{CloseReason, NetworkEvent, Notice};
use super::fifo::{Cargo, Fifo, Parcel};
use super::flight::Transit;
use super::host::{Host, HostId, Presence};
use super::paths::Paths;
use super::pipe::Lost;
use super::reading::hand_over;
use super::shared_link::{Hop, LinkId, Links, Way};
use super::stream::{EndId, EndState, Stream};
use super::tap::What;
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// The oldest segment on the wire from `sender` is at the first queue on its way.
    pub(super) fn on_arrival<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        sender: EndId,
    ) {
        let now = queue.now();
        let Some((stream, flight)) = self.streams.flight_mut(sender) else { return };
        let Some(&arrived) = flight.on_wire.front().filter(|oldest| oldest.last_at == now) else { return };
        flight.on_wire.pop_front();
        if let Some(next) = flight.on_wire.front() {
            queue.schedule(next.last_at, NetworkEvent::Arrival(sender).into());
        }
        let (from, to) = (stream.hosts[sender.side()], stream.hosts[sender.peer().side()]);
        self.ledger.in_flight -= u64::from(arrived.transit.bytes);
        self.set_out(queue, from, to, arrived.first_at, Cargo::Segment { sender, transit: arrived.transit });
    }

    /// `cargo` is at the end of the wire: what the path has left of it enters the first queue.
    pub(super) fn set_out<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        from: HostId,
        to: HostId,
        first_at: Time,
        mut cargo: Cargo,
    ) {
        if self.paths.are_lossy() {
            let lost = self.paths.lose(from, to, self.config.packets(self.bytes(cargo) as u32));
            match self.lose(queue, cargo, lost) {
                Some(left) => cargo = left,
                None => return,
            }
        }
        let hop = self.links.first_hop(self.hosts[from.index()].behind, self.hosts[to.index()].behind);
        self.enter(queue, hop, to, first_at, cargo);
    }

    /// The first in the downlink of `host` is through.
    pub(super) fn on_delivery<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
    ) {
        let Some((parcel, next)) = self.hosts[host.index()].downlink.pop(queue.now()) else { return };
        if let Some(at) = next {
            queue.schedule(at, NetworkEvent::Delivery(host).into());
        }
        self.ledger.in_flight -= self.bytes(parcel.cargo);
        self.count_down(host, parcel.cargo);
        self.deliver(queue, parcel.cargo);
    }

    /// The first in the queue of `link` is through.
    pub(super) fn on_passage<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        link: LinkId,
        way: Way,
    ) {
        let Some((parcel, next)) = self.links.get_mut(link).fifo(way).pop(queue.now()) else { return };
        if let Some(at) = next {
            queue.schedule(at, NetworkEvent::Passage(link, way).into());
        }
        self.ledger.in_flight -= self.bytes(parcel.cargo);
        let Some(to) = self.receiver(parcel.cargo) else {
            self.ledger.dropped += self.bytes(parcel.cargo);
            return;
        };
        self.go_on(queue, Hop::Link(link, way), to, parcel.first_at, parcel.cargo);
    }

    /// `cargo` is through `hop`.
    fn go_on<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        hop: Hop,
        to: HostId,
        first_at: Time,
        cargo: Cargo,
    ) {
        match hop {
            Hop::Host => {
                self.count_down(to, cargo);
                self.deliver(queue, cargo);
            }
            Hop::Link(..) => {
                let next = self.links.next_hop(hop, self.hosts[to.index()].behind);
                self.enter(queue, next, to, first_at, cargo);
            }
        }
    }

    /// `cargo`, whose first bit was there at `first_at`, is at the queue of `hop`.
    pub(super) fn enter<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        hop: Hop,
        to: HostId,
        first_at: Time,
        mut cargo: Cargo,
    ) {
        let now = queue.now();
        if let Hop::Link(link, _) = hop {
            match self.cross(queue, link, cargo) {
                Some(left) => cargo = left,
                None => return,
            }
        }
        let payload = self.bytes(cargo) as u32;
        let fifo = queue_of(&mut self.hosts, &mut self.links, hop, to);
        let passage = fifo.pipe.offer(first_at, now, payload, &self.config);
        if passage.lost.packets > 0 {
            match self.lose(queue, cargo, passage.lost) {
                Some(left) => cargo = left,
                None => return,
            }
        }
        let (first_at, at) = (passage.first_at, passage.last_at);
        if at == now {
            return self.go_on(queue, hop, to, first_at, cargo);
        }
        self.ledger.in_flight += self.bytes(cargo);
        let fifo = queue_of(&mut self.hosts, &mut self.links, hop, to);
        if let Some(at) = fifo.push(Parcel { first_at, at, cargo }) {
            let event = match hop {
                Hop::Host => NetworkEvent::Delivery(to),
                Hop::Link(link, way) => NetworkEvent::Passage(link, way),
            };
            queue.schedule(at, event.into());
        }
    }

    /// What a link loses by itself.
    fn cross<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        link: LinkId,
        cargo: Cargo,
    ) -> Option<Cargo> {
        let packets = self.config.packets(self.bytes(cargo) as u32);
        let lost = self.paths.lose_of(packets, 1.0 - self.links.get(link).loss);
        self.lose(queue, cargo, lost)
    }

    /// What is left of `cargo` after a loss.
    pub(super) fn lose<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        cargo: Cargo,
        lost: Lost,
    ) -> Option<Cargo> {
        if lost.packets == 0 {
            return Some(cargo);
        }
        let (sender, transit) = match cargo {
            Cargo::Segment { sender, transit } => (sender, transit),
            Cargo::Datagram(id) => {
                let datagram = self.datagrams.take(id);
                self.ledger.dropped += datagram.map_or(0, |datagram| datagram.data.len() as u64);
                return None;
            }
        };
        let Some((_, flight)) = self.streams.flight_mut(sender) else {
            self.ledger.dropped += u64::from(transit.bytes);
            return None;
        };
        let left = flight.lose(transit, lost, &self.config);
        self.ledger.dropped += u64::from(transit.bytes - left.map_or(0, |left| left.bytes));
        self.arm_wake(queue, sender);
        left.map(|transit| Cargo::Segment { sender, transit })
    }

    /// Payload, in bytes.
    pub(super) fn bytes(&self, cargo: Cargo) -> u64 {
        match cargo {
            Cargo::Segment { transit, .. } => transit.bytes.into(),
            Cargo::Datagram(id) => self.datagrams.get(id).map_or(0, |datagram| datagram.data.len() as u64),
        }
    }

    /// Where `cargo` goes; `None` if nobody waits for it any more.
    fn receiver(&self, cargo: Cargo) -> Option<HostId> {
        match cargo {
            Cargo::Segment { sender, .. } => Some(self.streams.get(sender)?.hosts[sender.peer().side()]),
            Cargo::Datagram(id) => Some(self.datagrams.get(id)?.to),
        }
    }

    /// `cargo` is through the downlink of `host`.
    fn count_down(&mut self, host: HostId, cargo: Cargo) {
        let bytes = self.config.wire_bytes(self.bytes(cargo) as u32);
        self.hosts[host.index()].carried.down_bytes += bytes;
    }

    fn deliver<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, cargo: Cargo) {
        match cargo {
            Cargo::Segment { sender, transit } => self.deliver_segment(queue, sender, transit),
            Cargo::Datagram(id) => self.deliver_datagram(id),
        }
    }

    fn deliver_segment<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        sender: EndId,
        transit: Transit,
    ) {
        let now = queue.now();
        if sender.side() == 1 {
            // Data that has overtaken the acceptance does as well as it.
            self.on_syn_ack(queue, sender.peer());
        }
        let Some((stream, flight)) = self.streams.flight_mut(sender) else {
            self.ledger.dropped += u64::from(transit.bytes);
            return;
        };
        let end = sender.peer();
        let host = stream.hosts[end.side()];
        if stream.ends[end.side()] == EndState::Dead {
            flight.on_drop(transit, true);
            return self.meet_nobody(queue, host, sender, transit);
        }
        self.ledger.delivered += u64::from(transit.bytes);
        let ack_at = ack_at(&self.paths, &self.hosts, stream, now, sender);
        let is_open = stream.ends[end.side()] == EndState::Open;
        let is_read = !stream.is_paused[end.side()] || !is_open;
        let advance = flight.on_arrival(transit, ack_at, is_read);
        stream.has_sent[sender.side()] = flight.is_under_way();
        let answers_by_the_way = stream.has_sent[end.side()];
        hand_over(&mut self.notices, stream, flight, end, advance.bytes);

        let awaits_news = flight.awaits_news();
        let is_end_of_both = advance.finished && is_open;
        let answer = if is_end_of_both { What::End } else { What::Acknowledgement(Some(transit.sent_at)) };
        self.tap_bare(now, end, answer);
        if !answers_by_the_way {
            let ack_bytes = self.config.ack_bytes(transit.bytes);
            self.hosts[host.index()].uplink.owe_acks(now, ack_bytes);
        }
        if awaits_news {
            self.arm_wake(queue, sender);
        }
        if advance.finished {
            self.tell(end, |host| Notice::Closed { host, end, reason: CloseReason::Finished });
        }
        self.let_fade(sender);
    }

    /// When an acknowledgement that is due now reaches `sender`, if that still is; `NEVER` if nothing gets there.
    pub(super) fn ack_at(&self, now: Time, sender: EndId) -> Option<Time> {
        let stream = self.streams.get(sender)?;
        Some(ack_at(&self.paths, &self.hosts, stream, now, sender))
    }

    /// A segment is at a host where its end is no more.
    fn meet_nobody<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
        sender: EndId,
        transit: Transit,
    ) {
        self.ledger.dropped += u64::from(transit.bytes);
        self.arm_wake(queue, sender);
        if self.hosts[host.index()].presence != Presence::Vanished {
            self.send_reset(queue, sender.peer());
        }
    }
}

/// The queue of `hop` on the way to the host `to`.
fn queue_of<'a>(hosts: &'a mut [Host], links: &'a mut Links, hop: Hop, to: HostId) -> &'a mut Fifo {
    match hop {
        Hop::Host => &mut hosts[to.index()].downlink,
        Hop::Link(link, way) => links.get_mut(link).fifo(way),
    }
}

/// When an acknowledgement that is due now reaches `sender`; `NEVER` if nothing gets there.
fn ack_at(paths: &Paths, hosts: &[Host], stream: &Stream, now: Time, sender: EndId) -> Time {
    let side = sender.peer().side();
    let (from, to) = (stream.hosts[side], stream.hosts[sender.side()]);
    if paths.are_blocked(from, to) {
        return Time::NEVER;
    }
    hosts[from.index()].uplink.ack_leaves_at(now) + stream.latency(side) + paths.detour(from, to)
}
