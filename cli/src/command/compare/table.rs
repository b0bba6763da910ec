//! A comparison, for a person at a terminal.

use std::path::Path;

use swarmlab_reports::format::{duration, percent};
use swarmlab_sim::compare::Comparison;
use swarmlab_sim::measures::{Measure, Unit};

use crate::text::say;

/// Prints a sentence for each variant, the means of every measure that there is a figure of, and where the rest is.
pub fn print(comparison: &Comparison, measure: &Measure, folder: &Path, page: &Path) {
    let plan = &comparison.plan;
    say(format_args!("{}: {}", plan.scenario, plan.vary.join(", ")));
    for sentence in comparison.sentences(measure) {
        say(format_args!("  {sentence}"));
    }
    say("");
    let width = plan.variants.iter().map(|variant| variant.name.chars().count()).max().unwrap_or(0).max(7);
    let measures = comparison.measures();
    let heads: Vec<String> = measures.iter().map(|measure| format!("{:>13}", measure.name)).collect();
    say(format_args!("  {:<width$}{}", "variant", heads.concat()));
    for (number, variant) in plan.variants.iter().enumerate() {
        let cells: Vec<String> =
            measures.iter().map(|measure| format!("{:>13}", mean(comparison, number, measure))).collect();
        say(format_args!("  {:<width$}{}", variant.name, cells.concat()));
    }
    say("");
    if comparison.is_interrupted {
        let wanted = plan.variants.len() * plan.seeds as usize;
        say(format_args!(
            "ended     {} of {wanted} runs; --resume {} goes on",
            comparison.runs.len(),
            folder.display()
        ));
    }
    say(format_args!(
        "cost      {} runs, {} wall, {} processor",
        comparison.runs.len(),
        duration(comparison.wall_s),
        duration(comparison.cpu_s)
    ));
    say(format_args!("report    {}", page.display()));
}

fn mean(comparison: &Comparison, variant: usize, measure: &Measure) -> String {
    let figures = comparison.figures(variant, measure);
    if figures.is_empty() {
        return "–".to_owned();
    }
    let mean = figures.iter().map(|(_, figure)| figure).sum::<f64>() / figures.len() as f64;
    match measure.unit {
        Unit::Seconds | Unit::Wait => duration(mean),
        Unit::Share => percent(mean),
        Unit::Copies | Unit::Index => format!("{mean:.3}"),
    }
}
