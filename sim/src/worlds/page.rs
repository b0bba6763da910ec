//! The comparison as a page of the project's documentation.

use super::agreement::{AGREES_WITHIN, Agreement, Comparison};

/// The page, in Markdown.
pub fn page(comparison: &Comparison) -> String {
    let seeds = comparison.seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let rows: String = comparison.scenarios.iter().map(row).collect();
    let questions: String = comparison
        .scenarios
        .iter()
        .map(|agreement| format!("- **{}**: {}\n", agreement.scenario, agreement.question))
        .collect();
    format!(
        "# The event world and the turmoil world\n\n\
         The same scenarios with the same seeds ({seeds}) in both simulated worlds: the engine's core on the event network, \
         and the shipped client with its tokio driver on turmoil's sockets. Times are seconds from coming to completion; \
         of each run the median over the leechers, and the last; of the seeds the median. Both worlds agree where the \
         medians differ by {:.0} % at most. `just worlds` writes this page.\n\n\
         | scenario | peers | median, event | median, turmoil | difference | seed by seed | last, event | last, turmoil | |\n\
         |---|---:|---:|---:|---:|---|---:|---:|---|\n\
         {rows}\n{questions}\n\
         What the turmoil world is and is not stands in [`sim/src/turmoil/mod.rs`](../sim/src/turmoil/mod.rs). It has no \
         congestion control: streams need no time to reach their rate, which favours it where round trips are long or \
         content is small.\n",
        AGREES_WITHIN * 100.0
    )
}

fn row(agreement: &Agreement) -> String {
    let [event, turmoil] = agreement.both(|run| run.median_s);
    let [event_last, turmoil_last] = agreement.both(|run| run.last_s);
    let seeds: Vec<String> = agreement
        .event
        .iter()
        .zip(&agreement.turmoil)
        .map(|(event, turmoil)| format!("{:+.1} %", (turmoil.median_s / event.median_s - 1.0) * 100.0))
        .collect();
    format!(
        "| {} | {} | {event:.1} | {turmoil:.1} | {:+.1} % | {} | {event_last:.1} | {turmoil_last:.1} | {} |\n",
        agreement.scenario,
        agreement.hosts,
        agreement.difference() * 100.0,
        seeds.join(", "),
        if agreement.agrees() { "agrees" } else { "**differs**" },
    )
}
