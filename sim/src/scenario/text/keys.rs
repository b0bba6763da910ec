//! The keys of one table. A key is known because somebody asks for it: what nobody asked for is refused, with the
//! likeliest of the asked-for keys as the proposal.

use super::document::Entry;
use super::error::Complaint;
use super::source::Place;
use super::value::{Read, Refused, Value};
use super::{list, nearest, quoted};

/// A table while it is read.
///
/// Ask for every key before the first `?`: a key not asked for counts as unknown.
pub struct Keys<'a> {
    table: Value<'a>,
    entries: &'a [Entry],
    known: Vec<&'static str>,
    missing: Vec<Missing>,
}

struct Missing {
    key: &'static str,
    example: &'static str,
}

impl Missing {
    /// A table's example is a header, which says all by itself.
    fn example(&self) -> String {
        if self.example.starts_with('[') {
            self.example.to_owned()
        } else {
            format!("{} = {}", self.key, self.example)
        }
    }
}

impl<'a> Keys<'a> {
    /// The keys of `table`, none asked for yet.
    pub fn new(table: Value<'a>, entries: &'a [Entry]) -> Keys<'a> {
        Keys { table, entries, known: Vec::new(), missing: Vec::new() }
    }

    /// The value of `key`, if it is given.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value<'a>) -> Read<T>,
    ) -> Read<Option<T>> {
        self.known.push(key);
        match self.entries.iter().find(|entry| entry.key.name == key) {
            Some(entry) => read(&self.table.child(key, &entry.node)).map(Some),
            None => Ok(None),
        }
    }

    /// The value of `key`, or `default`.
    pub fn or<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl FnOnce(&Value<'a>) -> Read<T>,
    ) -> Read<T> {
        Ok(self.optional(key, read)?.unwrap_or(default))
    }

    /// The value of `key`, which must be given, for instance as `example`.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        example: &'static str,
        read: impl FnOnce(&Value<'a>) -> Read<T>,
    ) -> Read<T> {
        match self.optional(key, read)? {
            Some(value) => Ok(value),
            None => {
                self.missing.push(Missing { key, example });
                Err(Refused::by_keys())
            }
        }
    }

    /// Every key with its value, for a table whose keys are the author's own names.
    pub fn each(&mut self) -> impl Iterator<Item = (&'a str, &'a Place, Value<'a>)> {
        let table = self.table.clone();
        std::mem::take(&mut self.entries).iter().map(move |entry| {
            let name = entry.key.name.as_str();
            (name, &entry.key.place, table.child(name, &entry.node))
        })
    }

    /// Refuses the table as a whole.
    pub fn refuse(&self, complaint: Complaint) -> Refused {
        self.table.refuse(complaint)
    }

    /// Refuses the value under `key`, or the table if it does not stand there.
    pub fn refuse_key(&self, key: &str, complaint: Complaint) -> Refused {
        match self.entries.iter().find(|entry| entry.key.name == key) {
            Some(entry) => self.table.child(key, &entry.node).refuse(complaint),
            None => self.refuse(complaint),
        }
    }

    /// Refuses the keys nobody asked for, and then what is still missing.
    pub fn finish(mut self) -> Read<()> {
        let mut clean = Ok(());
        for entry in self.entries {
            let name = entry.key.name.as_str();
            if self.known.contains(&name) {
                continue;
            }
            let meant = nearest(name, self.known.iter().copied());
            // A misspelt key and the missing one are the same mistake.
            self.missing.retain(|missing| Some(missing.key) != meant);
            clean = Err(self.refuse_unknown(entry, meant));
        }
        if self.missing.is_empty() {
            return clean;
        }
        let keys = list(self.missing.iter().map(|missing| missing.key));
        let verb = if self.missing.len() == 1 { "is" } else { "are" };
        let examples: Vec<String> = self.missing.iter().map(Missing::example).collect();
        let complaint = Complaint::new(format!("{keys} {verb} missing{}", self.place_in_words()))
            .label(format!("add {}", examples.join(" and ")));
        Err(self.refuse(complaint))
    }

    fn refuse_unknown(&self, entry: &Entry, meant: Option<&str>) -> Refused {
        let title = format!("there is no key {}{}", quoted(&entry.key.name), self.place_in_words());
        let mut complaint = Complaint::new(title);
        if let Some(key) = meant {
            complaint = complaint.label(format!("did you mean {}?", quoted(key)));
        }
        let known = list(self.known.iter().copied());
        self.table.reader().refuse(complaint.help(format!("known here are {known}")), entry.key.place.clone())
    }

    fn place_in_words(&self) -> String {
        match self.table.path() {
            "" => " at the top of a scenario".to_owned(),
            path => format!(" in {}", quoted(path)),
        }
    }
}
