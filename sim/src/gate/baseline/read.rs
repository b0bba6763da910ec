//! Reads a baseline with the means by which scenarios are read: a misspelt measure, or any other key, is answered with its
//! place and a proposal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::measures::{MEASURES, Measure};
use crate::scenario::text::{
    Complaint, Count, Form, Keys, Named, Read, Reader, Shape, Source, Table, Value, Whole, Words,
    parse_document, read_file,
};

use super::allowed::Allowed;
use super::write::MARK;
use super::{Baseline, BaselineError, Entry, FORMAT, Limit, Measured, SEEDS};

/// More would be another kind of experiment.
const SEEDS_MAX: u32 = 10_000;
/// Overrides of a scenario.
const SET_MAX: usize = 100;

pub fn load(path: &Path) -> Result<Baseline, BaselineError> {
    path.metadata()
        .and_then(|metadata| match metadata.is_dir() {
            true => Err(std::io::ErrorKind::IsADirectory.into()),
            false => Ok(()),
        })
        .map_err(|source| BaselineError::Missing { path: path.to_owned(), source })?;
    let source = read_file(path)?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let head = source.text.split_once(MARK).map_or(&source.text[..], |(head, _)| head).to_owned();
    if let Some(found) = other_format(&source.text) {
        return Err(BaselineError::Format { path: path.to_owned(), found });
    }
    let entries = entries(source, &folder)?;
    Ok(Baseline { path: path.to_owned(), head, entries })
}

/// The format that the text says it has, if that is another one: of such a file nothing else can be understood.
fn other_format(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    let format = table.get("format")?;
    (format.as_integer() != Some(FORMAT.into())).then(|| format.to_string())
}

fn entries(source: Source, folder: &Path) -> Result<Vec<Entry>, BaselineError> {
    let reader = Reader::new(vec![Source { folder: Some(folder.to_owned()), ..source }]);
    let read = match parse_document(&reader.sources()[0].text, 0) {
        Ok(root) => reader.root(&root).table(read),
        Err(problem) => Err(reader.record(problem)),
    };
    match read {
        Ok(mut entries) if reader.is_clean() => {
            entries.iter_mut().for_each(|entry| entry.file = folder.join(&entry.file));
            Ok(entries)
        }
        _ => Err(reader.into_error().into()),
    }
}

fn read(keys: &mut Keys<'_>) -> Read<Vec<Entry>> {
    let format = keys.required("format", "1", "The version of the format.", &Whole);
    let seeds = keys.or("seeds", "How many seeds.", SEEDS, &Count(1..=SEEDS_MAX));
    let from = keys.or("from", "The first seed.", 1, &Whole);
    let general = keys.required(
        "thresholds",
        "[thresholds] with last = \"1.5 %\"",
        "What is judged, and how much worse it may become.",
        &Limits,
    );
    let scenarios = Named { what: "scenario", check: |_| Ok(()), read: read_entry };
    let scenarios =
        keys.required("scenarios", "[scenarios.NAME] with file = \"some.toml\"", "What is run.", &scenarios);
    let measured = Named { what: "scenario", check: |_| Ok(()), read: read_measured };
    let measured = keys.section("measured", "What the scenarios gave.", Vec::new(), &measured);
    let (_, seeds, from, general) = (format?, seeds?, from?, general?);
    let (scenarios, measured) = (scenarios?, measured?);
    let mut measured: BTreeMap<String, Measured> = measured.into_iter().collect();
    let entry = |said: Said| {
        let limit = |measure: &'static Measure| {
            let allowed = said.limits.get(measure.name).or(general.get(measure.name)).copied().flatten();
            allowed.map(|allowed| Limit { measure, allowed })
        };
        Entry {
            limits: MEASURES.iter().filter_map(limit).collect(),
            measured: measured.remove(&said.name),
            name: said.name,
            file: said.file,
            set: said.set,
            from: said.from.unwrap_or(from),
            seeds: said.seeds.unwrap_or(seeds),
        }
    };
    Ok(scenarios.into_iter().map(entry).collect())
}

