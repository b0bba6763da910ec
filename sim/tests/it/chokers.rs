//! Each choker in a small swarm of its own, with every check: it completes, and keeps what it promises.

use swarmlab_engine::choker::registry::{Entry, LEECHERS, SEEDS};
use swarmlab_engine::choker::{LEECHER_NAMES, SEED_NAMES, Slots};
use swarmlab_sim::world::Outcome;

use crate::rig::{CHECKED, SLOW_CROWD, crowd, run, scenario};

/// All that unchoke anybody.
fn givers(all: &'static [Entry]) -> impl Iterator<Item = &'static str> {
    all.iter().filter(|entry| entry.promise.slots != Slots::None).map(|entry| entry.name)
}

fn uploaded(outcome: &Outcome, group: &str) -> u64 {
    let members = outcome.tables.peers.iter().filter(|peer| peer.group == group);
    members.map(|peer| peer.uploaded_bytes).sum()
}

#[test]
fn a_swarm_with_any_choker_completes_and_nobody_who_is_owed_a_turn_is_passed_over() {
    for (name, seed) in givers(LEECHERS).zip(1..) {
        let choker = format!("peers.leecher.choker={name}");
        let outcome = crowd("", &[&choker, "peers.leecher.upload_slots=3", &format!("seed={seed}")]);
        assert_eq!(outcome.facts.stop_reason, "all complete", "{name}");
    }
    for (name, seed) in givers(SEEDS).zip(1..) {
        let choker = format!("peers.seed.seed_choker={name}");
        let outcome = crowd("", &[&choker, "peers.seed.upload_slots=3", &format!("seed={seed}")]);
        assert_eq!(outcome.facts.stop_reason, "all complete", "{name}");
    }
}

/// Nothing is said of liveness where nobody promises anything, and free-riders give nothing even to newcomers.
#[test]
fn free_riders_live_on_the_seed_alone() {
    let outcome = crowd(
        "",
        &["peers.leecher.choker=free-rider", "peers.leecher.seed_choker=free-rider", "stop.at=20 min"],
    );
    assert_eq!(outcome.facts.stop_reason, "all complete");
    assert_eq!(uploaded(&outcome, "leecher"), 0);
    let outcome = crowd("", &["peers.seed.seed_choker=free-rider", "stop.at=20 min"]);
    assert_eq!(outcome.facts.stop_reason, "time limit");
    assert_eq!(uploaded(&outcome, "seed"), 0);
}

/// All kinds in one swarm: one client of each.
#[test]
fn all_kinds_get_along() {
    let mut text = SLOW_CROWD.replace("count = 12", "count = 2");
    for (leecher, seed) in LEECHER_NAMES.iter().zip(SEED_NAMES.iter().cycle()) {
        let group = format!(
            "[peers.with-{leecher}]\ncount = 2\nup = \"4 Mbit/s\"\ndown = \"16 Mbit/s\"\nchoker = \"{leecher}\"\n\
             seed_choker = \"{seed}\"\n"
        );
        text = text.replace("[stop]", &format!("{group}[stop]"));
    }
    let outcome = run(&scenario(&text, &[]), CHECKED);
    assert_eq!(outcome.facts.stop_reason, "all complete");
}
