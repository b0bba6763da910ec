//! What a round of each choker costs, with the peers of a usual client and with ten times as many. A client has one
//! every ten seconds; a simulation of 100,000 clients has 10,000 a second of simulated time.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use swarmlab_benches::{brief, rng};
use swarmlab_engine::choker::registry::{LEECHERS, SEEDS};
use swarmlab_engine::choker::{ChokeView, Suitor};
use swarmlab_engine::random::below;
use swarmlab_engine::time::Time;

const SLOTS: usize = 5;

fn suitors(count: u32) -> Vec<Suitor> {
    let mut rng = rng();
    (0..count)
        .map(|peer| Suitor {
            peer,
            unchoked: peer < SLOTS as u32,
            optimistic: peer == 0,
            unchokes_us: below(&mut rng, 4) == 0,
            interests_us: true,
            snubs_us: below(&mut rng, 10) == 0,
            downloaded_bytes: below(&mut rng, 1 << 24).into(),
            downloaded_in_round_bytes: below(&mut rng, 1 << 23).into(),
            uploaded_bytes: below(&mut rng, 1 << 24).into(),
            uploaded_in_round_bytes: below(&mut rng, 1 << 23).into(),
            uploaded_in_all_bytes: below(&mut rng, 1 << 26).into(),
            held_bytes: below(&mut rng, 1 << 28).into(),
            connected_at: Time::from_secs(below(&mut rng, 600).into()),
            changed_at: Time::from_secs(below(&mut rng, 600).into()),
        })
        .collect()
}

fn round(c: &mut Criterion) {
    let mut group = c.benchmark_group("choker_round");
    group.throughput(Throughput::Elements(1));
    let leecher = LEECHERS.iter().map(|entry| ("leecher", entry));
    let seed = SEEDS.iter().map(|entry| ("seed", entry));
    for (whose, entry) in leecher.chain(seed) {
        let mut choker = (entry.make)();
        for count in [50, 500] {
            let suitors = suitors(count);
            let now = Time::from_secs(600);
            let view = ChokeView {
                now,
                slots: SLOTS,
                suitors: &suitors,
                rotate_optimistic: true,
                interval: Duration::from_secs(10),
                uplink_bytes_per_s: 1 << 20,
                is_backed_up: true,
                torrent_bytes: 1 << 28,
            };
            let name = format!("{whose}_{}", entry.name);
            group.bench_function(BenchmarkId::new(name, format!("{count}_interested")), |b| {
                let mut rng = rng();
                b.iter(|| black_box(choker.round(&view, &mut rng)));
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = round
}
criterion_main!(benches);
