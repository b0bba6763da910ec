//! The results for a person at a terminal.

use swarmlab_reports::format::duration;

use crate::text::say;

use super::score::{Row, Score};

/// The line above the rows.
pub fn head() -> String {
    format!(
        "{:<31} {:>5} {:>5} {:>5} {:>7}  {:<16} {:<12} {:>9}",
        "bug", "≤10", "≤100", "≤1000", "median", "property", "shrunk to", "wall"
    )
}

/// One bug. The first three figures are rounds.
pub fn row(row: &Row<'_>) -> String {
    let of = row.rounds.len();
    let [ten, hundred, thousand] = [10, 100, 1_000].map(|seeds| format!("{}/{of}", row.caught_within(seeds)));
    let median = row.median_seeds().map_or("–".into(), |seeds| seeds.to_string());
    let property = match row.properties()[..] {
        [] => row.reach().map_or("MISSED".into(), |reach| {
            format!("MISSED ({:.0} % reached)", 100.0 * f64::from(reach.changed) / f64::from(reach.of))
        }),
        ref all => format!("{}{}", all.join(" "), if row.is_general_only() { " (½)" } else { "" }),
    };
    let shrunk = row.shrunk().map_or("–".into(), |size| format!("{} × {}", size.hosts, size.pieces));
    let wall = duration(row.record.wall_s);
    format!(
        "{:<31} {ten:>5} {hundred:>5} {thousand:>5} {median:>7}  {property:<16} {shrunk:<12} {wall:>9}",
        row.bug.name
    )
}

/// What all of it comes to.
pub fn print_totals(score: &Score<'_>) {
    for goal in score.goals() {
        let asked = goal.asked.map_or(String::new(), |asked| format!("; the goal is {:.0} %", 100.0 * asked));
        say(format_args!(
            "caught    {:.1} % of {} bugs within {} seeds{asked}",
            100.0 * goal.share,
            score.rows.len(),
            goal.seeds
        ));
    }
    if let Some(size) = score.median_shrunk() {
        say(format_args!("shrunk    to {} hosts and {} pieces in the median", size.hosts, size.pieces));
    }
    if let Some(canary) = &score.canary {
        say(format_args!("canary    caught by {} of {} seeds", canary.caught, canary.of));
    }
    if let Some(clean) = &score.clean {
        say(format_args!(
            "clean     {} false alarms in {} seeds ({})",
            clean.alarms.len(),
            clean.seeds,
            duration(clean.wall_s)
        ));
    }
    if !score.blind.is_empty() {
        say(format_args!(
            "blind     {} of {} blind checks are backed by another",
            score.backed(),
            score.blind.len()
        ));
    }
    for shortcoming in score.shortcomings() {
        say(format_args!("not met   {shortcoming}"));
    }
}
