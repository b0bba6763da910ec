//! The search for broken properties.

use swarmlab_sim::explore::draw;
use swarmlab_sim::scenario::Scenario;

#[test]
fn every_scenario_that_is_drawn_reads_back_as_itself() {
    for seed in 0..2_000 {
        let scenario = draw(seed);
        let text = scenario.to_toml();
        let read = Scenario::parse("drawn.toml", &text, &[]).unwrap_or_else(|error| panic!("seed {seed}\n{error}\n{text}"));
        assert_eq!(read, scenario, "seed {seed}");
        assert_eq!(draw(seed), scenario, "seed {seed}");
    }
}

#[test]
#[ignore]
fn cost() {
    use std::time::Instant;
    let mut all = vec![];
    for seed in 0..400 {
        let scenario = draw(seed);
        #[allow(clippy::disallowed_methods)]
        let start = Instant::now();
        let options = swarmlab_sim::world::Options{tables:false, ..crate::rig::CHECKED};
        let result = std::panic::catch_unwind(|| swarmlab_sim::world::run(&scenario, options, &mut ()).unwrap());
        let t = start.elapsed().as_secs_f64();
        let peers: u32 = scenario.groups.iter().map(|g| g.count).sum();
        match result {
            Ok(outcome) => {
                let done = outcome.tables.peers.iter().filter(|p| p.completed_s.is_some()).count();
                println!("{seed} {t:.3}s peers {peers} done {done} events {} {:.1}s {} n={}", outcome.facts.events, outcome.facts.simulated_s, outcome.facts.stop_reason, scenario.events.len());
                all.push((t, outcome.facts.simulated_s));
            }
            Err(_) => println!("{seed} PANIC"),
        }
    }
    all.sort_by(|a,b| a.0.total_cmp(&b.0));
    let n = all.len();
    println!("mean {:.4} median {:.4} p90 {:.4} max {:.3}", all.iter().map(|a| a.0).sum::<f64>()/n as f64, all[n/2].0, all[n*9/10].0, all[n-1].0);
}
