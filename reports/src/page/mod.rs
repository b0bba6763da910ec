//! The report of one run: one HTML file, for screen and print, that fetches nothing.

mod checks;
mod definitions;
mod events;
mod fairness;
mod groups;
mod peers;
mod replay;
mod script;
mod slots;
mod summary;
mod symbols;
mod waste;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;
use swarmlab_sim::results::Run;

pub(crate) use self::symbols::symbols;
use crate::plot::Plot;
use replay::Replay;

const STYLE: &str = include_str!("style.css");
/// What only the page of a run needs.
const RUN_STYLE: &str = include_str!("run.css");

/// The page.
pub(crate) fn page(run: &Run, plots: &[Plot]) -> String {
    let facts = &run.summary.facts;
    let replay = Replay::of(run);
    let data = json!({
        "table": peers::data(run),
        "replay": replay.as_ref().map(|replay| replay.data(run)),
    });
    let body = html! {
        header {
            h1 { (facts.scenario) }
            @for paragraph in question(&run.scenario) { p.question { (paragraph) } }
        }
        (summary::section(&run.summary))
        (checks::section(run))
        (events::section(run))
        @for plot in plots {
            (figure(plot))
            @match plot.name {
                "slots" => (slots::section(run)),
                "given-and-taken" => (fairness::section(run)),
                _ => {}
            }
        }
        (waste::section(run))
        @if let Some(replay) = &replay { (replay.section()) }
        (groups::section(run))
        (peers::section(run))
        (definitions::section())
        footer { "swarmlab " (facts.version) }
        (script::scripts(&data))
    };
    document(&format!("{}, seed {}", facts.scenario, facts.seed), RUN_STYLE, &body)
}

/// One HTML file in the style of all reports, and more of it where a page needs more.
pub(crate) fn document(title: &str, more_style: &str, body: &Markup) -> String {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(script::POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – swarmlab" }
                style { (PreEscaped(STYLE)) (PreEscaped(more_style)) }
            }
            body { (body) }
        }
    };
    document.into_string()
}

/// A plot with its caption.
pub(crate) fn figure(plot: &Plot) -> Markup {
    html! {
        figure id=(plot.name) {
            h2 { (plot.title) }
            (PreEscaped(plot.svg()))
            figcaption { (symbols(&plot.caption)) }
        }
    }
}

/// The paragraphs of the comment with which a scenario opens: the question that it answers.
fn question(scenario: &str) -> Vec<String> {
    let comment = scenario.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
    let mut paragraphs = vec![String::new()];
    for line in comment {
        match paragraphs.last_mut() {
            Some(paragraph) if !line.is_empty() => {
                let space = if paragraph.is_empty() { "" } else { " " };
                paragraph.push_str(space);
                paragraph.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_the_opening_comment() {
        assert_eq!(
            question("# Does it\n# scale?\n#\n# See V5.\n\n# no more\na = 1\n"),
            ["Does it scale?", "See V5."]
        );
        assert_eq!(question("a = 1 # no\n"), [""; 0]);
        assert_eq!(question(""), [""; 0]);
    }
}
