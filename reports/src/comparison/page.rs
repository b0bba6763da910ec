//! The page: what differs in sentences, then every measure, the pictures, and the runs.

use maud::{Markup, html};
use swarmlab_sim::compare::{Comparison, Effect, Record, Verdict};
use swarmlab_sim::measures::{MEASURES, Measure, RESAMPLES, Unit};

use super::plots;
use crate::format::{count, duration, percent};
use crate::page::{document, figure, symbols};

/// What this page needs beyond the style of all reports.
const MORE_STYLE: &str = include_str!("style.css");

pub(super) fn page(comparison: &Comparison) -> String {
    let plan = &comparison.plan;
    let title = format!("{}: {}", plan.scenario, plan.vary.join(", "));
    let body = html! {
        header {
            h1 { (title) }
            @for paragraph in plan.question.iter().flat_map(|question| question.split("\n\n")).take(1) {
                p.question { (symbols(paragraph)) }
            }
        }
        (at_a_glance(comparison))
        (measures(comparison))
        @for plot in plots::all(comparison) { (figure(&plot)) }
        (runs(comparison))
        (rules())
        footer { "swarmlab " (plan.version) }
    };
    document(&title, MORE_STYLE, &body)
}

fn at_a_glance(comparison: &Comparison) -> Markup {
    let plan = &comparison.plan;
    let wanted = plan.variants.len() * plan.seeds as usize;
    html! {
        section {
            h2 { "What differs" }
            ul.sentences { @for sentence in comparison.sentences(&MEASURES[0]) { li { (sentence) } } }
            @if comparison.is_interrupted {
                p.reason { "Ended before its end: " (count(comparison.runs.len() as u64)) " of " (count(wanted as u64))
                    " runs. swarmlab compare --resume DIR goes on." }
            }
            table.facts {
                tr { th { "Compared with" } td { (comparison.base()) } }
                tr { th { "Seeds" } td { (plan.from) " to " (plan.from + u64::from(plan.seeds) - 1) ", the same for every variant" } }
                tr { th { "Cost" } td {
                    (count(comparison.runs.len() as u64)) " runs, " (duration(comparison.wall_s)) " wall, "
                    (duration(comparison.cpu_s)) " processor"
                } }
            }
        }
    }
}

fn measures(comparison: &Comparison) -> Markup {
    html! {
        section {
            h2 { "Every measure" }
            div.wide {
                table.numbers.effects {
                    thead { tr {
                        th.name { "mean over the seeds" }
                        @for variant in &comparison.plan.variants { th { (variant.name) } }
                    } }
                    tbody {
                        @for measure in comparison.measures() {
                            tr {
                                td.name { (measure.words) }
                                td { (base(comparison, measure)) }
                                @for effect in comparison.effects_in(measure) { (cell(effect, measure)) }
                            }
                        }
                    }
                }
            }
            p.note { "Below each mean: its change against " (comparison.base()) " with the 95 % interval. "
                "Green is better, orange is worse, grey is no difference shown." }
        }
    }
}

fn base(comparison: &Comparison, measure: &Measure) -> String {
    let figures = comparison.figures(0, measure);
    let sum: f64 = figures.iter().map(|(_, figure)| figure).sum();
    if figures.is_empty() { "–".to_owned() } else { value(measure, sum / figures.len() as f64) }
}

fn cell(effect: &Effect, measure: &Measure) -> Markup {
    let class = match effect.verdict {
        Verdict::Better => "holds",
        Verdict::Worse => "missed",
        Verdict::NoDifference | Verdict::Unknown => "unchecked",
    };
    let signed = |share: f64| format!("{:+.1}", share * 100.0).replace('-', "−");
    html! {
        td.(class) {
            (effect.mean.map_or("–".to_owned(), |mean| value(measure, mean)))
            @if let (Some(change), Some(interval)) = (effect.change, effect.interval) {
                br;
                span.change { (signed(change)) " % (" (signed(interval.low)) " to " (signed(interval.high)) ")" }
            }
        }
    }
}

fn value(measure: &Measure, figure: f64) -> String {
    match measure.unit {
        Unit::Seconds | Unit::Wait => duration(figure),
        Unit::Share => percent(figure),
        Unit::Copies | Unit::Index => format!("{figure:.3}"),
    }
}

fn runs(comparison: &Comparison) -> Markup {
    let figure = |run: &Record, measure: &Measure| {
        let figure = run.measures.get(measure.name).copied().flatten();
        figure.map_or("–".to_owned(), |figure| value(measure, figure))
    };
    html! {
        section {
            h2 { "Runs" }
            details {
                summary { (count(comparison.runs.len() as u64)) " runs, with seeds and digests" }
                p.note { "A run again: swarmlab simulate variants/N.toml --seed SEED" }
                div.wide {
                    table.numbers {
                        thead { tr {
                            th { "N" } th.name { "variant" } th { "seed" } th.name { "digest" }
                            @for measure in comparison.measures() { th { (measure.name) } }
                        } }
                        tbody {
                            @for run in &comparison.runs {
                                tr {
                                    td { (run.variant + 1) }
                                    td.name { (comparison.plan.variants[run.variant].name) }
                                    td { (run.seed) }
                                    td.name { (run.digest) }
                                    @for measure in comparison.measures() { td { (figure(run, measure)) } }
                                }
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
            h2 { "How to read it" }
            p { "Every variant is run with the same seeds: the same arrivals, links and faults. So the runs of one seed are a pair, "
                "and what differs between the two is what the variant did, and how chance took it from there. The change is that of "
                "the mean over all pairs; its interval is that of the bias-corrected and accelerated bootstrap (Efron 1987) with "
                (count(RESAMPLES as u64)) " resamples of whole pairs. With fewer than ten pairs it is somewhat too sure of itself. "
                "Many measures and variants are compared at once: of twenty intervals one misses the truth by chance." }
            h2 { "Files" }
            dl.files {
                dt { "comparison.json" } dd { "everything on this page" }
                dt { "variants/" } dd { "the scenarios as they were run" }
                dt { "plots/" } dd { "the plots as SVG" }
                dt { "plan.json, runs.jsonl" } dd { "what swarmlab compare --resume goes on from" }
            }
        }
    }
}
