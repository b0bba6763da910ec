//! Every peer, as far as a page can show them.

use maud::{Markup, html};
use swarmlab_sim::results::{PeerRow, Run};

use crate::format::{NONE, bytes, count, duration, duration_or_none, rate};

/// The most rows on a page; the table has them all.
const ROWS_MAX: usize = 1_000;

pub(super) fn section(run: &Run) -> Markup {
    let peers = &run.tables.peers;
    let end_s = run.summary.facts.simulated_s;
    html! {
        section {
            h2 { "Peers" }
            details {
                summary { (count(peers.len() as u64)) " peers" }
                @if peers.len() > ROWS_MAX {
                    p.note { "The first " (count(ROWS_MAX as u64)) " of them; peers.parquet has all." }
                }
                div.wide { table.numbers {
                    thead { tr {
                        th { "peer" } th.name { "group" } th.name { "started as" } th.name { "address" } th { "link up" } th { "link down" }
                        th { "joined" } th { "completed after" } th { "left" } th { "sent" } th { "received" } th { "wasted" }
                        th { "protocol up" } th { "protocol down" } th { "mean up" } th { "mean down" }
                        th { "connections" } th { "bad pieces" }
                    } }
                    tbody { @for peer in peers.iter().take(ROWS_MAX) { (row(peer, end_s)) } }
                } }
            }
        }
    }
}

fn row(peer: &PeerRow, end_s: f64) -> Markup {
    let rate_or_none = |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), rate);
    html! {
        tr {
            td { (peer.peer) }
            td.name { (peer.group) }
            td.name { (peer.role) }
            td.name { (peer.address) }
            td { (rate(peer.up_bits_per_s as f64)) }
            td { (rate(peer.down_bits_per_s as f64)) }
            td { (duration(peer.joined_s)) }
            td { (duration_or_none(peer.completion_s())) }
            td { (duration_or_none(peer.left_s)) }
            td { (bytes(peer.uploaded_bytes as f64)) }
            td { (bytes(peer.downloaded_bytes as f64)) }
            td { (bytes(peer.wasted_bytes as f64)) }
            td { (bytes(peer.protocol_up_bytes as f64)) }
            td { (bytes(peer.protocol_down_bytes as f64)) }
            td { (rate_or_none(peer.mean_up_bits_per_s(end_s))) }
            td { (rate_or_none(peer.mean_down_bits_per_s(end_s))) }
            td { (peer.connections_max) }
            td { (peer.hash_failures) }
        }
    }
}
