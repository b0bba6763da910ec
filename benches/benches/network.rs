//! How many segments of 16 KiB the network carries a second of real time: a thousand hosts, each with five streams that
//! always have something to send.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use swarmlab_sim::event_queue::EventQueue;
use swarmlab_sim::network::{AccessLink, EndId, Latency, Network, NetworkConfig, NetworkEvent, Notice};

const HOSTS: u32 = 1_000;
const STREAMS_PER_HOST: u32 = 5;
/// A block and its message head.
const BLOCK_BYTES: usize = 16_384 + 13;

struct World {
    queue: EventQueue<NetworkEvent>,
    network: Network,
    block: Bytes,
    events: u64,
    blocks: u64,
}

impl World {
    fn new(link: AccessLink) -> World {
        let latency = Latency::Uniform { min: Duration::from_millis(10), max: Duration::from_millis(100) };
        let mut network = Network::new(NetworkConfig { latency, ..NetworkConfig::default() }, 1);
        let hosts: Vec<_> = (0..HOSTS).map(|_| network.add_host(link)).collect();
        let block = Bytes::from(vec![0; BLOCK_BYTES]);
        let mut world = World { queue: EventQueue::new(), network, block, events: 0, blocks: 0 };
        for (index, &from) in hosts.iter().enumerate() {
            for stream in 1..=STREAMS_PER_HOST as usize {
                let to = hosts[(index + stream * stream * 37) % hosts.len()];
                let end = world.network.connect(&mut world.queue, from, to);
                world.fill(end);
            }
        }
        world.run(200 * u64::from(HOSTS));
        world
    }

    /// Until `blocks` more have arrived.
    fn run(&mut self, blocks: u64) {
        let until = self.blocks + blocks;
        while self.blocks < until
            && let Some((_, event)) = self.queue.pop()
        {
            self.events += 1;
            self.network.handle(&mut self.queue, event);
            while let Some(notice) = self.network.poll() {
                match notice {
                    Notice::Received { data, .. } => {
                        self.blocks += u64::from(black_box(data).len() == BLOCK_BYTES)
                    }
                    Notice::Writable { end, .. } => self.fill(end),
                    _ => {}
                }
            }
        }
    }

    fn fill(&mut self, end: EndId) {
        while self.network.send_room(end) >= BLOCK_BYTES {
            self.network.send(&mut self.queue, end, [self.block.clone()]);
        }
    }
}

fn segments(c: &mut Criterion) {
    let mut group = c.benchmark_group("network");
    group.throughput(Throughput::Elements(1));
    let uplinks = AccessLink { down_bits_per_s: 100_000_000, ..AccessLink::symmetric(10_000_000) };
    let downlinks = AccessLink { up_bits_per_s: 100_000_000, ..AccessLink::symmetric(10_000_000) };
    let windows = AccessLink::symmetric(100_000_000_000);
    for (limit, link) in [("uplinks", uplinks), ("downlinks", downlinks), ("windows", windows)] {
        let mut world = World::new(link);
        group.bench_function(format!("segment_limited_by_{limit}"), |b| {
            b.iter_custom(|blocks| {
                #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
                let start = Instant::now();
                world.run(blocks);
                start.elapsed()
            });
        });
        println!("limited by {limit}: {:.2} events a segment", world.events as f64 / world.blocks as f64);
    }
    group.finish();
}

criterion_group!(benches, segments);
criterion_main!(benches);
