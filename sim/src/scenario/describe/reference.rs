//! Shapes as a manual page.

use std::fmt::Write;

use crate::scenario::text::{CaseShape, KeyShape, Need, Shape, TableShape};

const HEAD: &str = "\
<!-- Written by `swarmlab schema --reference`: change the reader of the format, not this page. -->

# Scenario files

A scenario is one experiment: a TOML file that says who takes part in a swarm, over which links, when they come and go,
what happens to them, and when the run ends. `swarmlab simulate FILE` runs it; `--set KEY=VALUE` says a value anew, as in
`--set peers.leecher.count=50`, or `--set 'events.cut.at=90 s'` for an event, by its name or its number from 0.

The comment at the top of the file is the question that the scenario answers; results repeat it. Paths are relative to
the scenario's folder. Whatever is wrong with a file is answered with its place, what was expected, and a proposal.

An editor with the Taplo language server (Even Better TOML) checks and completes scenarios if their first line is
`#:schema PATH/docs/scenario.schema.json`; `swarmlab schema` prints that file.
";

/// The page of a document whose keys are `shape`.
pub fn of(shape: &TableShape) -> String {
    let mut page = Page { text: HEAD.to_owned(), shared: Vec::new(), quantities: Vec::new() };
    page.collect(shape, &mut Vec::new());
    page.table("The document", "What stands at the top of the file, and its tables.", shape);
    for key in &shape.keys {
        match &key.shape {
            Shape::Table(table) => page.section(&format!("[{}]", key.key), key.doc, table),
            Shape::Named { table, .. } => page.section(&format!("[{}.NAME]", key.key), key.doc, table),
            Shape::List(item) => {
                if let Shape::Table(table) = &**item {
                    page.section(&format!("[[{}]]", key.key), key.doc, table);
                }
            }
            _ => {}
        }
    }
    page.values();
    page.text
}

