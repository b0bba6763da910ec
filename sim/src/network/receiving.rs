//! From the wire to an end: the downlink's queue, drops, delivery in order.

use super::event::{CloseReason, NetworkEvent, Notice};
use super::flight::Transit;
use super::host::{HostId, Inbound};
use super::stream::{EndId, EndState};
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// The oldest segment on the wire from `sender` is at the other side's downlink.
    pub(super) fn on_arrival<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        sender: EndId,
    ) {
        let now = queue.now();
        let Some((stream, flight)) = self.streams.flight_mut(sender) else { return };
        let Some(arrived) = flight.on_wire.pop_front() else { return };
        if let Some(next) = flight.on_wire.front() {
            queue.schedule(next.last_at, NetworkEvent::Arrival(sender).into());
        }

        let host = stream.hosts[sender.peer().side()];
        let this = &mut self.hosts[host.index()];
        match this.downlink.receive(arrived.first_at, now, arrived.wire_bytes) {
            Some(at) if at == now => self.deliver(queue, sender, arrived.transit),
            Some(at) => {
                if this.inbound.is_empty() {
                    queue.schedule(at, NetworkEvent::Delivery(host).into());
                }
                this.inbound.push_back(Inbound { at, sender, transit: arrived.transit });
            }
            None => {
                flight.on_drop(arrived.transit);
                self.arm_wake(queue, sender);
            }
        }
    }

    /// The oldest segment in the downlink of `host` is through.
    pub(super) fn on_delivery<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
    ) {
        let inbound = &mut self.hosts[host.index()].inbound;
        let Some(through) = inbound.pop_front() else { return };
        if let Some(next) = inbound.front() {
            queue.schedule(next.at, NetworkEvent::Delivery(host).into());
        }
        self.deliver(queue, through.sender, through.transit);
    }

    fn deliver<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        sender: EndId,
        transit: Transit,
    ) {
        let now = queue.now();
        let Some((stream, flight)) = self.streams.flight_mut(sender) else { return };
        let (side, end) = (sender.side(), sender.peer());
        let host = stream.hosts[end.side()];
        let advance = flight.on_arrival(transit, now + stream.latency());
        stream.directions[side].delivered += u64::from(advance.bytes);

        let is_open = stream.ends[end.side()] == EndState::Open;
        let mut left = advance.bytes;
        while left > 0
            && let Some(data) = flight.take(left)
        {
            left -= data.len() as u32;
            if is_open {
                self.notices.push_back(Notice::Received { host, end, data });
            }
        }

        let awaits_news = flight.awaits_news();
        if !self.streams.flight(end).is_some_and(|flight| flight.is_under_way()) {
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
}
