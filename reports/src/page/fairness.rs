//! Who was served how well, group by group.

use std::collections::BTreeMap;

use maud::{Markup, html};
use swarmlab_sim::results::{PeerRow, Run, jain_index, quantile};

use crate::format::{NONE, bytes, count, rate};

pub(super) fn section(run: &Run) -> Markup {
    let end_s = run.summary.facts.simulated_s;
    let mut groups: BTreeMap<&str, Vec<&PeerRow>> = BTreeMap::new();
    for peer in run.tables.peers.iter().filter(|peer| peer.is_leecher()) {
        groups.entry(&peer.group).or_default().push(peer);
    }
    let all: Vec<&PeerRow> = groups.values().flatten().copied().collect();
    html! {
        @if !all.is_empty() {
            section {
                h3 { "Fairness" }
                div.scroll { table.numbers {
                    thead { tr {
                        th.name { "leechers" } th { "peers" } th { "Jain’s index" } th { "slowest" } th { "median" } th { "fastest" }
                        th { "sent" } th { "received" } th { "sent ÷ received" }
                    } }
                    tbody {
                        @if groups.len() > 1 { @for (group, peers) in &groups { (row(group, peers, end_s)) } }
                        (row("all", &all, end_s))
                    }
                } }
                p.note {
                    "Jain’s index of the download rates: 1 if all were served alike, 1/n if one of n got all. Among peers with \
                     different uplinks a low index over all with high ones within the groups is what tit for tat is to bring \
                     about."
                }
            }
        }
    }
}

fn row(name: &str, peers: &[&PeerRow], end_s: f64) -> Markup {
    let mut rates: Vec<f64> = peers.iter().filter_map(|peer| peer.mean_down_bits_per_s(end_s)).collect();
    rates.sort_by(f64::total_cmp);
    let at = |q: f64| quantile(&rates, q).map_or_else(|| NONE.to_owned(), rate);
    let sum = |of: fn(&PeerRow) -> u64| peers.iter().map(|peer| of(peer) as f64).sum::<f64>();
    let (sent, received) = (sum(|peer| peer.uploaded_bytes), sum(|peer| peer.downloaded_bytes));
    let ratio = if received > 0.0 { format!("{:.2}", sent / received) } else { NONE.to_owned() };
    html! {
        tr {
            td.name { (name) }
            td { (count(peers.len() as u64)) }
            td { (jain_index(&rates).map_or_else(|| NONE.to_owned(), |index| format!("{index:.3}"))) }
            td { (at(0.0)) } td { (at(0.5)) } td { (at(1.0)) }
            td { (bytes(sent)) } td { (bytes(received)) } td { (ratio) }
        }
    }
}
