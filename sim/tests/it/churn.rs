//! Who comes, with what, and when they lose patience and come back.

use std::collections::BTreeMap;

use crate::rig::{crowd, group, last_s};

#[test]
fn a_mix_of_links_is_exact_and_dealt_by_the_seed() {
    let links = |seed: &str| {
        let mix = ["peers.leecher.count=40", "stop.when=never", "stop.at=1 s", seed];
        let text = crate::rig::SLOW_CROWD
            .replace("    up = \"4 Mbit/s\"\n    down = \"16 Mbit/s\"", "    access = \"saroiu-2002\"");
        let outcome = crate::rig::run(&crate::rig::scenario(&text, &mix), crate::rig::CHECKED);
        group(&outcome, "leecher").map(|peer| peer.up_bits_per_s).collect::<Vec<_>>()
    };
    let (one, two) = (links("seed=1"), links("seed=2"));
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    one.iter().for_each(|up| *counts.entry(*up).or_default() += 1);
    assert_eq!(Vec::from_iter(counts.values().copied()), [8, 16, 10, 6]);
    assert_ne!(one, two);
    assert!(!one.is_sorted());
}

#[test]
fn whoever_begins_with_a_part_fetches_the_rest() {
    let outcome = crowd("", &["peers.leecher.has={ share = \"50 %\" }"]);
    assert_eq!(outcome.facts.stop_reason, "all complete");
    for peer in group(&outcome, "leecher") {
        assert_eq!(peer.downloaded_bytes - peer.wasted_bytes, 4 << 20, "{peer:?}");
    }
    let exception = outcome.facts.t_min_exception.unwrap();
    assert_eq!(exception, "a leecher started with a part of the content");
    let first = outcome.tables.timeline[0].copies_max;
    assert!((2..=13).contains(&first), "what they have brought counts: {first}");
}

#[test]
fn everybody_lacks_the_same_piece() {
    let outcome = crowd("", &["peers.leecher.has={ all_but = 1 }", "stop.when=never", "stop.at=1 s"]);
    let last_sample =
        outcome.tables.pieces.iter().filter(|row| row.time_s > 0.0).map(|row| row.time_s).next();
    let copies: Vec<u32> = outcome
        .tables
        .pieces
        .iter()
        .filter(|row| Some(row.time_s) == last_sample)
        .map(|row| row.copies)
        .collect();
    assert_eq!(copies.iter().filter(|copies| **copies < 13).count(), 1, "{copies:?}");
}

#[test]
fn who_loses_patience_leaves_and_comes_back_with_what_it_has() {
    let abort = "peers.leecher.abort=10 s";
    let gone = crowd("", &[abort]);
    assert_eq!(gone.facts.stop_reason, "nobody is left to complete");
    assert!(group(&gone, "leecher").all(|peer| peer.left_s.is_some() && peer.completed_s.is_none()));
    let back = crowd("", &[abort, "peers.leecher.returns={ after = \"30 s\", times = 5 }"]);
    assert_eq!(back.facts.stop_reason, "all complete");
    assert!(last_s(&back) > 50.0, "{} s", last_s(&back));
    for peer in group(&back, "leecher") {
        // Pieces in progress are lost with each departure, nothing else.
        let again = peer.downloaded_bytes - peer.wasted_bytes - (8 << 20);
        assert!(again < 5 * 12 * (128 << 10), "{again} bytes were fetched again: {peer:?}");
    }
    // Whoever is patient enough is not concerned.
    let patient = crowd("", &["peers.leecher.abort=10 min"]);
    assert!(group(&patient, "leecher").all(|peer| peer.left_s.is_none()));
}

#[test]
fn stays_differ_from_host_to_host() {
    let overrides = [
        "peers.leecher.on_complete={ stay = { exponential = \"20 s\" } }",
        "stop.when=never",
        "stop.at=10 min",
    ];
    let outcome = crowd("", &overrides);
    let mut stays: Vec<f64> =
        group(&outcome, "leecher").map(|peer| peer.left_s.unwrap() - peer.completed_s.unwrap()).collect();
    stays.sort_by(f64::total_cmp);
    stays.dedup();
    assert_eq!(stays.len(), 12);
    let mean = stays.iter().sum::<f64>() / 12.0;
    assert!((5.0..60.0).contains(&mean), "{mean} s");
}
