//! What must happen in the end, in whole swarms: where everything can be had it is had, and where it can't be all wait
//! quietly, and nobody is blamed.

use swarmlab_sim::world::Outcome;

use crate::rig::crowd;

/// How often something was seen.
fn seen(outcome: &Outcome, name: &str) -> u64 {
    let sometimes = &outcome.checked.as_ref().unwrap().sometimes;
    let (_, count) = sometimes.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}"));
    count
}

#[test]
fn where_nobody_uploads_nobody_is_late() {
    let outcome = crowd("", &["peers.seed.upload_slots=0", "peers.leecher.upload_slots=0"]);
    assert_eq!(outcome.facts.stop_reason, "time limit");
}

#[test]
fn cut_off_from_the_only_seed_all_wait_quietly() {
    let outcome = crowd("[[events]]\nat = \"5 s\"\npartition = { from = \"seed\" }", &[]);
    assert_eq!(outcome.facts.stop_reason, "time limit");
    let per_second = outcome.facts.events as f64 / outcome.facts.simulated_s;
    assert!(per_second < 100.0, "{per_second} events a second for 13 peers");
}

#[test]
fn when_the_only_copy_returns_all_go_on() {
    let away = "[[events]]\nat = \"5 s\"\nfor = \"40 min\"\ncrash = { peers = \"seed\", silent = true }";
    let outcome = crowd(away, &[]);
    assert_eq!(outcome.facts.stop_reason, "all complete");
    assert!(outcome.facts.simulated_s > 2_400.0);
    assert_eq!((seen(&outcome, "fault: silent crash"), seen(&outcome, "fault: crash")), (1, 0));
}

#[test]
fn seeds_among_themselves_are_quiet() {
    let outcome = crowd("", &["stop.when=never", "stop.at=1 h"]);
    assert_eq!(outcome.facts.stop_reason, "time limit");
    assert!(seen(&outcome, "endgame entered") > 0 && seen(&outcome, "all slots taken") > 0);
}

#[test]
fn rogues_are_seen_when_they_are_met() {
    let outcome = crowd("", &["peers.leecher.behaviour=free-rides"]);
    assert!(seen(&outcome, "rogue: free-rides") >= 12);
    assert_eq!(seen(&outcome, "rogue: corrupts"), 0);
}
