//! What a choice of a piece costs, at the beginning of a download, in its middle and near its end; and what a HAVE
//! costs. A client picks once for each block of 16 KiB, and hears a HAVE for each piece of each peer.

use std::collections::VecDeque;
use std::hint::black_box;

use criterion::{BatchSize, Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use swarmlab_benches::{PEERS, PIECES, Swarm, brief, rng, swarm};
use swarmlab_engine::picker::{self, PickView};
use swarmlab_engine::random::below;

fn pick(c: &mut Criterion) {
    for (what, open) in [("join_a_piece_in_progress", true), ("begin_a_piece", false)] {
        let mut group = c.benchmark_group(what);
        group.throughput(Throughput::Elements(1));
        for held in [0, PIECES / 2, PIECES * 9 / 10] {
            let swarm = swarm(held, open);
            for name in picker::NAMES {
                let id = BenchmarkId::new(*name, format!("{held}_of_{PIECES}_held"));
                group.bench_function(id, |b| pick_for_each_in_turn(b, name, &swarm));
            }
        }
        group.finish();
    }
}

fn pick_for_each_in_turn(b: &mut Bencher<'_>, picker: &str, swarm: &Swarm) {
    let picker = picker::make(picker, Some(&swarm.copies)).expect("a name of the registry");
    let (mut rng, suggested) = (rng(), VecDeque::new());
    let mut peers = swarm.peers.iter().cycle();
    b.iter(|| {
        let peer = peers.next().expect("a circle has no end");
        let view = PickView {
            pieces: &swarm.pieces,
            peer,
            contributor: 0,
            last: None,
            suggested: &suggested,
            bytes_per_s: 1e6,
            playhead: None,
        };
        black_box(picker.pick(&view, &mut rng))
    });
}

fn haves(c: &mut Criterion) {
    let mut group = c.benchmark_group("availability");
    let swarm = swarm(PIECES / 4, false);
    let mut rng = rng();
    let said: Vec<u32> = (0..PIECES * 8).map(|_| below(&mut rng, PIECES)).collect();
    group.throughput(Throughput::Elements(said.len() as u64));
    group.bench_function("have", |b| {
        b.iter_batched_ref(
            || swarm.pieces.availability().clone(),
            |availability| said.iter().for_each(|piece| availability.increment(*piece, &mut rng)),
            BatchSize::SmallInput,
        );
    });
    group.throughput(Throughput::Elements(u64::from(PEERS)));
    group.bench_function("peer_comes_and_goes", |b| {
        b.iter_batched_ref(
            || swarm.pieces.availability().clone(),
            |availability| {
                for peer in &swarm.peers {
                    let full = availability.add_peer(peer, &mut rng);
                    availability.remove_peer(peer, full, &mut rng);
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = pick, haves
}
criterion_main!(benches);
