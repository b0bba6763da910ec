//! x
#![allow(clippy::disallowed_methods)]
use swarmlab_sim::{results::Summary, scenario::Scenario, world::*};
fn main() {
    let mut a = std::env::args().skip(1);
    let file = a.next().unwrap();
    let mut o = Options::default();
    let sets: Vec<String> = a
        .filter(|s| {
            if s == "full" {
                o.hashing = swarmlab_engine::storage::Hashing::Full;
                false
            } else if s == "check" {
                o.check_invariants = true;
                false
            } else if s == "notables" {
                o.tables = false;
                false
            } else {
                true
            }
        })
        .collect();
    let s = Scenario::load(&file, &sets).unwrap_or_else(|e| panic!("{e}"));
    let t = std::time::Instant::now();
    let out = run(&s, o, &mut ()).unwrap();
    let mut facts = out.facts;
    facts.wall_s = t.elapsed().as_secs_f64();
    facts.cpu_s = facts.wall_s;
    let sum = Summary::new(facts, &out.tables.peers);
    println!("{}", sum.to_json());
}
