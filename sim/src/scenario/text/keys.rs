//! The keys of one table. A key is known because somebody asks for it: what nobody asked for is refused, with the
//! likeliest of the asked-for keys as the proposal. Asking also describes: whoever asks says what the key means and
//! what form its value has.

use super::document::Entry;
use super::error::Complaint;
use super::form::{Form, Written};
use super::shape::{KeyShape, Need, Shape, TableShape};
use super::source::Place;
use super::value::{Read, Refused, Value};
use super::{list, nearest, quoted};

/// A table while it is read, or described.
///
/// Ask for every key before the first `?`: a key not asked for counts as unknown.
pub struct Keys<'a> {
    /// The table and what stands in it; none while it is described.
    table: Option<(Value<'a>, &'a [Entry])>,
    known: Vec<&'static str>,
    missing: Vec<Missing>,
    /// What else is missing: none of several keys is there.
    unmet: Vec<Complaint>,
    shape: TableShape,
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
        Keys {
            table: Some((table, entries)),
            known: Vec::new(),
            missing: Vec::new(),
            unmet: Vec::new(),
            shape: TableShape::default(),
        }
    }

    /// The keys of no table: it is written down what is asked for.
    pub fn describing() -> Keys<'static> {
        Keys {
            table: None,
            known: Vec::new(),
            missing: Vec::new(),
            unmet: Vec::new(),
            shape: TableShape::default(),
        }
    }

    /// What was asked for.
    pub fn into_shape(self) -> TableShape {
        self.shape
    }

    /// The value of `key`, if it is given.
    pub fn optional<F: Form>(
        &mut self,
        key: &'static str,
        doc: &'static str,
        form: &F,
    ) -> Read<Option<F::T>> {
        self.ask(key, doc, || Need::Optional, form)
    }

    /// The value of `key`, or `default`.
    pub fn or<F: Written>(
        &mut self,
        key: &'static str,
        doc: &'static str,
        default: F::T,
        form: &F,
    ) -> Read<F::T> {
        let need = || Need::Default(form.written(&default));
        let given = self.ask(key, doc, need, form)?;
        Ok(given.unwrap_or(default))
    }

    /// The table under `key`, or `default`, whose keys speak for themselves.
    pub fn section<F: Form>(
        &mut self,
        key: &'static str,
        doc: &'static str,
        default: F::T,
        form: &F,
    ) -> Read<F::T> {
        Ok(self.ask(key, doc, || Need::Section, form)?.unwrap_or(default))
    }

    /// The value of `key`, which must be given, for instance as `example`.
    pub fn required<F: Form>(
        &mut self,
        key: &'static str,
        example: &'static str,
        doc: &'static str,
        form: &F,
    ) -> Read<F::T> {
        match self.ask(key, doc, || Need::Required(example), form)? {
            Some(value) => Ok(value),
            None => {
                self.missing.push(Missing { key, example });
                Err(Refused::by_keys())
            }
        }
    }

    /// One of these sets of keys must be given, and no key of another; `what` says so, `examples` shows how. The answer
    /// is the number of the set.
    pub fn exactly_one(&mut self, what: &str, examples: &str, sets: &[&[&'static str]]) -> Read<usize> {
        if self.table.is_none() {
            self.shape.exactly_one.push(sets.iter().map(|set| set.to_vec()).collect());
            return Err(Refused::by_keys());
        }
        let given: Vec<usize> =
            (0..sets.len()).filter(|&set| sets[set].iter().any(|key| self.has(key))).collect();
        if let [set] = given[..] {
            return Ok(set);
        }
        let complaint = Complaint::new(what);
        Err(match given.get(1) {
            Some(&second) => {
                let key = sets[second].iter().find(|key| self.has(key)).copied().unwrap_or_default();
                let other = sets[given[0]].iter().find(|key| self.has(key)).copied().unwrap_or_default();
                let complaint = complaint.label(format!("not beside {}", quoted(other)));
                self.refuse_key(key, complaint.help(format!("either {examples}")))
            }
            None => {
                self.unmet.push(complaint.label(format!("add {examples}")));
                Refused::by_keys()
            }
        })
    }

    /// Says that `key`, which was read as optional, must be there after all, for instance as `example`.
    pub fn need<T>(&mut self, key: &'static str, example: &'static str, value: Option<T>) -> Read<T> {
        value.ok_or_else(|| {
            self.missing.push(Missing { key, example });
            Refused::by_keys()
        })
    }

    /// Whether `key` is given.
    pub fn has(&self, key: &str) -> bool {
        self.entries().iter().any(|entry| entry.key.name == key)
    }

    /// Every key with its value, for a table whose keys are the author's own names.
    pub fn each(&mut self) -> Vec<(&'a str, &'a Place, Value<'a>)> {
        let Some((table, entries)) = &mut self.table else { return Vec::new() };
        let entries = std::mem::take(entries);
        entries
            .iter()
            .map(|entry| (&entry.key.name[..], &entry.key.place, table.child(&entry.key.name, &entry.node)))
            .collect()
    }

    /// Refuses the table as a whole.
    pub fn refuse(&self, complaint: Complaint) -> Refused {
        match &self.table {
            Some((table, _)) => table.refuse(complaint),
            None => Refused::by_keys(),
        }
    }

    /// Refuses the value under `key`, or the table if it does not stand there.
    pub fn refuse_key(&self, key: &str, complaint: Complaint) -> Refused {
        let Some((table, entries)) = &self.table else { return Refused::by_keys() };
        match entries.iter().find(|entry| entry.key.name == key) {
            Some(entry) => table.child(key, &entry.node).refuse(complaint),
            None => table.refuse(complaint),
        }
    }

    /// Refuses the keys nobody asked for, and then what is still missing.
    pub fn finish(mut self) -> Read<()> {
        let mut clean = Ok(());
        for entry in self.entries() {
            let name = entry.key.name.as_str();
            if self.known.contains(&name) {
                continue;
            }
            let meant = nearest(name, self.known.iter().copied());
            // A misspelt key and the missing one are the same mistake.
            self.missing.retain(|missing| Some(missing.key) != meant);
            clean = Err(self.refuse_unknown(entry, meant));
        }
        // A misspelt key says better that one is missing.
        if clean.is_ok() {
            for complaint in std::mem::take(&mut self.unmet) {
                clean = Err(self.refuse(complaint));
            }
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

    fn ask<F: Form>(
        &mut self,
        key: &'static str,
        doc: &'static str,
        need: impl FnOnce() -> Need,
        form: &F,
    ) -> Read<Option<F::T>> {
        let Some((table, entries)) = &self.table else {
            let shape: Shape = form.shape();
            self.shape.keys.push(KeyShape { key, doc, need: need(), shape });
            return Err(Refused::by_keys());
        };
        self.known.push(key);
        match entries.iter().find(|entry| entry.key.name == key) {
            Some(entry) => form.read(&table.child(key, &entry.node)).map(Some),
            None => Ok(None),
        }
    }

    fn entries(&self) -> &'a [Entry] {
        self.table.as_ref().map_or(&[], |(_, entries)| entries)
    }

    fn refuse_unknown(&self, entry: &Entry, meant: Option<&str>) -> Refused {
        let Some((table, _)) = &self.table else { return Refused::by_keys() };
        let title = format!("there is no key {}{}", quoted(&entry.key.name), self.place_in_words());
        let mut complaint = Complaint::new(title);
        if let Some(key) = meant {
            complaint = complaint.label(format!("did you mean {}?", quoted(key)));
        }
        let known = list(self.known.iter().copied());
        table.reader().refuse(complaint.help(format!("known here are {known}")), entry.key.place.clone())
    }

    fn place_in_words(&self) -> String {
        match self.table.as_ref().map_or("", |(table, _)| table.path()) {
            "" => " at the top of a scenario".to_owned(),
            path => format!(" in {}", quoted(path)),
        }
    }
}
