//! The page: the measures of all runs, what differs in their scenarios, and the picture.

use maud::{Markup, html};
use swarmlab_sim::measures::{Better, MEASURES, Measure, Unit};

use super::keys::differing;
use super::{Entry, plots};
use crate::format::{NONE, count, duration, duration_or_none, percent};
use crate::page::{document, figure};

/// What this page needs beyond the style of all reports.
const MORE_STYLE: &str = include_str!("style.css");
/// From this ratio on a change is no matter of per cent.
const TIMES_FROM: f64 = 3.0;

pub(super) fn page(entries: &[Entry]) -> String {
    let title = format!("{} runs", count(entries.len() as u64));
    let body = html! {
        header { h1 { (title) } }
        (measures(entries))
        (keys(entries))
        @for plot in plots::all(entries) { (figure(&plot)) }
        (runs(entries))
        footer { "swarmlab " (env!("CARGO_PKG_VERSION")) }
    };
    document(&title, MORE_STYLE, &body)
}

fn measures(entries: &[Entry]) -> Markup {
    html! {
        section {
            h2 { "Measures" }
            div.wide { table.numbers.effects {
                thead { tr {
                    th.name scope="col" { "run" }
                    @for measure in MEASURES { th scope="col" { (measure.words) } }
                    th scope="col" { "lower bound T" sub { "min" } }
                } }
                tbody { @for entry in entries { tr {
                    th.name scope="row" { (entry.name) }
                    @for measure in MEASURES { (cell(entries, entry, measure)) }
                    td { (duration_or_none(entry.summary.t_min_s.filter(|_| entry.summary.t_min_applies))) }
                } } }
            } }
            p.note {
                "Green is the best of a column; small, the change against " (entries[0].name) ". One run of each says nothing about \
                 chance: swarmlab compare runs many seeds and tells how sure a difference is."
            }
        }
    }
}

fn cell(entries: &[Entry], entry: &Entry, measure: &Measure) -> Markup {
    let figure = |entry: &Entry| (measure.of)(&entry.summary);
    let own = figure(entry);
    let all = || entries.iter().filter_map(figure);
    let best = match measure.better {
        Better::Lower => all().min_by(f64::total_cmp),
        Better::Higher => all().max_by(f64::total_cmp),
    };
    let differ = all().any(|other| Some(other) != best);
    let change = figure(&entries[0]).zip(own).filter(|(first, own)| *first > 0.0 && own != first);
    html! {
        td.holds[differ && own == best] {
            (own.map_or_else(|| NONE.to_owned(), |own| value(measure, own)))
            @if let Some((first, own)) = change {
                br; span.change { (change_words(own / first)) }
            }
        }
    }
}

/// What is many times as much is said in times.
fn change_words(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= TIMES_FROM => format!("× {ratio:.1}"),
        ratio => format!("{:+.1} %", (ratio - 1.0) * 100.0).replace('-', "−"),
    }
}

fn value(measure: &Measure, figure: f64) -> String {
    match measure.unit {
        Unit::Seconds | Unit::Wait => duration(figure),
        Unit::Share => percent(figure),
        Unit::Copies | Unit::Index => format!("{figure:.3}"),
    }
}

fn keys(entries: &[Entry]) -> Markup {
    let keys = differing(entries);
    html! {
        section {
            h2 { "What differs in the scenarios" }
            @if keys.is_empty() {
                p { "Nothing but, where it does, the seed." }
            } @else {
                div.wide { table.numbers.keys {
                    thead { tr { th.name { "key" } @for entry in entries { th.name scope="col" { (entry.name) } } } }
                    tbody { @for (key, values) in keys { tr {
                        th.name scope="row" { (key) }
                        @for value in values { td.name { (value.as_deref().unwrap_or(NONE)) } }
                    } } }
                } }
            }
        }
    }
}

fn runs(entries: &[Entry]) -> Markup {
    html! {
        section {
            h2 { "Runs" }
            div.wide { table.numbers {
                thead { tr {
                    th.name { "run" } th.name { "scenario" } th { "seed" } th.name { "digest" } th { "leechers" } th { "completed" }
                    th { "simulated" } th.name { "ended" } th.name { "folder" }
                } }
                tbody { @for Entry { name, folder, summary, .. } in entries { tr {
                    td.name { (name) }
                    td.name { (summary.facts.scenario) }
                    td { (summary.facts.seed) }
                    td.name { (summary.facts.digest) }
                    td { (count(summary.leechers)) }
                    td { (count(summary.completed)) }
                    td { (duration(summary.facts.simulated_s)) }
                    td.name { (summary.facts.stop_reason) }
                    td.name { (folder.display()) }
                } } }
            } }
        }
    }
}
