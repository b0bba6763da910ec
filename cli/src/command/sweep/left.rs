//! What is left to do, for a person at a terminal.

use swarmlab_sim::results::EventRow;
use swarmlab_sim::sweep::Standing;

/// What is listed of many.
const LISTED_MAX: usize = 12;

/// A line for runs that are missing, and one for each that is broken; of many the first.
pub fn lines(standing: &Standing<'_>) -> Vec<String> {
    let missing: Vec<u32> = standing.missing().map(|run| run.number).collect();
    let mut lines = Vec::new();
    if !missing.is_empty() {
        let ranges = EventRow::ranges(&missing);
        let mut listed: Vec<&str> = ranges.split(", ").collect();
        if listed.len() > LISTED_MAX {
            listed.truncate(LISTED_MAX);
            listed.push("…");
        }
        lines.push(format!("missing   {}: {}", missing.len(), listed.join(", ")));
    }
    let broken = standing.broken().count();
    lines.extend(standing.broken().take(LISTED_MAX).map(|(run, why)| format!("broken    {run}: {why}")));
    if broken > LISTED_MAX {
        lines.push(format!("broken    and {} more", broken - LISTED_MAX));
    }
    lines
}
