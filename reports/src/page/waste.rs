//! What became of payload that was of no use, by cause.

use maud::{Markup, html};
use swarmlab_sim::results::{PeerRow, Run};

use crate::format::{bytes, count, percent};

/// A cause: its name, what it means, and its column.
type Cause = (&'static str, &'static str, fn(&PeerRow) -> u64);

const CAUSES: [Cause; 5] = [
    ("twice", "asked of several peers, and another one was first: endgame", |peer| {
        peer.wasted_duplicate_bytes
    }),
    (
        "late",
        "given up before it came, since its sender choked or seemed stuck; nobody else had sent it",
        |peer| peer.wasted_late_bytes,
    ),
    ("bad piece", "of a piece that did not match its hash", |peer| peer.wasted_bad_piece_bytes),
    ("unasked", "nobody had asked for it, or there is no such block", |peer| peer.wasted_unasked_bytes),
    ("no room", "the disk was full", |peer| peer.wasted_no_room_bytes),
];

pub(super) fn section(run: &Run) -> Markup {
    let peers = &run.tables.peers;
    let sum = |of: fn(&PeerRow) -> u64| peers.iter().map(|peer| of(peer) as f64).sum::<f64>();
    let received = sum(|peer| peer.downloaded_bytes).max(1.0);
    let wasted = sum(|peer| peer.wasted_bytes);
    let of = |part: f64| if wasted > 0.0 { part / wasted } else { 0.0 };
    html! {
        section {
            h3 { "Waste by cause" }
            div.scroll { table.numbers.waste {
                thead { tr {
                    th.name { "cause" } th { "bytes" } th { "of the payload received" } th { "peers" } th.name { "of the waste" }
                } }
                tbody {
                    @for (name, meaning, column) in CAUSES {
                        @let part = sum(column);
                        tr {
                            td.name { (name) br; span.note { (meaning) } }
                            td { (bytes(part)) }
                            td { (percent(part / received)) }
                            td { (count(peers.iter().filter(|peer| column(peer) > 0).count() as u64)) }
                            td.name { span.bar style=(format!("width: {:.1}%", of(part) * 70.0)) {} " " (percent(of(part))) }
                        }
                    }
                    tr.sum {
                        td.name { "all" } td { (bytes(wasted)) } td { (percent(wasted / received)) }
                        td { (count(peers.iter().filter(|peer| peer.wasted_bytes > 0).count() as u64)) } td {}
                    }
                }
            } }
        }
    }
}