struct Page {
    text: String,
    /// What can be said in several ways under more than one key: described once.
    shared: Vec<(&'static str, Vec<CaseShape>)>,
    /// The kinds of quantity: what each is, and its units.
    quantities: Vec<(&'static str, String)>,
}

impl Page {
    /// Finds what is shared between keys.
    fn collect(&mut self, table: &TableShape, seen: &mut Vec<&'static str>) {
        for key in &table.keys {
            self.collect_in(&key.shape, seen);
        }
    }

    fn collect_in(&mut self, shape: &Shape, seen: &mut Vec<&'static str>) {
        match shape {
            Shape::Quantity { what, units, .. } => {
                if !self.quantities.iter().any(|(known, _)| known == what) {
                    self.quantities.push((what, units.clone()));
                }
            }
            Shape::Table(table) | Shape::Named { table, .. } => self.collect(table, seen),
            Shape::List(item) => self.collect_in(item, seen),
            Shape::OneOf { what, cases } => {
                if !seen.contains(what) {
                    seen.push(what);
                } else if !self.is_shared(what) {
                    self.shared.push((what, cases.clone()));
                }
                cases.iter().for_each(|case| self.collect_in(&case.shape, seen));
            }
            Shape::Boolean
            | Shape::Whole { .. }
            | Shape::Number { .. }
            | Shape::Text { .. }
            | Shape::Words(_) => {}
        }
    }

    fn is_shared(&self, what: &str) -> bool {
        self.shared.iter().any(|(known, _)| *known == what)
    }

    fn section(&mut self, title: &str, doc: &str, table: &TableShape) {
        self.table(&format!("`{title}`"), doc, table);
        for key in &table.keys {
            self.ways(key);
        }
    }

    fn table(&mut self, title: &str, doc: &str, table: &TableShape) {
        self.line(&format!("\n## {title}\n\n{doc}\n"));
        self.line("| key | value | if left out | what it means |");
        self.line("|---|---|---|---|");
        for key in &table.keys {
            let need = match &key.need {
                Need::Required(_) => "it is required".to_owned(),
                Need::Default(default) => format!("`{default}`"),
                Need::Section => "its defaults".to_owned(),
                Need::Optional => String::new(),
            };
            let kind = self.kind(&key.shape);
            self.line(&format!("| `{}` | {kind} | {need} | {} |", key.key, key.doc));
        }
        for sets in &table.exactly_one {
            let sets: Vec<String> = sets
                .iter()
                .map(|set| set.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and "))
                .collect();
            self.line(&format!("\nExactly one of these must be there: {}.", sets.join("; ")));
        }
    }

    /// A value in a few words.
    fn kind(&self, shape: &Shape) -> String {
        match shape {
            Shape::Boolean => "`true` or `false`".to_owned(),
            Shape::Whole { min, max } => format!("a whole number, {min} to {max}"),
            Shape::Number { min, max } => format!("a number, {min} to {max}"),
            Shape::Text { what } => what.clone(),
            Shape::Quantity { what, range, .. } => format!("[{what}](#{}), {range}", anchor(what)),
            Shape::Words(words) => {
                let words: Vec<String> = words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect();
                words.join(", ")
            }
            Shape::Table(_) => "a table".to_owned(),
            Shape::Named { what, .. } => format!("a table for each {what}"),
            Shape::List(item) => match &**item {
                Shape::Table(_) => "an array of tables".to_owned(),
                item => format!("an array: {}", self.kind(item)),
            },
            Shape::OneOf { what, .. } if self.is_shared(what) => format!("[{what}](#{})", anchor(what)),
            Shape::OneOf { what, .. } => format!("{what}, see below"),
        }
    }

    /// The ways to say the value of a key, below its table.
    fn ways(&mut self, key: &KeyShape) {
        match &key.shape {
            Shape::OneOf { what, cases } if !self.is_shared(what) => {
                self.line(&format!("\n### `{}`\n", key.key));
                self.cases(cases);
            }
            Shape::Words(words) if words.iter().any(|(_, meaning)| !meaning.is_empty()) => {
                self.line(&format!("\n### `{}`\n", key.key));
                self.words(words, "");
            }
            Shape::Table(table) => {
                self.line(&format!("\n### `{}`\n", key.key));
                self.keys(table, "");
            }
            _ => {}
        }
    }

    fn cases(&mut self, cases: &[CaseShape]) {
        for case in cases {
            self.line(&format!("- `{}`: {}", case.example, case.doc));
            match &case.shape {
                Shape::Table(table) => self.keys(table, "  "),
                Shape::List(item) => {
                    if let Shape::Table(table) = &**item {
                        self.keys(table, "  ");
                    }
                }
                _ => {}
            }
        }
    }

    fn keys(&mut self, table: &TableShape, indent: &str) {
        for key in &table.keys {
            let need = match &key.need {
                Need::Required(_) => String::new(),
                Need::Default(default) => format!("; if left out, `{default}`"),
                Need::Optional | Need::Section => "; optional".to_owned(),
            };
            let kind = self.kind(&key.shape);
            self.line(&format!("{indent}- `{}` ({kind}{need}): {}", key.key, key.doc));
            if let Shape::Words(words) = &key.shape {
                self.words(words, &format!("{indent}  "));
            }
        }
    }

    fn words(&mut self, words: &[(String, String)], indent: &str) {
        for (word, meaning) in words.iter().filter(|(_, meaning)| !meaning.is_empty()) {
            self.line(&format!("{indent}- `\"{word}\"`: {meaning}"));
        }
    }

    /// What several keys share.
    fn values(&mut self) {
        self.line("\n## Values\n");
        self.line("A quantity is a string: a plain decimal number and its unit, as in `\"1.5 Mbit/s\"`.");
        for (what, units) in std::mem::take(&mut self.quantities) {
            let are = if units.contains("and") { "units are" } else { "unit is" };
            self.line(&format!("\n### {}\n\nIts {are} {units}.", title(what)));
        }
        for (what, cases) in self.shared.clone() {
            self.line(&format!("\n### {}\n", title(what)));
            self.cases(&cases);
        }
    }

    fn line(&mut self, line: &str) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// "A rate".
fn title(what: &str) -> String {
    let mut letters = what.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a heading is called in links.
fn anchor(what: &str) -> String {
    what.replace(' ', "-")
}
