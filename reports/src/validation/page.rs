//! The page: the outcome at a glance, then each experiment.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use swarmlab_sim::validate::{Record, Row, Section, Size, Validation, Verdict};

use super::{plots, words};
use crate::format::{count, duration};
use crate::page::{document, symbols};

/// What this page needs beyond the style of all reports.
const MORE_STYLE: &str = include_str!("style.css");

pub(super) fn page(validation: &Validation) -> String {
    let body = html! {
        header {
            h1 { "Validation" }
            p.question { "What the simulation is held against: proved bounds, published measurements, and models "
                "that can be computed." }
        }
        (at_a_glance(validation))
        (contents(validation))
        @for section in &validation.experiments { (experiment(section)) }
        (rules())
        footer { "swarmlab " (validation.version) }
    };
    document("Validation", MORE_STYLE, &body)
}

fn at_a_glance(validation: &Validation) -> Markup {
    let figures = [
        (Verdict::Holds, "Hard claims that hold", "what is proved, in every run or for the mean"),
        (Verdict::Violated, "Hard claims violated", "each is a bug of the simulation"),
        (Verdict::Met, "Bands met", "the whole 95 % interval lies within"),
        (Verdict::Missed, "Bands missed", "the whole interval lies outside"),
    ];
    let undecided = validation.count(Verdict::Undecided);
    let size = match validation.size {
        Size::Short => "short: small swarms, for CI",
        Size::Normal => "normal",
        Size::Full => "full: every size of the literature",
    };
    let runs: usize = validation.experiments.iter().map(|section| section.runs.len()).sum();
    html! {
        section.figures {
            @for (verdict, name, remark) in figures {
                div {
                    span.name { (name) }
                    @let number = validation.count(verdict);
                    span.value.(if number > 0 { class(verdict) } else { "" }) { (number) }
                    span.remark { (remark) }
                }
            }
        }
        table.facts {
            tr { th { "Undecided" } td { (undecided) " (the interval crosses an end of the band: more seeds would tell)" } }
            tr { th { "Size" } td { (size) } }
            tr { th { "Seeds" } td { "1 to " (validation.seeds) " for each case in which something is random" } }
            tr { th { "Cost" } td {
                (count(runs as u64)) " runs, " (duration(validation.wall_s)) " wall, " (duration(validation.cpu_s)) " processor"
            } }
        }
    }
}

fn contents(validation: &Validation) -> Markup {
    let verdicts = [Verdict::Holds, Verdict::Violated, Verdict::Met, Verdict::Missed, Verdict::Undecided];
    html! {
        section {
            h2 { "Experiments" }
            table.checks {
                @for section in &validation.experiments {
                    tr {
                        td { a href=(format!("#{}", section.id)) { (section.id) } }
                        th { (section.title) }
                        td {
                            @if let Some(reason) = &section.not_run { "not run: " (reason) }
                            @for verdict in verdicts {
                                @let number = section.rows.iter().filter(|row| row.verdict == verdict).count();
                                @if number > 0 { span.verdict.(class(verdict)) { (number) " " (verdict.describe()) } " " }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn experiment(section: &Section) -> Markup {
    html! {
        section id=(section.id) {
            h2 { (section.id) ": " (section.title) }
            @if !section.question.is_empty() { p.question { (symbols(&section.question)) } }
            @if !section.set_up.is_empty() { p { (symbols(&section.set_up)) } }
            @if let Some(reason) = &section.not_run { p { "Not run: " (reason) "." } }
            @if let Some(left_out) = &section.left_out { p.note { "Left out: " (left_out) "." } }
            @if !section.rows.is_empty() { (rows(&section.rows)) }
            (reasons(&section.rows))
            @for picture in &section.pictures {
                figure {
                    h3 { (picture.title) }
                    (PreEscaped(plots::chart(picture).svg()))
                    figcaption { (symbols(&picture.caption)) }
                }
            }
            @if !section.runs.is_empty() { (runs(section)) }
        }
    }
}

fn rows(rows: &[Row]) -> Markup {
    html! {
        div.wide {
            table.numbers.claims {
                thead { tr {
                    th.name { "claim" } th { "expected" } th { "simulated" } th { "least to largest" } th { "tolerance" }
                    th.name { "judged" } th.name { "verdict" } th.name { "source" }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td.name { (symbols(&row.what)) }
                            td { (row.expected) }
                            td { (words::simulated(row)) }
                            td { (words::extent(row)) }
                            td { (words::tolerance(row.range, row.unit)) }
                            td.name { (row.rule.describe()) }
                            td.name.(class(row.verdict)) { (row.verdict.describe()) }
                            td.name { (row.source) }
                        }
                    }
                }
            }
        }
    }
}

/// Each reason once, with all rows that it is about.
fn reasons(rows: &[Row]) -> Markup {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        if let Some(reason) = &row.reason {
            reasons.entry(reason).or_default().push(&row.what);
        }
    }
    html! {
        @for (reason, about) in reasons {
            p.reason { strong { "Why: " (symbols(&about.join("; "))) ". " } (symbols(reason)) }
        }
    }
}

fn runs(section: &Section) -> Markup {
    let line = |run: &Record| {
        let values: Vec<String> = run
            .values
            .iter()
            .map(|(name, value)| {
                format!("{name} {}", value.map_or("–".to_owned(), |value| format!("{value:.4}")))
            })
            .collect();
        values.join(", ")
    };
    html! {
        details {
            summary { (count(section.runs.len() as u64)) " runs, with seeds, digests and measures" }
            @if let Some((name, text)) = &section.scenario {
                p.note { "A run again: swarmlab simulate scenarios/" (name) " --seed SEED, with each override as --set" }
                details { summary { "scenarios/" (name) } pre { (text) } }
            }
            div.wide {
                table.numbers {
                    thead { tr {
                        th.name { "case" } th.name { "overrides" } th { "seed" } th.name { "digest" } th.name { "measured" }
                    } }
                    tbody {
                        @for run in &section.runs {
                            tr {
                                td.name { (run.arm) }
                                td.name { (run.overrides.join("; ")) }
                                td { (run.seed) }
                                td.name { (run.digest) }
                                td.name { (line(run)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn rules() -> Markup {
    html! {
        section {
            h2 { "How claims are judged" }
            p { "Every case is run with several seeds. “Simulated” is their mean with the 95 % interval by Student’s t; cases "
                "in which nothing is random are run once. A hard claim about every run is violated by one run that breaks it; a "
                "hard claim about a mean is violated if the whole interval lies outside the tolerance. A band is met if the whole "
                "interval lies within the tolerance, missed if it lies outside, and else undecided." }
            h2 { "Files" }
            dl.files {
                dt { "validation.json" } dd { "everything on this page" }
                dt { "values.csv" } dd { "what each run measured" }
                dt { "scenarios/" } dd { "the scenarios as they were run" }
                dt { "plots/" } dd { "the plots as SVG" }
            }
        }
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds | Verdict::Met => "holds",
        Verdict::Violated => "violated",
        Verdict::Missed => "missed",
        Verdict::Undecided => "unchecked",
    }
}