/// What the upper part says of a scenario.
struct Said {
    name: String,
    file: PathBuf,
    set: Vec<String>,
    from: Option<u64>,
    seeds: Option<u32>,
    limits: BTreeMap<&'static str, Option<f64>>,
}

fn read_entry(name: &str, keys: &mut Keys<'_>) -> Read<Said> {
    let file = keys.required("file", "\"../scenarios/flash-crowd.toml\"", "The scenario, from here.", &Text);
    let set = keys.optional("set", "What is laid over it.", &crate::scenario::text::List(Text, SET_MAX));
    let from = keys.optional("from", "Its first seed.", &Whole);
    let seeds = keys.optional("seeds", "How many seeds it has.", &Count(1..=SEEDS_MAX));
    let limits = keys.section("thresholds", "In place of the general ones.", BTreeMap::new(), &Limits);
    Ok(Said {
        name: name.to_owned(),
        file: file?.into(),
        set: set?.unwrap_or_default(),
        from: from?,
        seeds: seeds?,
        limits: limits?,
    })
}

fn read_measured(name: &str, keys: &mut Keys<'_>) -> Read<(String, Measured)> {
    let version = keys.required("version", "\"0.1.0\"", "The version that ran it.", &Text);
    let digest = keys.required("digest", "\"…\"", "What the scenario said.", &Text);
    let from = keys.required("from", "1", "The first seed.", &Whole);
    let figure = crate::scenario::text::List(Figure, SEEDS_MAX as usize);
    let figures: Vec<Read<_>> = MEASURES
        .iter()
        .map(|measure| Ok((measure.name, keys.optional(measure.name, "Its figures.", &figure)?)))
        .collect();
    let figures: Read<Vec<_>> = figures.into_iter().collect();
    let figures = figures?.into_iter().filter_map(|(name, figures)| Some((name, figures?))).collect();
    Ok((name.to_owned(), Measured { version: version?, digest: digest?, from: from?, figures }))
}

/// Measures and what is allowed of each.
struct Limits;

impl Limits {
    fn keys(keys: &mut Keys<'_>) -> Read<BTreeMap<&'static str, Option<f64>>> {
        // All are read before the first refusal counts, so that all refusals are heard.
        let limits: Vec<Read<_>> = MEASURES
            .iter()
            .map(|measure| Ok((measure.name, keys.optional(measure.name, measure.words, &Allowed(measure))?)))
            .collect();
        let limits: Read<Vec<_>> = limits.into_iter().collect();
        Ok(limits?.into_iter().filter_map(|(name, allowed)| Some((name, allowed?))).collect())
    }
}

impl Form for Limits {
    type T = BTreeMap<&'static str, Option<f64>>;

    fn read(&self, value: &Value<'_>) -> Read<Self::T> {
        value.table(|keys| Limits::keys(keys))
    }

    fn shape(&self) -> Shape {
        Table { read: Limits::keys, write: |_, _| {} }.shape()
    }
}

/// Words that are taken as they are.
struct Text;

impl Form for Text {
    type T = String;

    fn read(&self, value: &Value<'_>) -> Read<String> {
        match value.text("a string")? {
            "" => Err(value.refuse(Complaint::new("this is empty"))),
            text => Ok(text.to_owned()),
        }
    }

    fn shape(&self) -> Shape {
        Shape::Text { what: "a string".to_owned() }
    }
}

/// The figure of a run, or `"none"`.
struct Figure;

impl Form for Figure {
    type T = Option<f64>;

    fn read(&self, value: &Value<'_>) -> Read<Option<f64>> {
        if value.as_text().is_some() {
            return Words("figure", &[("none", (), "The run has none.")]).read(value).map(|()| None);
        }
        value.number(f64::MIN..=f64::MAX).map(Some)
    }

    fn shape(&self) -> Shape {
        Shape::Number { min: f64::MIN, max: f64::MAX }
    }
}
