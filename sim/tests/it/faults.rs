//! Each fault that a script can cause, beside the same run without it.

use swarmlab_engine::storage::Hashing;
use swarmlab_sim::results::PeerRow;
use swarmlab_sim::world::{Options, Outcome};

use crate::rig::{CHECKED, SLOW_CROWD, crowd, group, last_s, run, scenario};

fn total(outcome: &Outcome, of: fn(&PeerRow) -> u64) -> u64 {
    outcome.tables.peers.iter().map(of).sum()
}

/// Payload that these peers had received, by the samples at both times.
fn received_between(outcome: &Outcome, peers: &[u32], from_s: f64, until_s: f64) -> u64 {
    let at = |time_s: f64, peer: u32| {
        let mut rows = outcome.tables.progress.iter().filter(|row| row.peer == peer && row.time_s <= time_s);
        rows.next_back().map_or(0, |row| row.downloaded_bytes)
    };
    peers.iter().map(|&peer| at(until_s, peer) - at(from_s, peer)).sum()
}

/// The peers that the script's first event concerned.
fn concerned(outcome: &Outcome) -> Vec<u32> {
    let number = |text: &str| text.parse::<u32>().unwrap();
    let range = |part: &str| match part.split_once('-') {
        Some((first, last)) => number(first)..=number(last),
        None => number(part)..=number(part),
    };
    outcome.tables.events[0].peers.split(", ").flat_map(range).collect()
}

#[test]
fn a_crash_without_a_return_ends_a_run_when_nobody_is_left() {
    let outcome = crowd("[[events]]\nat = \"5 s\"\ncrash = { peers = \"leecher\" }", &[]);
    assert_eq!(outcome.facts.stop_reason, "nobody is left to complete");
    assert!(group(&outcome, "leecher").all(|peer| peer.left_s == Some(5.0) && peer.completed_s.is_none()));
    let some = crowd("[[events]]\nat = \"5 s\"\ncrash = { peers = \"leecher\", count = 5 }", &[]);
    assert_eq!(some.facts.stop_reason, "nobody is left to complete");
    assert_eq!(group(&some, "leecher").filter(|peer| peer.completed_s.is_some()).count(), 7);
}

#[test]
fn after_a_crash_what_was_kept_is_not_fetched_again() {
    let size = 12 * (8 << 20);
    let crash = |silent: bool, keeps: &str| {
        let event = format!(
            "[[events]]\nat = \"12 s\"\nfor = \"20 s\"\n\
             crash = {{ peers = \"leecher\", count = 6, silent = {silent}, keeps = \"{keeps}\" }}"
        );
        let outcome = crowd(&event, &[]);
        assert_eq!(outcome.facts.stop_reason, "all complete", "{silent}, {keeps}");
        assert!(last_s(&outcome) > 32.0);
        total(&outcome, |peer| peer.downloaded_bytes - peer.wasted_bytes) - size
    };
    for silent in [false, true] {
        let lost = ["everything", "synced", "nothing"].map(|keeps| crash(silent, keeps));
        assert!(lost[0] <= lost[1] && lost[1] < lost[2], "fetched again: {lost:?}");
        // Of what was safe nothing; a few pieces in progress each.
        assert!(lost[1] < 6 * 12 * (128 << 10), "fetched again: {lost:?}");
        assert!(lost[2] > 6 * (1 << 20), "fetched again: {lost:?}");
    }
}

#[test]
fn a_power_cut_is_noticed_later_than_a_crash() {
    let lasts = |silent: bool| {
        let event = format!(
            "[[events]]\nat = \"8 s\"\ncrash = {{ peers = \"leecher\", count = 4, silent = {silent} }}"
        );
        crowd(&event, &["stop.when=never", "stop.at=10 s"]).tables.timeline.last().unwrap().connections
    };
    // Of 13 hosts 4 are gone: 36 pairs remain, and the halves of the 36 that the others still believe in.
    assert!(lasts(false) <= 36, "{} connections", lasts(false));
    assert!(lasts(true) > lasts(false), "{} and {} connections", lasts(true), lasts(false));
}

#[test]
fn a_mass_departure_takes_its_share_and_the_rest_completes() {
    let outcome = crowd("[[events]]\nat = \"5 s\"\nleave = { peers = \"leecher\", share = \"50 %\" }", &[]);
    let left = group(&outcome, "leecher").filter(|peer| peer.left_s.is_some()).count();
    let completed = group(&outcome, "leecher").filter(|peer| peer.completed_s.is_some()).count();
    assert_eq!((left, completed), (6, 6));
    assert_eq!(concerned(&outcome).len(), 6);
}

#[test]
fn a_frozen_client_takes_nothing_in_and_goes_on_when_it_thaws() {
    let pause = |events: &str| crowd(events, &[]);
    let outcome =
        pause("[[events]]\nat = \"6 s\"\nfor = \"30 s\"\npause = { peers = \"leecher\", count = 4 }");
    let frozen = concerned(&outcome);
    assert_eq!(frozen.len(), 4);
    assert_eq!(received_between(&outcome, &frozen, 7.0, 35.0), 0);
    assert!(received_between(&outcome, &frozen, 35.0, 45.0) > 4 << 20);
    assert!(received_between(&outcome, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 7.0, 35.0) > 16 << 20);
    assert_eq!(outcome.facts.stop_reason, "all complete");
    assert!(last_s(&outcome) > last_s(&pause("")) + 5.0);
}

