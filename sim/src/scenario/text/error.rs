//! What is wrong with a scenario, said so that it can be mended without opening the manual: where it stands, what was
//! expected, and a proposal.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::source::{Place, Source};

/// After this many problems the rest are only counted: the first ones fill a screen.
const PROBLEMS_SHOWN_MAX: usize = 10;

/// Everything that is wrong with a scenario. Its `Display` is the complete message in plain text, several lines long;
/// a command that gets one prints it and exits with code 2.
#[derive(Clone, Debug)]
pub struct ScenarioError {
    sources: Vec<Source>,
    problems: Vec<Problem>,
}

/// One thing that is wrong, without its place: what a value knows about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Complaint {
    title: String,
    label: String,
    help: Vec<String>,
}

/// A complaint and where it belongs; one about a file as a whole has no place.
#[derive(Clone, Debug)]
pub struct Problem {
    complaint: Complaint,
    place: Option<Place>,
    line: Option<Box<Line>>,
}

/// A line of another file, which is shown in place of the words that name the file.
#[derive(Clone, Debug)]
struct Line {
    file: String,
    number: usize,
    text: String,
}

impl Complaint {
    /// In one line, for where there is no text to point at.
    pub fn brief(&self) -> String {
        let words = [self.title.as_str(), self.label.as_str()];
        let words = words.into_iter().chain(self.help.iter().map(String::as_str));
        words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ")
    }

    /// What is wrong, in one line.
    pub fn new(title: impl Into<String>) -> Complaint {
        Complaint { title: title.into(), label: String::new(), help: Vec::new() }
    }

    /// Said beside the caret: what was expected there, or a proposal.
    pub fn label(mut self, label: impl Into<String>) -> Complaint {
        self.label = label.into();
        self
    }

    /// A line below: the allowed names or units, or a way out.
    pub fn help(mut self, line: impl Into<String>) -> Complaint {
        self.help.push(line.into());
        self
    }

    /// The complaint about the words at `place`.
    pub fn at(self, place: Place) -> Problem {
        Problem { complaint: self, place: Some(place), line: None }
    }

    /// The complaint about line `number` of the file `file`, which is named at `place`.
    pub fn in_file(self, file: String, number: usize, line: &str, place: Place) -> Problem {
        /// A longer line says no more.
        const CHARS_MAX: usize = 120;
        let text = line.chars().take(CHARS_MAX).collect();
        Problem { complaint: self, place: Some(place), line: Some(Box::new(Line { file, number, text })) }
    }

    /// The complaint as an error of its own, about a file as a whole.
    pub fn unplaced(self) -> ScenarioError {
        ScenarioError::new(Vec::new(), vec![Problem { complaint: self, place: None, line: None }])
    }
}

impl Problem {
    /// Sorts problems as they stand in the text, the file before the overrides.
    pub fn order(&self) -> Option<(usize, usize)> {
        self.place.as_ref().map(|place| (place.source, place.span.start))
    }
}

impl ScenarioError {
    /// The error made of `problems`, whose places point into `sources`.
    pub fn new(sources: Vec<Source>, problems: Vec<Problem>) -> ScenarioError {
        ScenarioError { sources, problems }
    }

    /// The message with ANSI colours, for a terminal that wants them.
    pub fn coloured(&self) -> String {
        self.render(&Renderer::styled())
    }

    fn render(&self, renderer: &Renderer) -> String {
        let shown = self.problems.iter().take(PROBLEMS_SHOWN_MAX);
        let mut parts: Vec<String> = shown.map(|problem| self.render_one(problem, renderer)).collect();
        let hidden = self.problems.len().saturating_sub(PROBLEMS_SHOWN_MAX);
        if hidden > 0 {
            parts.push(renderer.render(&[Group::with_title(
                Level::NOTE.no_name().primary_title(format!("and {hidden} more")),
            )]));
        }
        parts.join("\n\n")
    }

    fn render_one(&self, problem: &Problem, renderer: &Renderer) -> String {
        let complaint = &problem.complaint;
        let mut group = Group::with_title(Level::ERROR.primary_title(&complaint.title));
        let caret = |span| {
            let caret = AnnotationKind::Primary.span(span);
            if complaint.label.is_empty() { caret } else { caret.label(&complaint.label) }
        };
        if let Some(line) = &problem.line {
            let snippet = Snippet::source(&line.text).line_start(line.number).path(&line.file);
            group = group.element(snippet.annotation(caret(0..line.text.len())));
        } else if let Some(place) = &problem.place {
            let source = &self.sources[place.source];
            let snippet = Snippet::source(&source.text).path(&source.name);
            group = group.element(snippet.annotation(caret(place.span.clone())));
        }
        let help = complaint.help.iter().map(|line| Level::HELP.message(line));
        renderer.render(&[group.elements(help)])
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain()))
    }
}

impl std::error::Error for ScenarioError {}
