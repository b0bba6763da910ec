//! The groups of the scenario beside each other.

use std::collections::BTreeMap;

use maud::{Markup, html};
use swarmlab_sim::results::{Completion, PeerRow, Run, Watching};

use crate::format::{NONE, count, duration, duration_or_none, percent, rate};

pub(super) fn section(run: &Run) -> Markup {
    let mut groups: BTreeMap<(&str, &str), Vec<&PeerRow>> = BTreeMap::new();
    for peer in &run.tables.peers {
        groups.entry((&peer.group, &peer.role)).or_default().push(peer);
    }
    let end_s = run.summary.facts.simulated_s;
    let anybody_watches = run.summary.watching.is_some();
    html! {
        section {
            h2 { "Groups" }
            div.scroll { table.numbers {
                thead { tr {
                    th.name { "group" } th.name { "started as" } th { "peers" } th { "completed" } th { "link up" } th { "link down" }
                    th { "median completion" } th { "95 %" } th { "mean up" } th { "mean down" }
                    @if anybody_watches { th { "watch" } th { "start-up" } th { "stalls" } th { "stalled" } th { "continuity" } }
                } }
                tbody { @for ((group, role), peers) in groups { (row(group, role, &peers, end_s, anybody_watches)) } }
            } }
            p.note { "Links and rates are means over the peers of the group; a leecher’s download rate counts until its completion." }
        }
    }
}

fn row(group: &str, role: &str, peers: &[&PeerRow], end_s: f64, anybody_watches: bool) -> Markup {
    let completion = Completion::of(peers.iter().filter_map(|peer| peer.completion_s()));
    let completed = peers.iter().filter(|peer| peer.completed_s.is_some()).count() as u64;
    let seeds = peers.iter().all(|peer| peer.is_seed());
    html! {
        tr {
            td.name { (group) }
            td.name { (role) }
            td { (count(peers.len() as u64)) }
            td { @if seeds { (NONE) } @else { (count(completed)) } }
            td { (mean_rate(peers.iter().map(|peer| peer.up_bits_per_s as f64))) }
            td { (mean_rate(peers.iter().map(|peer| peer.down_bits_per_s as f64))) }
            td { (duration_or_none(completion.median)) }
            td { (duration_or_none(completion.p95)) }
            td { (mean_rate(peers.iter().filter_map(|peer| peer.mean_up_bits_per_s(end_s)))) }
            td { (mean_rate(peers.iter().filter_map(|peer| peer.mean_down_bits_per_s(end_s)))) }
            @if anybody_watches { (watching(Watching::of(peers.iter().copied()))) }
        }
    }
}

/// What the viewers of a group have been through, in the mean.
fn watching(watching: Option<Watching>) -> Markup {
    let of = |figure: fn(&Watching) -> Option<f64>, say: fn(f64) -> String| {
        watching.as_ref().and_then(figure).map_or_else(|| NONE.to_owned(), say)
    };
    html! {
        td { (of(|watching| Some(watching.viewers as f64), |viewers| count(viewers as u64))) }
        td { (of(|watching| watching.startup_s, duration)) }
        td { (of(|watching| watching.stalls, |stalls| format!("{stalls:.1}"))) }
        td { (of(|watching| watching.stalled_s, duration)) }
        td { (of(|watching| watching.continuity, percent)) }
    }
}

fn mean_rate(rates: impl Iterator<Item = f64>) -> String {
    let (sum, count) = rates.fold((0.0, 0u32), |(sum, count), rate| (sum + rate, count + 1));
    if count == 0 { NONE.to_owned() } else { rate(sum / f64::from(count)) }
}
