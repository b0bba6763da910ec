//! Datagrams: sent once, and then they arrive or they don't.
//!
//! A datagram goes the way of a segment, through the same queues, but alone: whatever happens to it, nobody sends it
//! again, and one sent later may overtake it. It waits for no turn: an uplink whose queue is full loses it.

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::event::{NetworkEvent, Notice};
use super::fifo::Cargo;
use super::host::{HostId, Presence};
use super::pipe::Rescale;
use super::verbs::Network;
use crate::event_queue::EventQueue;

/// A datagram's place in the table of those under way. Places are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatagramId(u32);

#[derive(Debug)]
pub(super) struct Datagram {
    pub from: HostId,
    pub to: HostId,
    pub data: Bytes,
    /// While it is on the wire: when its first bit reaches the next queue, and its last; and when it leaves the uplink.
    wire: Option<[Time; 3]>,
}

/// The datagrams under way.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    slots: Vec<Option<Datagram>>,
    vacant: Vec<u32>,
}

impl Datagrams {
    pub fn get(&self, id: DatagramId) -> Option<&Datagram> {
        self.slots.get(id.0 as usize)?.as_ref()
    }

    pub fn take(&mut self, id: DatagramId) -> Option<Datagram> {
        let datagram = self.slots.get_mut(id.0 as usize)?.take();
        if datagram.is_some() {
            self.vacant.push(id.0);
        }
        datagram
    }

    /// Payload on the wire, and not in a queue.
    pub fn on_wire_bytes(&self) -> u64 {
        let on_wire = self.slots.iter().flatten().filter(|datagram| datagram.wire.is_some());
        on_wire.map(|datagram| datagram.data.len() as u64).sum()
    }

    fn put(&mut self, datagram: Datagram) -> DatagramId {
        let slot = self.vacant.pop().unwrap_or(self.slots.len() as u32);
        match self.slots.get_mut(slot as usize) {
            Some(vacant) => *vacant = Some(datagram),
            None => self.slots.push(Some(datagram)),
        }
        DatagramId(slot)
    }

    /// The first bit's arrival, if the datagram arrives `now`: it is on the wire no longer.
    fn arrive(&mut self, id: DatagramId, now: Time) -> Option<Time> {
        let datagram = self.slots.get_mut(id.0 as usize)?.as_mut()?;
        let [first_at, _, _] = datagram.wire.take_if(|[_, last_at, _]| *last_at == now)?;
        Some(first_at)
    }

    /// The uplink of `host` has another rate: which of its datagrams now arrive when.
    pub fn rescale(&mut self, host: HostId, rescale: Rescale) -> Vec<(Time, DatagramId)> {
        let mut moved = Vec::new();
        for (slot, datagram) in self.slots.iter_mut().enumerate() {
            if let Some(datagram) = datagram
                && datagram.from == host
                && let Some([first_at, last_at, left_at]) = &mut datagram.wire
            {
                let delay = *last_at - *left_at;
                let before = *last_at;
                *left_at = rescale.moment(*left_at);
                *last_at = *left_at + delay;
                *first_at = (*first_at).min(*last_at);
                if *last_at != before {
                    moved.push((*last_at, DatagramId(slot as u32)));
                }
            }
        }
        moved
    }
}

impl Network {
    /// The longest datagram, in bytes: what UDP over IPv4 carries.
    pub const DATAGRAM_BYTES_MAX: usize = 65_507;

    /// Sends a datagram: [`Notice::Datagram`] at the other host, or nothing. One of more than a packet is lost with any
    /// of its packets.
    ///
    /// # Panics
    /// If `from` is down, or the datagram longer than [`DATAGRAM_BYTES_MAX`](Network::DATAGRAM_BYTES_MAX).
    pub fn send_datagram<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        from: HostId,
        to: HostId,
        data: Bytes,
    ) {
        assert!(self.is_up(from), "host {} sends while it is down", from.0);
        assert!(data.len() <= Network::DATAGRAM_BYTES_MAX, "a datagram of {} bytes", data.len());
        let (now, bytes) = (queue.now(), data.len() as u64);
        self.ledger.sent += bytes;
        let uplink = &mut self.hosts[from.index()].uplink;
        let passage = (!uplink.is_full(now)).then(|| uplink.send(now, bytes as u32, &self.config));
        let Some(passage) = passage.filter(|passage| passage.lost.packets == 0) else {
            self.ledger.dropped += bytes;
            return;
        };
        self.hosts[from.index()].carried.up_bytes += self.config.wire_bytes(bytes as u32);
        self.ledger.in_flight += bytes;
        let [latency, _] = self.latencies(from, to);
        let delay = self.paths.delay(from, to, latency);
        let last_at = passage.last_at + delay;
        let wire = Some([passage.first_at + delay, last_at, passage.last_at]);
        let id = self.datagrams.put(Datagram { from, to, data, wire });
        queue.schedule(last_at, NetworkEvent::Datagram(id).into());
    }

    /// A datagram is at the first queue on its way.
    pub(super) fn on_datagram<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        id: DatagramId,
    ) {
        let Some(first_at) = self.datagrams.arrive(id, queue.now()) else { return };
        let Some(Datagram { from, to, data, .. }) = self.datagrams.get(id) else { return };
        let (from, to, bytes) = (*from, *to, data.len());
        self.ledger.in_flight -= bytes as u64;
        self.set_out(queue, from, to, first_at, Cargo::Datagram(id));
    }

    pub(super) fn deliver_datagram(&mut self, id: DatagramId) {
        let Some(Datagram { from, to, data, .. }) = self.datagrams.take(id) else { return };
        if self.hosts[to.index()].presence == Presence::Up {
            self.ledger.delivered += data.len() as u64;
            self.notices.push_back(Notice::Datagram { host: to, from, data });
        } else {
            self.ledger.dropped += data.len() as u64;
        }
    }
}
