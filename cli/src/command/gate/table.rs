//! A gate, for a person at a terminal.

use swarmlab_reports::format::duration;
use swarmlab_reports::gate::{HEADS, cells, sentence};
use swarmlab_sim::gate::Outcome;

use crate::text::say;

/// Columns of words; the others are figures.
const LEFT: [usize; 3] = [0, 1, 8];

/// Prints the table, what failed, and the outcome.
pub fn print(outcome: &Outcome) {
    let rows: Vec<[String; 9]> =
        std::iter::once(HEADS.map(str::to_owned)).chain(outcome.checks.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if LEFT.contains(&column) { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    say("");
    for check in outcome.failed() {
        say(sentence(check));
    }
    say(outcome.sentence());
    say(format_args!(
        "{} wall, {} processor; baseline measured by {}",
        duration(outcome.wall_s),
        duration(outcome.cpu_s),
        outcome.baseline_versions.join(", ")
    ));
}
