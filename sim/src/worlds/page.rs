//! The comparison as a page of the project's documentation.

use super::agreement::{AGREES_WITHIN, Agreement, Comparison};

/// What was learned where both did not agree at first, or don't. Figures of the commit that brought the turmoil world.
const FOUND: &str = "\
## What was mended, and what is left

- **Turns before the uplink.** At first each stream of the turmoil world had one segment of twelve packets in its host's uplink,
  first come first served, and `thin-uplinks` took 43 % longer there: a request waited behind a segment of every other stream,
  0.3 s each. The event network lets a stream hand over at once while less than the queue waits; now both do.
- **What is said meanwhile goes along.** A stream that waited for its turn took with it what it had to say when it began to
  wait; what came later waited for another turn: still 26 %. Now it has a send buffer, as a socket has, of the driver's
  own low-water mark: within 10 %.
- **No congestion control.** Turmoil's streams need no time to reach their rate. Where a download takes a second or two that is
  what counts: 1 MiB from a seed with 20 Mbit/s to eight who are 50 ms apart takes 1.6 s there, and 2.1 s in the event world.
  With 64 MiB over links of 50 to 200 Mbit/s, 80 ms apart, 7 % are left of it.
- **Chance.** Single seeds differ by more than medians: which piece goes where first is not the same in both worlds. In
  `heterogeneous`, where some links are twenty times as fast as others, that moves a median by up to a sixth, in
  `thin-uplinks` by up to a third.

What the turmoil world is and is not stands in [`sim/src/turmoil/mod.rs`](../sim/src/turmoil/mod.rs).
";

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
        "<!-- Written by `just worlds`: change sim/src/worlds/page.rs, not this page. -->\n\n\
         # The event world and the turmoil world\n\n\
         The same scenarios with the same seeds ({seeds}) in both simulated worlds: the engine's core on the event network,\n\
         and the shipped client with its tokio driver on turmoil's sockets. Times are seconds from coming to completion; of\n\
         each run the median over the leechers, and the last; of the seeds the median. Both worlds agree where the medians\n\
         differ by {:.0} % at most. `just worlds` writes this page, and fails where they don't.\n\n\
         | scenario | peers | median, event | median, turmoil | difference | seed by seed | last, event | last, turmoil | |\n\
         |---|---:|---:|---:|---:|---|---:|---:|---|\n\
         {rows}\n{questions}\n\
         {FOUND}",
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
