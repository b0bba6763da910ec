//! The figures of the run at a glance, and how to play it again.

use maud::{Markup, html};
use swarmlab_sim::results::Summary;

use super::symbols::symbols;
use crate::format::{NONE, bytes, count, duration, duration_or_none, percent};

pub(super) fn section(summary: &Summary) -> Markup {
    html! {
        section.figures { @for (name, value, remark) in figures(summary) { (figure(name, &value, &remark)) } }
        section.run {
            table.facts { @for (name, value) in facts(summary) { tr { th { (name) } td { (value) } } } }
            p { "The same run again, with the same digest:" }
            pre { "swarmlab simulate scenario.toml --seed " (summary.facts.seed) }
        }
    }
}

/// Name, value and remark.
fn figures(summary: &Summary) -> [(&'static str, String, String); 8] {
    let torrent = &summary.facts.torrent;
    let completion = &summary.completion_s;
    let [first, median, p95] = [completion.first, completion.median, completion.p95].map(duration_or_none);
    let spread = format!("first {first} · median {median} · 95 % {p95}");
    let of_leechers = format!("of {} leechers; {}", count(summary.leechers), summary.facts.stop_reason);
    let fairness = summary.fairness.map_or_else(|| NONE.to_owned(), |index| format!("{index:.3}"));
    let pieces =
        format!("{} pieces of {}", count(torrent.pieces.into()), bytes(torrent.piece_length_bytes as f64));
    [
        ("Last completion", duration_or_none(completion.last), spread),
        ("Above the lower bound", above_bound(summary), bound(summary)),
        ("Completed", completed(summary), of_leechers),
        (
            "Upload utilisation",
            percent(summary.upload_utilisation),
            "of the links, while somebody was downloading".to_owned(),
        ),
        ("Waste", percent(summary.waste_fraction), "of the payload received was of no use".to_owned()),
        ("Fairness", fairness, "Jain’s index of the leechers’ download rates".to_owned()),
        (
            "Sent by the seeds",
            format!("{:.2} ×", summary.seed_copies_sent),
            "the content, by the initial seeds".to_owned(),
        ),
        ("Torrent", bytes(torrent.size_bytes as f64), pieces),
    ]
}

fn figure(name: &str, value: &str, remark: &str) -> Markup {
    html! { div { span.name { (name) } span.value { (value) } span.remark { (symbols(remark)) } } }
}

fn facts(summary: &Summary) -> [(&'static str, String); 6] {
    let facts = &summary.facts;
    let simulated = format!(
        "{} in {} events, sampled every {}",
        duration(facts.simulated_s),
        count(facts.events),
        duration(facts.sample_interval_s),
    );
    let cost = format!(
        "{} processor time, {} wall time, {} peak memory; {} blocks, {} per processor second",
        duration(facts.cpu_s),
        duration(facts.wall_s),
        bytes(facts.peak_rss_bytes as f64),
        count(facts.blocks),
        count(summary.blocks_per_cpu_s.round() as u64),
    );
    [
        ("World", facts.world.clone()),
        ("Seed", facts.seed.to_string()),
        ("Event digest", facts.digest.clone()),
        ("Torrent", format!("{} ({})", facts.torrent.name, facts.torrent.info_hash)),
        ("Simulated", simulated),
        ("Cost", cost),
    ]
}

fn completed(summary: &Summary) -> String {
    match summary.leechers {
        0 => NONE.to_owned(),
        leechers => percent(summary.completed as f64 / leechers as f64),
    }
}

fn above_bound(summary: &Summary) -> String {
    match (summary.t_min_applies, summary.t_min_s, summary.elapsed_s) {
        (true, Some(bound_s), Some(elapsed_s)) => format!("{:+.1} %", (elapsed_s / bound_s - 1.0) * 100.0),
        _ => NONE.to_owned(),
    }
}

fn bound(summary: &Summary) -> String {
    match (summary.t_min_applies, summary.t_min_s) {
        (true, Some(bound_s)) => format!("T_min {}: {}", duration(bound_s), summary.t_min_reason),
        (false, Some(bound_s)) => {
            format!("T_min {} does not apply: {}", duration(bound_s), summary.t_min_reason)
        }
        (_, None) => format!("no T_min: {}", summary.t_min_reason),
    }
}
