//! What a run records of its pairs and pieces, for whoever looks at it later. That the tables agree with each other is
//! checked after every run of these tests, in [`rig`](crate::rig::check_books).

use std::collections::BTreeSet;

use swarmlab_sim::results::TransferRow;

use crate::rig::{crowd, group};

fn given(rows: &[TransferRow], uploader: u32) -> impl Iterator<Item = &TransferRow> {
    rows.iter().filter(move |row| row.uploader == uploader)
}

#[test]
fn a_lone_leecher_has_the_seeds_slot_until_it_is_complete() {
    let outcome = crowd("", &["peers.leecher.count=1"]);
    let done_s = group(&outcome, "leecher").next().unwrap().completed_s.unwrap();
    let [row] = &given(&outcome.tables.transfers, 0).collect::<Vec<_>>()[..] else { panic!("one row") };
    assert_eq!(row.downloader, 1);
    assert!(row.unchoked_s > 0.9 * done_s && row.unchoked_s <= done_s, "{row:?}, done after {done_s} s");
    assert_eq!(row.unchoked_complete_s, row.unchoked_s, "a seed can't be paid back");
    assert_eq!(given(&outcome.tables.transfers, 1).count(), 0, "nobody wants anything of the leecher");
    assert_eq!(outcome.tables.acquisitions.len(), 64, "each piece is got once");
    assert!(outcome.tables.flows.windows(2).all(|pair| pair[0].until_s <= pair[1].from_s));
}

#[test]
fn slots_of_leechers_fall_into_the_time_before_and_after_their_completion() {
    let outcome = crowd("", &["peers.leecher.on_complete=\"stay\"", "stop.when=never", "stop.at=5 min"]);
    let rows = || outcome.tables.transfers.iter().filter(|row| row.uploader != 0);
    assert!(rows().any(|row| row.unchoked_complete_s == 0.0 && row.unchoked_s > 5.0));
    let slots = 8.0; // of this client
    let total: f64 = rows().map(|row| row.unchoked_s - row.unchoked_complete_s).sum();
    let until: f64 = group(&outcome, "leecher").map(|peer| peer.completed_s.unwrap()).sum();
    assert!(total <= slots * until, "{total} s of {slots} × {until} s");
}

#[test]
fn who_comes_back_brings_along_what_its_disk_kept() {
    let crash = |keeps: &str| {
        format!(
            "[[events]]\nat = \"8 s\"\nfor = \"5 s\"\ncrash = {{ peers = \"leecher\", count = 1, keeps = \"{keeps}\" }}\n"
        )
    };
    for (keeps, brings) in [("everything", true), ("nothing", false)] {
        let outcome = crowd(&crash(keeps), &[]);
        let visit = |number: u32| outcome.tables.acquisitions.iter().filter(move |row| row.visit == number);
        let crashed = visit(2).next().expect("one came back").peer;
        let before: BTreeSet<u32> =
            visit(1).filter(|row| row.peer == crashed && row.time_s <= 8.0).map(|row| row.piece).collect();
        let back_s = visit(2).next().unwrap().time_s;
        let brought: BTreeSet<u32> =
            visit(2).filter(|row| row.time_s == back_s).map(|row| row.piece).collect();
        assert!(!before.is_empty());
        assert_eq!(brought == before, brings, "{keeps}: {before:?}, then {brought:?}");
        let all: BTreeSet<u32> = visit(2).map(|row| row.piece).collect();
        assert_eq!(all.len(), 64, "{keeps}: it completed in its second visit");
    }
}
