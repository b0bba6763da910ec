//! A TOML document as a tree of nodes that know where they stand. Our own small tree, because a resolved scenario mixes
//! nodes of several sources: the file's, and those that `--set` laid over them.

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::error::{Complaint, Problem};
use super::source::Place;
use super::{nearest, quoted};

/// A value and where it stands. A table with a header stands at its header.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the value stands.
    pub place: Place,
    /// The value.
    pub data: Data,
}

/// What TOML can say; of what no key of a scenario takes, only that it was said.
#[derive(Clone, Debug)]
pub enum Data {
    /// A string.
    Text(String),
    /// An integer; one beyond 128 bits is cut to the nearest that fits, which is over every limit here.
    Integer(i128),
    /// A float; one beyond all floats is infinite.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or a time.
    Date,
    /// An array.
    Array(Vec<Node>),
    /// A table, in the order of the text.
    Table(Vec<Entry>),
}

/// A key of a table and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key and where it stands.
    pub key: Key,
    /// Its value.
    pub node: Node,
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key, without quotes.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

impl Node {
    /// The node under `key`, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Data::Table(entries) = &self.data else { return None };
        entries.iter().find(|entry| entry.key.name == key).map(|entry| &entry.node)
    }

    /// Where the value at `path` stands; if it was left out, where the nearest table around it stands.
    pub fn place_of(&self, path: &[&str]) -> Place {
        let mut node = self;
        for key in path {
            let inner = match &node.data {
                Data::Array(items) => key.parse::<usize>().ok().and_then(|number| items.get(number)),
                _ => node.get(key),
            };
            let Some(inner) = inner else { break };
            node = inner;
        }
        node.place.clone()
    }

    /// What the string under `name` says, if this is a table that has one.
    pub fn name(&self) -> Option<&str> {
        match &self.get("name")?.data {
            Data::Text(name) => Some(name),
            _ => None,
        }
    }

    /// Puts `value` at `path`, in place of what stood there; makes the tables on the way. An item of an array is called
    /// by its name or by its number, from 0.
    pub fn set(&mut self, path: &[Key], value: Node) -> Result<(), Problem> {
        let Some((key, rest)) = path.split_first() else {
            *self = value;
            return Ok(());
        };
        if let Data::Array(items) = &mut self.data {
            return set_item(items, key, rest, value);
        }
        if !matches!(self.data, Data::Table(_)) {
            *self = Node { place: value.place.clone(), data: Data::Table(Vec::new()) };
        }
        let Data::Table(entries) = &mut self.data else { return Ok(()) };
        let index = entries.iter().position(|entry| entry.key.name == key.name).unwrap_or_else(|| {
            let node = Node { place: key.place.clone(), data: Data::Table(Vec::new()) };
            entries.push(Entry { key: key.clone(), node });
            entries.len() - 1
        });
        entries[index].node.set(rest, value)
    }
}

fn set_item(items: &mut [Node], key: &Key, rest: &[Key], value: Node) -> Result<(), Problem> {
    let named = items.iter().position(|item| item.name() == Some(&key.name));
    let index = named.or_else(|| key.name.parse().ok().filter(|index| *index < items.len()));
    match index {
        Some(index) => items[index].set(rest, value),
        None => {
            let names: Vec<&str> = items.iter().filter_map(Node::name).collect();
            let complaint = Complaint::new(format!("there is no item {} to be set", quoted(&key.name)));
            let complaint = match nearest(&key.name, names.iter().copied()) {
                Some(name) => complaint.label(format!("did you mean {}?", quoted(name))),
                None => complaint.label(match items.len() {
                    0 => "the array is empty".to_owned(),
                    count => format!("expected a name, or a number from 0 to {}", count - 1),
                }),
            };
            Err(complaint.at(key.place.clone()))
        }
    }
}

/// The document `text`, which is source number `source`.
pub fn parse(text: &str, source: usize) -> Result<Node, Problem> {
    let table = DeTable::parse(text).map_err(|error| syntax(&error, text, source, 0))?;
    let place = Place { source, span: 0..0 };
    Ok(Node { place, data: Data::Table(entries(table.get_ref(), source, 0)) })
}

/// The single value `text`, which begins at byte `offset` of source number `source`.
pub fn parse_value(text: &str, source: usize, offset: usize) -> Result<Node, Problem> {
    let value = DeValue::parse(text).map_err(|error| syntax(&error, text, source, offset))?;
    Ok(node(&value, source, offset))
}

/// What the TOML parser says, at its place. It gives none for its recursion limit: then the end of the text is shown.
pub fn syntax(error: &toml::de::Error, text: &str, source: usize, offset: usize) -> Problem {
    let span = error.span().unwrap_or(text.len()..text.len());
    let (start, end) = (span.start.min(text.len()), span.end.min(text.len()));
    let place = Place { source, span: start + offset..end.max(start) + offset };
    Complaint::new("this is not TOML").label(error.message().replace('\n', " ")).at(place)
}

/// The parser bounds the depth (80), and so this recursion.
fn node(value: &Spanned<DeValue<'_>>, source: usize, offset: usize) -> Node {
    let data = match value.get_ref() {
        DeValue::String(text) => Data::Text(text.clone().into_owned()),
        DeValue::Integer(digits) => Data::Integer(integer(digits)),
        DeValue::Float(digits) => Data::Float(digits.as_str().replace('_', "").parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(yes) => Data::Boolean(*yes),
        DeValue::Datetime(_) => Data::Date,
        DeValue::Array(items) => Data::Array(items.iter().map(|item| node(item, source, offset)).collect()),
        DeValue::Table(table) => Data::Table(entries(table, source, offset)),
    };
    Node { place: place(value.span(), source, offset), data }
}

fn entries(table: &DeTable<'_>, source: usize, offset: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: Key { name: key.get_ref().to_string(), place: place(key.span(), source, offset) },
            node: node(value, source, offset),
        })
        .collect();
    // The parser's map is sorted by name; the order of the text is the order of the groups.
    entries.sort_by_key(|entry| entry.key.place.span.start);
    entries
}

fn place(span: std::ops::Range<usize>, source: usize, offset: usize) -> Place {
    Place { source, span: span.start + offset..span.end + offset }
}

fn integer(digits: &DeInteger<'_>) -> i128 {
    let nearest = if digits.as_str().starts_with('-') { i128::MIN } else { i128::MAX };
    i128::from_str_radix(digits.as_str(), digits.radix()).unwrap_or(nearest)
}
