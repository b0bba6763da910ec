//! How many events a second the queue turns over (one pop and one push each), beside the standard library's heap on
//! the same keys. The queue's shape was chosen by these numbers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use swarmlab_engine::time::Time;
use swarmlab_sim::event_queue::EventQueue;

/// As big as an event of the network.
type Event = [u32; 3];

/// A small generator, so that the benchmark measures the queue: SplitMix64.
struct Gaps(u64);

impl Gaps {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % 100_000_000
    }
}

fn turnover(c: &mut Criterion) {
    let mut group = c.benchmark_group("event_queue");
    group.throughput(Throughput::Elements(1));
    for entries in [100_u32, 1_000, 10_000, 100_000, 1_000_000] {
        group.bench_with_input(BenchmarkId::new("swarmlab", entries), &entries, |b, &entries| {
            let mut gaps = Gaps(1);
            let mut queue = EventQueue::new();
            for event in 0..entries {
                queue.schedule(Time::from_nanos(gaps.next()), [event; 3]);
            }
            b.iter(|| {
                let (now, event): (Time, Event) = queue.pop().expect("never empty");
                queue.schedule(Time::from_nanos(now.as_nanos() + gaps.next()), black_box(event));
            });
        });
        group.bench_with_input(BenchmarkId::new("std_binary_heap", entries), &entries, |b, &entries| {
            let mut gaps = Gaps(1);
            let mut sequence = 0_u64;
            let mut queue = BinaryHeap::new();
            for event in 0..entries {
                queue.push(Reverse((gaps.next(), sequence, [event; 3])));
                sequence += 1;
            }
            b.iter(|| {
                let Reverse((now, _, event)): Reverse<(u64, u64, Event)> = queue.pop().expect("never empty");
                queue.push(Reverse((now + gaps.next(), sequence, black_box(event))));
                sequence += 1;
            });
        });
    }
    group.finish();
}

criterion_group!(benches, turnover);
criterion_main!(benches);
