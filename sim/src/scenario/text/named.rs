//! Tables whose keys are the author's own names, and references to those names from elsewhere.

use super::document::{Data, Node};
use super::error::Complaint;
use super::form::{Form, table_shape};
use super::keys::Keys;
use super::shape::Shape;
use super::source::Place;
use super::value::{Read, Refused, Value};
use super::{list, nearest, quoted};

/// A table of tables: `[peers.seed]`, `[peers.leecher]`.
pub struct Named<T> {
    /// What a name names.
    pub what: &'static str,
    /// Whether a name will do.
    pub check: fn(&str) -> Result<(), Complaint>,
    /// Reads the table under a name.
    pub read: fn(&str, &mut Keys<'_>) -> Read<T>,
}

impl<T> Form for Named<T> {
    type T = Vec<T>;

    /// All of them, in the order of the file.
    fn read(&self, value: &Value<'_>) -> Read<Vec<T>> {
        value.table(|keys| {
            let entries = keys.each();
            let of_the_file: Vec<&str> = entries
                .iter()
                .filter(|(_, place, _)| !place.is_override())
                .map(|(name, _, _)| *name)
                .collect();
            let read_one = |(name, place, table): &(&str, &Place, Value<'_>)| {
                let refuse = |complaint| value.reader().refuse(complaint, (*place).clone());
                (self.check)(name).map_err(refuse)?;
                // `--set` says a value of the scenario anew; it does not make up a table.
                if place.is_override() {
                    return Err(refuse(unknown(self.what, name, &of_the_file)));
                }
                table.table(|keys| (self.read)(name, keys))
            };
            // All are read before the first refusal counts, so that all refusals are heard.
            let tables: Vec<Read<T>> = entries.iter().map(read_one).collect();
            tables.into_iter().collect()
        })
    }

    fn shape(&self) -> Shape {
        Shape::Named { what: self.what, table: table_shape(|keys| (self.read)("", keys)) }
    }
}

/// A name that stands elsewhere in the document.
#[derive(Clone, Copy)]
pub enum NameOf {
    /// A key of the table `table` at the top of the document; `what` says what it names.
    Key {
        /// What it names.
        what: &'static str,
        /// The table.
        table: &'static str,
    },
    /// The string `name` in an item of the array `array` at the top of the document; `what` says what it names.
    Item {
        /// What it names.
        what: &'static str,
        /// The array.
        array: &'static str,
    },
}

impl Form for NameOf {
    type T = (usize, String);

    /// The name, and its place among the others.
    fn read(&self, value: &Value<'_>) -> Read<(usize, String)> {
        let word = value.text(&self.in_words())?;
        let names = self.names(value.root());
        match names.iter().position(|name| *name == Some(word)) {
            Some(place) => Ok((place, word.to_owned())),
            None => Err(self.refuse(value, word, &names.into_iter().flatten().collect::<Vec<_>>())),
        }
    }

    fn shape(&self) -> Shape {
        Shape::Text { what: self.in_words() }
    }
}

impl NameOf {
    fn in_words(&self) -> String {
        let article = if self.what().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("the name of {article} {}", self.what())
    }

    fn what(&self) -> &'static str {
        match self {
            NameOf::Key { what, .. } | NameOf::Item { what, .. } => what,
        }
    }

    fn names<'a>(&self, root: &'a Node) -> Vec<Option<&'a str>> {
        match self {
            NameOf::Key { table, .. } => match root.get(table).map(|node| &node.data) {
                Some(Data::Table(entries)) => {
                    entries.iter().map(|entry| Some(entry.key.name.as_str())).collect()
                }
                _ => Vec::new(),
            },
            NameOf::Item { array, .. } => match root.get(array).map(|node| &node.data) {
                Some(Data::Array(items)) => items.iter().map(Node::name).collect(),
                _ => Vec::new(),
            },
        }
    }

    fn refuse(&self, value: &Value<'_>, word: &str, names: &[&str]) -> Refused {
        value.refuse(unknown(self.what(), word, names))
    }
}

fn unknown(what: &str, name: &str, names: &[&str]) -> Complaint {
    let complaint = Complaint::new(format!("the scenario has no {what} {}", quoted(name)));
    let complaint = match nearest(name, names.iter().copied()) {
        Some(near) => complaint.label(format!("did you mean {}?", quoted(near))),
        None => complaint,
    };
    match names {
        [] => complaint,
        _ => complaint.help(format!("its {what}s are {}", list(names.iter().copied()))),
    }
}