#[test]
fn streams_that_are_reset_are_made_again() {
    let calm = crowd("", &[]);
    let reset = crowd("[[events]]\nat = \"6 s\"\nreset = { peers = \"seed\" }", &[]);
    assert_eq!(reset.facts.stop_reason, "all complete");
    assert_eq!(received_between(&reset, &[0], 0.0, 10.0), 0);
    // The seed is the only source: while nobody is connected to it nothing of it comes.
    assert!(last_s(&reset) > last_s(&calm), "{} and {} s", last_s(&reset), last_s(&calm));
}

#[test]
fn whoever_comes_while_the_tracker_fails_is_found_later() {
    let late = ["peers.leecher.start=20 s", "peers.leecher.count=3"];
    let fault = |fault: &str| {
        let event = format!("[[events]]\nat = \"10 s\"\nfor = \"3 min\"\ntracker = \"{fault}\"");
        let outcome = crowd(&event, &late);
        assert_eq!(outcome.facts.stop_reason, "all complete", "{fault}");
        last_s(&outcome)
    };
    let calm = last_s(&crowd("", &late));
    assert!(calm < 60.0, "{calm} s");
    for name in ["down", "error", "garbage", "slow"] {
        let last = fault(name);
        assert!((180.0..900.0).contains(&last), "{name}: {last} s");
    }
    // An empty answer is an answer: the next announce comes when it says.
    assert!(fault("empty") > 1_000.0);
}

#[test]
fn a_full_disk_holds_its_own_client_up_and_no_longer_than_it_is_full() {
    let calm = crowd("", &[]);
    let full = crowd(
        "[[events]]\nat = \"5 s\"\nfor = \"1 min\"\ndisk = { peers = \"leecher\", count = 3, fault = \"full\" }",
        &[],
    );
    assert_eq!(full.facts.stop_reason, "all complete");
    let concerned = concerned(&full);
    let (those, others): (Vec<&PeerRow>, Vec<&PeerRow>) =
        group(&full, "leecher").partition(|peer| concerned.contains(&peer.peer));
    let last = |peers: &[&PeerRow]| peers.iter().filter_map(|peer| peer.completed_s).fold(0.0, f64::max);
    assert!(last(&those) > 65.0 && last(&those) < 150.0, "{} s", last(&those));
    assert!(last(&others) < last_s(&calm) * 1.5, "{} and {} s", last(&others), last_s(&calm));
    assert!(those.iter().all(|peer| peer.wasted_bytes > 0));
}

#[test]
fn a_slow_disk_slows_its_own_client() {
    let slow = crowd(
        "[[events]]\nat = \"0 s\"\n[events.disk]\npeers = \"leecher\"\ncount = 3\nfault = \"slow\"\ndelay = \"100 ms\"",
        &["peers.leecher.start=0 s"],
    );
    assert_eq!(slow.facts.stop_reason, "all complete");
    // 8 MiB are 512 blocks and 64 hashes.
    let slowed = concerned(&slow);
    for peer in group(&slow, "leecher") {
        let done = peer.completed_s.unwrap();
        assert_eq!(done > 57.6, slowed.contains(&peer.peer), "peer {} after {done} s", peer.peer);
    }
}

#[test]
fn what_a_slow_disk_has_not_done_when_its_client_leaves_never_happens() {
    let outcome = crowd(
        "[[events]]\nat = \"0 s\"\n[events.disk]\npeers = \"leecher\"\nfault = \"slow\"\ndelay = \"20 ms\"",
        &["peers.leecher.abort=8 s", "peers.leecher.returns={ after = \"2 s\", times = 20 }"],
    );
    assert_eq!(outcome.facts.stop_reason, "all complete");
}

#[test]
fn a_disk_that_fails_ends_its_own_download_alone() {
    let outcome =
        crowd("[[events]]\nat = \"5 s\"\ndisk = { peers = \"leecher\", count = 2, fault = \"error\" }", &[]);
    assert_eq!(outcome.facts.stop_reason, "nobody is left to complete");
    assert_eq!(group(&outcome, "leecher").filter(|peer| peer.completed_s.is_some()).count(), 10);
}

#[test]
fn a_lying_disk_is_found_out() {
    let text = format!(
        "{SLOW_CROWD}[[events]]\nat = \"3 s\"\nfor = \"3 s\"\ndisk = {{ peers = \"seed\", fault = \"lying\" }}"
    );
    let outcome =
        run(&scenario(&text, &["peers.seed.count=2"]), Options { hashing: Hashing::Full, ..CHECKED });
    assert!(total(&outcome, |peer| peer.hash_failures.into()) > 0, "nobody noticed");
    assert_eq!(outcome.audit.unwrap().wrong, [], "somebody believed it");
}

#[test]
fn who_calls_a_frozen_client_is_heard_when_it_thaws() {
    // Everybody dials the seed while it is frozen. Whoever it then didn't listen to would wait for its hello for 20 s, and
    // dial again 30 s later.
    let event = "[[events]]\nat = \"1 s\"\nfor = \"5 s\"\npause = { peers = \"seed\" }";
    let outcome = crowd(event, &["torrent.size=1 MiB", "peers.leecher.start=2 s"]);
    assert_eq!(outcome.facts.stop_reason, "all complete");
    assert!((6.0..20.0).contains(&last_s(&outcome)), "{}", last_s(&outcome));
}
