//! Rates that change while bytes are under way.
//!
//! What a pipe has in it leaves at the new rate from now on: the bits already through stay through. On a pipe whose rate
//! never changes this costs nothing.

use super::event::NetworkEvent;
use super::host::HostId;
use super::shared_link::{LinkId, Way};
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// Changes the rates of an access link, in bits a second, for what waits in its queues too.
    ///
    /// # Panics
    /// If a rate is zero.
    pub fn set_access_rates<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
        up_bits_per_s: u64,
        down_bits_per_s: u64,
    ) {
        let now = queue.now();
        let this = &mut self.hosts[host.index()];
        let rescale = this.downlink.pipe.set_rate(now, down_bits_per_s);
        if let Some(at) = this.downlink.rescale(rescale) {
            queue.schedule(at, NetworkEvent::Delivery(host).into());
        }
        let rescale = this.uplink.set_rate(now, up_bits_per_s);
        if this.turn_at.is_some() {
            self.schedule_turn(queue, host);
        }
        for (at, datagram) in self.datagrams.rescale(host, rescale) {
            queue.schedule(at, NetworkEvent::Datagram(datagram).into());
        }
        for place in 0..self.hosts[host.index()].ends.len() {
            let end = self.hosts[host.index()].ends[place];
            if let Some((_, flight)) = self.streams.flight_mut(end)
                && let Some(at) = flight.rescale_wire(rescale)
            {
                queue.schedule(at, NetworkEvent::Arrival(end).into());
            }
        }
    }

    /// Changes the rates of a shared link, in bits a second, for what waits in its queues too.
    ///
    /// # Panics
    /// If a rate is zero.
    pub fn set_link_rates<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        link: LinkId,
        up_bits_per_s: u64,
        down_bits_per_s: u64,
    ) {
        for (way, bits_per_s) in [(Way::Up, up_bits_per_s), (Way::Down, down_bits_per_s)] {
            let fifo = self.links.get_mut(link).fifo(way);
            let rescale = fifo.pipe.set_rate(queue.now(), bits_per_s);
            if let Some(at) = fifo.rescale(rescale) {
                queue.schedule(at, NetworkEvent::Passage(link, way).into());
            }
        }
    }
}
