//! A gate as markdown, for the summary of a CI job.

use swarmlab_sim::gate::Outcome;

use super::cells::{HEADS, cells};
use super::words::sentence;

/// The sentence, what failed, and the table.
pub fn markdown(outcome: &Outcome) -> String {
    let mut text = format!("### Swarm gate {}\n", escaped(&outcome.sentence()));
    let failed: Vec<String> =
        outcome.failed().map(|check| format!("- {}", escaped(&sentence(check)))).collect();
    if !failed.is_empty() {
        text += &format!("\n{}\n", failed.join("\n"));
    }
    let row = |cells: [String; 9]| format!("| {} |\n", cells.map(|cell| escaped(&cell)).join(" | "));
    text += &format!("\n{}|---|---|--:|--:|--:|--:|--:|--:|---|\n", row(HEADS.map(str::to_owned)));
    for check in &outcome.checks {
        let mut cells = cells(check);
        if check.verdict.fails() {
            cells[8] = format!("**{}**", cells[8]);
        }
        text += &row(cells);
    }
    let versions = outcome.baseline_versions.join(", ");
    text + &format!(
        "\nswarmlab {}; the baseline was measured by {}. A check fails if it is worse by more than is allowed, and chance alone \
         would do as much with at most {:.3} %.\n",
        outcome.version,
        escaped(&versions),
        outcome.chance_max * 100.0
    )
}

/// Names are the author's own: nothing in them ends a cell or opens a tag.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
