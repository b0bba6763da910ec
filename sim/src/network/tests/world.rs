//! A world of sources and sinks around a network.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::time::Time;

use crate::event_queue::EventQueue;
use crate::network::{AccessLink, EndId, HostId, Latency, Network, NetworkConfig, NetworkEvent, Notice};

/// A block and its message head.
pub const BLOCK: usize = 16_384 + 13;
/// What a block weighs on the wire.
pub const BLOCK_ON_WIRE: usize = BLOCK + 12 * 66;

pub struct World {
    pub queue: EventQueue<NetworkEvent>,
    pub network: Network,
    /// Every event handled.
    pub events: Vec<(Time, NetworkEvent)>,
    /// Every notice, without its bytes.
    pub log: Vec<(Time, Notice)>,
    /// Arrivals of bytes: when, at which end, how many.
    pub received: Vec<(Time, EndId, usize)>,
    content: Bytes,
    /// Bytes that each end has yet to send, in blocks.
    sources: BTreeMap<EndId, u64>,
}

impl World {
    pub fn new(config: NetworkConfig) -> World {
        World {
            queue: EventQueue::new(),
            network: Network::new(config, 1),
            events: Vec::new(),
            log: Vec::new(),
            received: Vec::new(),
            content: Bytes::from(vec![0; BLOCK]),
            sources: BTreeMap::new(),
        }
    }

    pub fn hosts<const N: usize>(&mut self, links: [AccessLink; N]) -> [HostId; N] {
        links.map(|link| self.network.add_host(link))
    }

    /// A stream over which `from` sends `bytes` to `to`.
    pub fn transfer(&mut self, from: HostId, to: HostId, bytes: u64) -> EndId {
        let end = self.network.connect(&mut self.queue, from, to);
        self.sources.insert(end, bytes);
        self.fill(end);
        self.drain();
        end
    }

    /// Runs until it is `until`. The event that moves the clock there is stale to the network.
    pub fn run_until(&mut self, until: Time) {
        self.queue.schedule(until, NetworkEvent::Delivery(HostId(0)));
        while self.queue.next_at().is_some_and(|at| at <= until)
            && let Some((at, event)) = self.queue.pop()
        {
            self.events.push((at, event));
            self.network.handle(&mut self.queue, event);
            self.drain();
        }
    }

    pub fn run_for_secs(&mut self, secs: u64) {
        self.run_until(self.queue.now() + Duration::from_secs(secs));
    }

    pub fn drain(&mut self) {
        while let Some(notice) = self.network.poll() {
            let now = self.queue.now();
            match notice {
                Notice::Received { end, data, .. } => self.received.push((now, end, data.len())),
                Notice::Writable { end, .. } => {
                    self.log.push((now, notice));
                    self.fill(end);
                }
                _ => self.log.push((now, notice)),
            }
        }
    }

    fn fill(&mut self, end: EndId) {
        let Some(mut left) = self.sources.remove(&end) else { return };
        loop {
            let room = self.network.send_room(end);
            // In units smaller than a block, the room that is left may be less than one and still no reason to wait.
            let most = if self.network.config.unit_bytes < BLOCK as u32 { room.min(BLOCK) } else { BLOCK };
            let bytes = left.min(most as u64) as usize;
            if bytes == 0 || bytes > room {
                break;
            }
            self.network.send(&mut self.queue, end, [self.content.slice(..bytes)]);
            left -= bytes as u64;
        }
        self.sources.insert(end, left);
    }

    /// Payload that reached the peer of `end` after `from` and up to `until`.
    pub fn payload(&self, end: EndId, from: Time, until: Time) -> u64 {
        let window =
            self.received.iter().filter(|&&(at, to, _)| to == end.peer() && at > from && at <= until);
        window.map(|&(_, _, bytes)| bytes as u64).sum()
    }

    pub fn check(&self) {
        if let Err(what) = self.network.check_invariants() {
            panic!("{what}");
        }
    }
}

pub fn config(round_trip_ms: u64, receive_window_bytes: u32) -> NetworkConfig {
    let latency = Latency::Constant(Duration::from_micros(round_trip_ms * 500));
    NetworkConfig { latency, receive_window_bytes, ..NetworkConfig::default() }
}

pub fn ms(ms: u64) -> Time {
    Time::from_nanos(ms * 1_000_000)
}

pub fn secs(secs: u64) -> Time {
    Time::from_secs(secs)
}
