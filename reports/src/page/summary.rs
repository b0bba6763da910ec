//! The figures of the run at a glance, and how to play it again.

use maud::{Markup, html};
use swarmlab_sim::results::Summary;

use super::symbols::symbols;
use crate::format::{NONE, bytes, count, duration, duration_or_none, percent};

pub(super) fn section(summary: &Summary) -> Markup {
    let facts = &summary.facts;
    let torrent = &facts.torrent;
    let completion = &summary.completion_s;
    let spread = format!(
        "first {} · median {} · 95 % {}",
        duration_or_none(completion.first),
        duration_or_none(completion.median),
        duration_or_none(completion.p95),
    );
    let fairness = summary.fairness.map_or_else(|| NONE.to_owned(), |index| format!("{index:.3}"));
    html! {
        section.figures {
            (figure("Last completion", &duration_or_none(completion.last), &spread))
            (figure("Above the lower bound", &above_bound(summary), &bound(summary)))
            (figure("Completed", &completed(summary), &format!("of {} leechers; {}", count(leechers(summary)), facts.stop_reason)))
            (figure("Upload utilisation", &percent(summary.upload_utilisation), "of the links, while somebody was downloading"))
            (figure("Waste", &percent(summary.waste_fraction), "of the payload received was of no use"))
            (figure("Fairness", &fairness, "Jain’s index of the leechers’ download rates"))
            (figure("Sent by the seeds", &format!("{:.2} ×", summary.seed_copies_sent), "the content, by the initial seeds"))
            (figure("Torrent", &bytes(torrent.size_bytes as f64), &format!("{} pieces of {}", count(torrent.pieces.into()), bytes(torrent.piece_length_bytes as f64))))
        }
        section.run {
            table.facts {
                (fact("World", &facts.world))
                (fact("Seed", &facts.seed.to_string()))
                (fact("Event digest", &facts.digest))
                (fact("Torrent", &format!("{} ({})", torrent.name, torrent.info_hash)))
                (fact("Simulated", &format!("{} in {} events, sampled every {}", duration(facts.simulated_s), count(facts.events), duration(facts.sample_interval_s))))
                (fact("Cost", &format!("{} processor time, {} wall time, {} peak memory; {} blocks, {} per processor second", duration(facts.cpu_s), duration(facts.wall_s), bytes(facts.peak_rss_bytes as f64), count(facts.blocks), count(summary.blocks_per_cpu_s.round() as u64))))
            }
            p { "The same run again, with the same digest:" }
            pre { "swarmlab simulate scenario.toml --seed " (facts.seed) }
        }
    }
}

fn figure(name: &str, value: &str, remark: &str) -> Markup {
    html! { div { span.name { (name) } span.value { (value) } span.remark { (symbols(remark)) } } }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { tr { th { (name) } td { (value) } } }
}

fn leechers(summary: &Summary) -> u64 {
    summary.peers.saturating_sub(summary.seeds)
}

fn completed(summary: &Summary) -> String {
    match leechers(summary) {
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
