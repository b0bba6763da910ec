//! One value of the document, asked for by type. A value that is not what it should be is refused: the complaint is
//! kept, and reading goes on, so that one run shows all that is wrong.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use super::document::{Data, Node};
use super::error::{Complaint, Problem, ScenarioError};
use super::keys::Keys;
use super::source::{Place, Source};
use super::{grouped, list, nearest, quoted};

/// A value read, or the promise that a complaint about it is on record.
pub type Read<T> = Result<T, Refused>;

/// Stands for a value that was refused. Only the reader of a value or of a table makes
/// one, and it records the complaint.
#[derive(Clone, Copy, Debug)]
pub struct Refused(());

impl Refused {
    /// For a missing key, whose complaint is recorded when its table has been read.
    pub(super) fn by_keys() -> Refused {
        Refused(())
    }
}

/// Collects what is wrong while a document is read.
pub struct Reader {
    sources: Vec<Source>,
    problems: RefCell<Vec<Problem>>,
}

/// A value, its key, and the tables around it.
#[derive(Clone)]
pub struct Value<'a> {
    reader: &'a Reader,
    root: &'a Node,
    node: &'a Node,
    /// Dotted keys from the root, empty for the root itself.
    path: String,
    key: &'a str,
}

impl Reader {
    /// A reader of documents made of `sources`.
    pub fn new(sources: Vec<Source>) -> Reader {
        Reader { sources, problems: RefCell::default() }
    }

    /// The whole document.
    pub fn root<'a>(&'a self, node: &'a Node) -> Value<'a> {
        Value { reader: self, root: node, node, path: String::new(), key: "" }
    }

    /// Records a complaint.
    pub fn refuse(&self, complaint: Complaint, place: Place) -> Refused {
        self.record(complaint.at(place))
    }

    /// Records a complaint that already knows its place.
    pub fn record(&self, problem: Problem) -> Refused {
        self.problems.borrow_mut().push(problem);
        Refused(())
    }

    /// The text that `place` points into.
    pub fn source(&self, place: &Place) -> &Source {
        &self.sources[place.source]
    }

    /// All sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Whether nothing was refused.
    pub fn is_clean(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// All that was refused, in the order of the text.
    pub fn into_error(self) -> ScenarioError {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(Problem::order);
        ScenarioError::new(self.sources, problems)
    }
}

impl<'a> Value<'a> {
    /// The value under `key` of this table.
    pub fn child(&self, key: &'a str, node: &'a Node) -> Value<'a> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Value { reader: self.reader, root: self.root, node, path, key }
    }

    /// The items of this array, at most `limit`.
    pub fn items(&self, limit: usize) -> Read<Vec<Value<'a>>> {
        let Data::Array(items) = &self.node.data else {
            return Err(self.wrong_type("an array: its items stand in brackets, or each below `[[…]]`"));
        };
        if items.len() > limit {
            let title = format!("`{}` has {} items", self.key, grouped(items.len() as u128));
            let limit = format!("at most {}", grouped(limit as u128));
            return Err(self.refuse(Complaint::new(title).label(limit)));
        }
        let item = |(number, node): (usize, &'a Node)| Value {
            node,
            path: format!("{}.{number}", self.path),
            ..self.clone()
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// The whole document.
    pub fn root(&self) -> &'a Node {
        self.root
    }

    /// Whether this is a table that has `key`.
    pub fn has(&self, key: &str) -> bool {
        self.node.get(key).is_some()
    }

    /// The keys of this table, if it is one.
    pub fn key_names(&self) -> impl Iterator<Item = (&'a str, &'a Place)> {
        let entries = match &self.node.data {
            Data::Table(entries) => &entries[..],
            _ => &[],
        };
        entries.iter().map(|entry| (&entry.key.name[..], &entry.key.place))
    }

