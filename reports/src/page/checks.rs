//! What this run was checked against, and what it was not.

use std::collections::BTreeMap;

use maud::{Markup, html};
use swarmlab_sim::results::Run;

use super::symbols::symbols;
use crate::format::{bytes, count, duration};

/// How a check ended.
enum Verdict {
    Holds,
    Violated,
    NotChecked,
}

impl Verdict {
    fn of(holds: bool) -> Verdict {
        if holds { Verdict::Holds } else { Verdict::Violated }
    }

    fn class_and_name(&self) -> (&'static str, &'static str) {
        match self {
            Verdict::Holds => ("holds", "holds"),
            Verdict::Violated => ("violated", "VIOLATED"),
            Verdict::NotChecked => ("unchecked", "not checked"),
        }
    }
}

struct Check {
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

pub(super) fn section(run: &Run) -> Markup {
    let unchecked =
        |what, detail: &str| Check { what, verdict: Verdict::NotChecked, detail: detail.to_owned() };
    let checks = [
        lower_bound(run),
        conservation(run),
        pairs(run),
        held_pieces(run),
        unchecked(
            "Same scenario, same seed, same digest",
            "this page shows one run; compare the digest with a repeat",
        ),
        unchecked("Other seeds", "one seed says nothing about the spread between seeds"),
        unchecked("Other clients and real networks", "no measured run stands beside this one"),
    ];
    html! {
        section {
            h2 { "What this run was checked against" }
            table.checks {
                @for Check { what, verdict, detail } in checks {
                    @let (class, name) = verdict.class_and_name();
                    tr { td class=(class) { (name) } th { (symbols(what)) } td { (symbols(&detail)) } }
                }
            }
        }
    }
}

fn lower_bound(run: &Run) -> Check {
    let summary = &run.summary;
    let (verdict, detail) = match (summary.t_min_applies, summary.t_min_s, summary.elapsed_s) {
        (true, Some(bound_s), Some(elapsed_s)) => (
            Verdict::of(elapsed_s >= bound_s),
            format!(
                "last completion after {}, no protocol can do it before {}",
                duration(elapsed_s),
                duration(bound_s)
            ),
        ),
        _ => (Verdict::NotChecked, summary.t_min_reason.clone()),
    };
    Check { what: "The last completion is not before T_min (Kumar and Ross 2006)", verdict, detail }
}

fn held_pieces(run: &Run) -> Check {
    let (verdict, detail) = match run.summary.facts.audit {
        Some(audit) => (
            Verdict::of(audit.wrong == 0),
            format!(
                "{} pieces of all peers read back and hashed, {} wrong",
                count(audit.pieces),
                count(audit.wrong)
            ),
        ),
        None => (Verdict::NotChecked, "verified by identity; run with --hash full".to_owned()),
    };
    Check { what: "The bytes that peers hold hash to the torrent's pieces", verdict, detail }
}

fn conservation(run: &Run) -> Check {
    let peers = &run.tables.peers;
    let sent: f64 = peers.iter().map(|peer| peer.uploaded_bytes as f64).sum();
    let received: f64 = peers.iter().map(|peer| peer.downloaded_bytes as f64).sum();
    Check {
        what: "Nobody received payload that nobody sent",
        verdict: Verdict::of(
            received <= sent && peers.iter().all(|peer| peer.wasted_bytes <= peer.downloaded_bytes),
        ),
        detail: format!("{} sent, {} received; the rest was lost or under way", bytes(sent), bytes(received)),
    }
}

fn pairs(run: &Run) -> Check {
    let peers = &run.tables.peers;
    // What each peer sent, and what was sent to it.
    let mut sums: BTreeMap<u32, (u64, u64)> = peers.iter().map(|peer| (peer.peer, (0, 0))).collect();
    let mut known = true;
    for row in &run.tables.transfers {
        known &= sums.contains_key(&row.uploader) && sums.contains_key(&row.downloader);
        sums.entry(row.uploader).and_modify(|(sent, _)| *sent = sent.saturating_add(row.payload_bytes));
        sums.entry(row.downloader)
            .and_modify(|(_, offered)| *offered = offered.saturating_add(row.payload_bytes));
    }
    let agree = peers.iter().all(|peer| {
        let (sent, offered) = sums[&peer.peer];
        peer.uploaded_bytes == sent && peer.downloaded_bytes <= offered
    });
    Check {
        what: "What each peer sent adds up over its partners, and none received more than was sent to it",
        verdict: Verdict::of(known && agree),
        detail: format!(
            "{} pairs exchanged payload",
            count(run.tables.transfers.iter().filter(|row| row.payload_bytes > 0).count() as u64)
        ),
    }
}
