//! What a round of each choker costs, with the peers of a usual client and with ten times as many. A client has one
//! every ten seconds; a simulation of 100,000 clients has 10,000 a second of simulated time.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use swarmlab_benches::{brief, rng};
use swarmlab_engine::choker::{self, ChokeView, Choker, Suitor};
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
            snubs_us: below(&mut rng, 10) == 0,
            downloaded_bytes: below(&mut rng, 1 << 24).into(),
            uploaded_bytes: below(&mut rng, 1 << 24).into(),
            connected_at: Time::from_secs(below(&mut rng, 600).into()),
            changed_at: Time::from_secs(below(&mut rng, 600).into()),
        })
        .collect()
}

fn round(c: &mut Criterion) {
    let mut group = c.benchmark_group("choker_round");
    group.throughput(Throughput::Elements(1));
    let leecher = |name: &&'static str| (*name, choker::leecher_by_name(name));
    let seed = |name: &&'static str| (*name, choker::seed_by_name(name));
    let all = choker::LEECHER_NAMES.iter().map(leecher).chain(choker::SEED_NAMES.iter().map(seed));
    for (name, choker) in all {
        let choker: Box<dyn Choker> = choker.expect("a name of the registry");
        for count in [50, 500] {
            let suitors = suitors(count);
            let now = Time::from_secs(600);
            let view = ChokeView { now, slots: SLOTS, suitors: &suitors, rotate_optimistic: true };
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