    /// Who keeps the complaints.
    pub fn reader(&self) -> &'a Reader {
        self.reader
    }

    /// Dotted keys from the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where the value stands.
    pub fn place(&self) -> Place {
        self.node.place.clone()
    }

    /// The words of the value as they stand in the text.
    pub fn words(&self) -> &'a str {
        let place = &self.node.place;
        self.reader.source(place).text.get(place.span.clone()).unwrap_or_default()
    }

    /// Records a complaint about this value.
    pub fn refuse(&self, complaint: Complaint) -> Refused {
        self.reader.refuse(complaint, self.place())
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.node.data, Data::Table(_))
    }

    /// Whether the value is an array.
    pub fn is_list(&self) -> bool {
        matches!(self.node.data, Data::Array(_))
    }

    /// Whether the value is this string.
    pub fn is_text(&self, text: &str) -> bool {
        self.as_text() == Some(text)
    }

    /// The string, if the value is one.
    pub fn as_text(&self) -> Option<&'a str> {
        match &self.node.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if the value is a bare integer or float: its words.
    pub fn bare_number(&self) -> Option<&'a str> {
        matches!(self.node.data, Data::Integer(_) | Data::Float(_)).then(|| self.words())
    }

    /// A table, read by `read` key by key; the keys that it did not ask for are refused.
    pub fn table<T>(&self, read: impl FnOnce(&mut Keys<'a>) -> Read<T>) -> Read<T> {
        let Data::Table(entries) = &self.node.data else {
            // An item of an array, and a value that can be said in several ways, have no header of their own.
            let header = match self.path.contains('.') {
                true => "a table: its keys stand between braces".to_owned(),
                false => format!("a table: its keys stand under `[{}]`", self.path),
            };
            return Err(self.wrong_type(&header));
        };
        let mut keys = Keys::new(self.clone(), entries);
        let value = read(&mut keys);
        keys.finish()?;
        value
    }

    /// A string.
    pub fn text(&self, expected: &str) -> Read<&'a str> {
        match &self.node.data {
            Data::Text(text) => Ok(text),
            _ => Err(self.wrong_type(expected)),
        }
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Read<bool> {
        match self.node.data {
            Data::Boolean(yes) => Ok(yes),
            _ => Err(self.wrong_type("`true` or `false`")),
        }
    }

    /// A whole number of things within `range`.
    pub fn count(&self, range: RangeInclusive<u32>) -> Read<u32> {
        self.whole(u64::from(*range.start())..=u64::from(*range.end())).map(|number| number as u32)
    }

    /// A whole number within `range`.
    pub fn whole(&self, range: RangeInclusive<u64>) -> Read<u64> {
        let Data::Integer(number) = self.node.data else {
            return Err(self.wrong_type("a whole number, without quotes or unit"));
        };
        let (key, words) = (self.key, self.words());
        match u64::try_from(number) {
            Ok(number) if range.contains(&number) => Ok(number),
            Ok(number) if number < *range.start() => {
                let title = format!("`{key}` is {words}, below its limit");
                Err(self.refuse(Complaint::new(title).label(format!("at least {}", range.start()))))
            }
            Err(_) if number < 0 => {
                let title = format!("`{key}` is negative");
                Err(self.refuse(Complaint::new(title).label(format!("{} or more", range.start()))))
            }
            _ => {
                let title = format!("`{key}` is {words}, over its limit");
                let limit = format!("at most {}", grouped((*range.end()).into()));
                Err(self.refuse(Complaint::new(title).label(limit)))
            }
        }
    }

    /// A number within `range`, with a point or without.
    pub fn number(&self, range: RangeInclusive<f64>) -> Read<f64> {
        let number = match self.node.data {
            Data::Integer(number) => number as f64,
            Data::Float(number) => number,
            _ => return Err(self.wrong_type("a number, without quotes or unit")),
        };
        if range.contains(&number) {
            return Ok(number);
        }
        let title = format!("`{}` is {}, out of range", self.key, self.words());
        let limits = format!("from {} to {}", range.start(), range.end());
        Err(self.refuse(Complaint::new(title).label(limits)))
    }

    /// The meaning of one of the words of `table`.
    pub fn word<T: Copy>(&self, what: &str, table: &[(&'static str, T, &'static str)]) -> Read<T> {
        let names = || table.iter().map(|(name, ..)| *name);
        let word = self.text(&format!("one of {}", list(names())))?;
        if let Some((_, meaning, _)) = table.iter().find(|(name, ..)| *name == word) {
            return Ok(*meaning);
        }
        let mut complaint = Complaint::new(format!("there is no {what} {}", quoted(word)));
        if let Some(name) = nearest(word, names()) {
            complaint = complaint.label(format!("did you mean {}?", quoted(name)));
        }
        Err(self.refuse(complaint.help(format!("known are {}", list(names())))))
    }

    /// Refuses a value of the wrong type.
    pub fn wrong_type(&self, expected: &str) -> Refused {
        let found = match &self.node.data {
            Data::Text(_) => "a string",
            Data::Integer(_) => "a bare number",
            Data::Float(_) => "a number with a point",
            Data::Boolean(true) => "`true`",
            Data::Boolean(false) => "`false`",
            Data::Date => "a date",
            Data::Array(_) => "an array",
            Data::Table(_) => "a table",
        };
        self.refuse(
            Complaint::new(format!("`{}` is {found}", self.key)).label(format!("expected {expected}")),
        )
    }
}
