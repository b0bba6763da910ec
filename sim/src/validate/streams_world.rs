//! A world of endless streams: the network alone, without clients.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::time::Time;
use xxhash_rust::xxh3::Xxh3;

use crate::event_queue::EventQueue;
use crate::network::{AccessLink, EndId, HostId, Network, NetworkConfig, NetworkEvent, Notice};
use crate::world::{Status, Watch};

/// What applications write at a time: a block and its head.
const CHUNK_BYTES: usize = 16_384 + 13;
/// The watcher is asked once in so many events.
const EVENTS_PER_STATUS: u64 = 1 << 14;

/// Hosts with streams that always have something to send.
pub struct StreamsWorld {
    queue: EventQueue<NetworkEvent>,
    network: Network,
    chunk: Bytes,
    /// Bytes received since the count began, by the end that received them.
    received: BTreeMap<EndId, u64>,
    events: u64,
    digest: Xxh3,
}

impl StreamsWorld {
    pub fn new(config: NetworkConfig, seed: u64) -> StreamsWorld {
        StreamsWorld {
            queue: EventQueue::new(),
            network: Network::new(config, seed),
            chunk: Bytes::from(vec![0; CHUNK_BYTES]),
            received: BTreeMap::new(),
            events: 0,
            digest: Xxh3::new(),
        }
    }

    pub fn host(&mut self, link: AccessLink) -> HostId {
        self.network.add_host(link)
    }

    /// A stream over which `from` sends to `to` for ever.
    pub fn stream(&mut self, from: HostId, to: HostId) {
        let end = self.network.connect(&mut self.queue, from, to);
        self.fill(end);
    }

    /// The payload that each stream delivered, bytes a second, over `span` after a `warm_up`; none if the run was
    /// interrupted.
    pub fn rates(&mut self, warm_up: Duration, span: Duration, watch: &mut dyn Watch) -> Option<Vec<f64>> {
        let (from, until) = (Time::ZERO + warm_up, Time::ZERO + warm_up + span);
        self.run_until(from, until, watch)?;
        self.received.values_mut().for_each(|bytes| *bytes = 0);
        self.run_until(until, until, watch)?;
        Some(self.received.values().map(|&bytes| bytes as f64 / span.as_secs_f64()).collect())
    }

    /// Of all events.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.digest.digest())
    }

    fn run_until(&mut self, time: Time, end: Time, watch: &mut dyn Watch) -> Option<()> {
        while self.queue.next_at().is_some_and(|at| at <= time)
            && let Some((at, event)) = self.queue.pop()
        {
            (at.as_nanos(), event).hash(&mut self.digest);
            self.network.handle(&mut self.queue, event);
            self.drain();
            self.events += 1;
            let progress = at.as_secs_f64() / end.as_secs_f64();
            let status =
                Status { simulated_s: at.as_secs_f64(), completed: 0, leechers: 0, progress, blocks: 0 };
            if self.events.is_multiple_of(EVENTS_PER_STATUS) && !watch.status(status) {
                return None;
            }
        }
        Some(())
    }

    fn drain(&mut self) {
        while let Some(notice) = self.network.poll() {
            match notice {
                Notice::Received { end, data, .. } => {
                    *self.received.entry(end).or_default() += data.len() as u64;
                }
                Notice::Writable { end, .. } => self.fill(end),
                _ => {}
            }
        }
    }

    fn fill(&mut self, end: EndId) {
        while self.network.send_room(end) >= CHUNK_BYTES {
            self.network.send(&mut self.queue, end, [self.chunk.clone()]);
        }
    }
}
