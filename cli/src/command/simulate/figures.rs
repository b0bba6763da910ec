//! The figures of a run, for a person.

use std::fmt;
use std::path::Path;

use swarmlab_reports::format::{bytes, count, duration, duration_or_none, percent};
use swarmlab_sim::results::{Summary, Watching};

use crate::text::say;

/// Prints them, and where the rest is.
pub fn print(summary: &Summary, folder: Option<&Path>, page: Option<&Path>) {
    let facts = &summary.facts;
    say(format_args!(
        "{}, seed {}: {} after {} simulated",
        facts.scenario,
        facts.seed,
        facts.stop_reason,
        duration(facts.simulated_s)
    ));
    line("completed", format!("{} of {} leechers", count(summary.completed), count(summary.leechers)));
    line("completion", completion(summary));
    line("bound", bound(summary));
    line("upload used", percent(summary.upload_utilisation));
    line("waste", percent(summary.waste_fraction));
    line("seeds sent", format!("{:.2} copies", summary.seed_copies_sent));
    line("fairness", summary.fairness.map_or("–".into(), |index| format!("{index:.3} (Jain's index)")));
    if let Some(watching) = &summary.watching {
        line("watching", viewers(watching));
    }
    if let Some(audit) = facts.audit {
        let (pieces, wrong) = (count(audit.pieces), count(audit.wrong));
        line("audit", format!("{pieces} pieces that peers hold read back and hashed, {wrong} wrong"));
    }
    line("cost", cost(summary));
    line("digest", facts.digest.clone());
    folder.into_iter().for_each(|folder| line("results", folder.display()));
    page.into_iter().for_each(|page| line("report", page.display()));
}

/// Prints one thing with its title.
pub fn line(title: &str, text: impl fmt::Display) {
    say(format_args!("  {title:<12}{text}"));
}

fn viewers(watching: &Watching) -> String {
    format!(
        "{} of {} began after {} (95 % {}); {} stalls of {} in all, {} of the time played",
        count(watching.began),
        count(watching.viewers),
        duration_or_none(watching.startup_s),
        duration_or_none(watching.startup_p95_s),
        watching.stalls.map_or("–".into(), |stalls| format!("{stalls:.1}")),
        duration_or_none(watching.stalled_s),
        watching.continuity.map_or("–".into(), percent)
    )
}

fn completion(summary: &Summary) -> String {
    let times = &summary.completion_s;
    format!(
        "first {}, median {}, 95 % {}, last {}",
        duration_or_none(times.first),
        duration_or_none(times.median),
        duration_or_none(times.p95),
        duration_or_none(times.last)
    )
}

/// What theory says of the last completion, and how near to it the swarm came.
fn bound(summary: &Summary) -> String {
    match (summary.t_min_s, summary.elapsed_s) {
        (Some(bound_s), Some(elapsed_s)) if summary.t_min_applies => format!(
            "{} ({}); the last completion took {:.2} times that",
            duration(bound_s),
            summary.t_min_reason,
            elapsed_s / bound_s
        ),
        _ => format!("none applies: {}", summary.t_min_reason),
    }
}

fn cost(summary: &Summary) -> String {
    let facts = &summary.facts;
    format!(
        "{} wall, {} processor, {} at most; {} blocks, {} a processor second",
        duration(facts.wall_s),
        duration(facts.cpu_s),
        bytes(facts.peak_rss_bytes as f64),
        count(facts.blocks),
        count(summary.blocks_per_cpu_s as u64)
    )
}
