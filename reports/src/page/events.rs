//! What the scenario's script did, in the order of time: the numbers in the plots.

use maud::{Markup, html};
use swarmlab_sim::results::Run;

use crate::format::{count, duration};

/// More events than this are counted, not listed.
const LISTED_MAX: usize = 200;

pub(super) fn section(run: &Run) -> Markup {
    let events = &run.tables.events;
    html! {
        @if !events.is_empty() {
            section {
                h2 { "What was done to the swarm" }
                div.scroll { table.numbers {
                    thead { tr {
                        th { "no." } th { "time" } th.name { "event" } th.name { "what" } th { "peers concerned" }
                    } }
                    tbody { @for (index, event) in events.iter().take(LISTED_MAX).enumerate() {
                        tr {
                            td { (index + 1) }
                            td { (duration(event.time_s)) }
                            td.name { (event.name) }
                            td.name { (event.action) }
                            td title=(event.peers) { (count(event.hosts.into())) }
                        }
                    } }
                } }
                p.note {
                    "By the script of the scenario; the numbers stand over the plots. "
                    @if events.len() > LISTED_MAX { "All " (count(events.len() as u64)) " are in events.parquet." }
                }
            }
        }
    }
}
