//! The verdicts, for a person at a terminal.

use std::path::Path;

use swarmlab_reports::format::duration;
use swarmlab_reports::validation::words;
use swarmlab_sim::validate::{Section, Validation, Verdict};

use crate::text::say;

/// Prints every claim beside what was simulated, and where the rest is.
pub fn print(validation: &Validation, page: &Path) {
    for section in &validation.experiments {
        print_section(section);
    }
    let verdicts = [Verdict::Holds, Verdict::Violated, Verdict::Met, Verdict::Missed, Verdict::Undecided];
    let counts: Vec<String> = verdicts
        .into_iter()
        .map(|verdict| (validation.count(verdict), verdict))
        .filter(|(count, _)| *count > 0)
        .map(|(count, verdict)| format!("{count} {}", verdict.describe()))
        .collect();
    say(format_args!("claims    {}", counts.join(", ")));
    say(format_args!(
        "cost      {} wall, {} processor",
        duration(validation.wall_s),
        duration(validation.cpu_s)
    ));
    say(format_args!("report    {}", page.display()));
}

fn print_section(section: &Section) {
    say(format_args!("{} {}", section.id, section.title));
    if let Some(reason) = &section.not_run {
        say(format_args!("  not run: {reason}"));
    }
    if let Some(left_out) = &section.left_out {
        say(format_args!("  left out: {left_out}"));
    }
    for row in &section.rows {
        say(format_args!(
            "  {:<10}{}: {} (expected {}; {} {})",
            row.verdict.describe(),
            row.what,
            words::simulated(row),
            row.expected,
            row.rule.describe(),
            words::tolerance(row.range, row.unit),
        ));
    }
}
