//! A form is what a value may be: it reads the value, and describes it in the same breath, so that the description of
//! the format is always that of the code. Most forms can write a value down as well.

use std::ops::RangeInclusive;

use super::fields::Fields;
use super::keys::Keys;
use super::shape::{Shape, TableShape};
use super::value::{Read, Value};
use super::writer::string;

/// What a value may be.
pub trait Form {
    /// What is read.
    type T;

    /// Reads a value.
    fn read(&self, value: &Value<'_>) -> Read<Self::T>;

    /// Describes all values that can be read.
    fn shape(&self) -> Shape;
}

/// A form whose values can be written without knowing what is around them.
pub trait Written: Form {
    /// The value, in TOML; it reads back as itself.
    fn written(&self, value: &Self::T) -> String;
}

/// `true` or `false`.
pub struct Boolean;

impl Form for Boolean {
    type T = bool;

    fn read(&self, value: &Value<'_>) -> Read<bool> {
        value.boolean()
    }

    fn shape(&self) -> Shape {
        Shape::Boolean
    }
}

impl Written for Boolean {
    fn written(&self, value: &bool) -> String {
        value.to_string()
    }
}

/// A whole number of things within a range.
pub struct Count(pub RangeInclusive<u32>);

impl Form for Count {
    type T = u32;

    fn read(&self, value: &Value<'_>) -> Read<u32> {
        value.count(self.0.clone())
    }

    fn shape(&self) -> Shape {
        Shape::Whole { min: (*self.0.start()).into(), max: (*self.0.end()).into() }
    }
}

impl Written for Count {
    fn written(&self, value: &u32) -> String {
        value.to_string()
    }
}

/// Any whole number from zero to the largest of 64 bits.
pub struct Whole;

impl Form for Whole {
    type T = u64;

    fn read(&self, value: &Value<'_>) -> Read<u64> {
        value.whole(0..=u64::MAX)
    }

    fn shape(&self) -> Shape {
        Shape::Whole { min: 0, max: u64::MAX }
    }
}

impl Written for Whole {
    fn written(&self, value: &u64) -> String {
        value.to_string()
    }
}

/// A number without unit within a range.
pub struct Number(pub RangeInclusive<f64>);

impl Form for Number {
    type T = f64;

    fn read(&self, value: &Value<'_>) -> Read<f64> {
        value.number(self.0.clone())
    }

    fn shape(&self) -> Shape {
        Shape::Number { min: *self.0.start(), max: *self.0.end() }
    }
}

impl Written for Number {
    fn written(&self, value: &f64) -> String {
        format!("{value:?}")
    }
}

/// One of some words, each with its meaning and what to say about it. The first item says what such a word is.
pub struct Words<T: 'static>(pub &'static str, pub &'static [(&'static str, T, &'static str)]);

impl<T: Copy> Form for Words<T> {
    type T = T;

    fn read(&self, value: &Value<'_>) -> Read<T> {
        value.word(self.0, self.1)
    }

    fn shape(&self) -> Shape {
        Shape::Words(self.1.iter().map(|(word, _, doc)| ((*word).to_owned(), (*doc).to_owned())).collect())
    }
}

impl<T: Copy + PartialEq> Written for Words<T> {
    fn written(&self, value: &T) -> String {
        let word = self.1.iter().find(|(_, meaning, _)| meaning == value);
        string(word.map_or("", |(word, ..)| word))
    }
}

/// One of some names that stand for themselves. The first item says what such a name is.
pub struct Names(pub &'static str, pub &'static [&'static str]);

impl Form for Names {
    type T = &'static str;

    fn read(&self, value: &Value<'_>) -> Read<&'static str> {
        let words: Vec<_> = self.1.iter().map(|name| (*name, *name, "")).collect();
        value.word(self.0, &words)
    }

    fn shape(&self) -> Shape {
        Shape::Words(self.1.iter().map(|name| ((*name).to_owned(), String::new())).collect())
    }
}

impl Written for Names {
    fn written(&self, value: &&'static str) -> String {
        string(value)
    }
}

/// An array of values of one form, of at most so many. An empty one is as good as none.
pub struct List<F>(pub F, pub usize);

impl<F: Form> Form for List<F> {
    type T = Vec<F::T>;

    fn read(&self, value: &Value<'_>) -> Read<Vec<F::T>> {
        // All are read before the first refusal counts, so that all refusals are heard.
        let items: Vec<Read<F::T>> = value.items(self.1)?.iter().map(|item| self.0.read(item)).collect();
        items.into_iter().collect()
    }

    fn shape(&self) -> Shape {
        Shape::List(Box::new(self.0.shape()))
    }
}

impl<F: Written> Written for List<F> {
    fn written(&self, values: &Vec<F::T>) -> String {
        let items: Vec<String> = values.iter().map(|value| self.0.written(value)).collect();
        format!("[{}]", items.join(", "))
    }
}

/// A table: how its keys are read, and how they are written.
pub struct Table<T> {
    /// Asks for the keys.
    pub read: fn(&mut Keys<'_>) -> Read<T>,
    /// Writes them, inline.
    pub write: fn(&T, &mut Fields),
}

impl<T> Form for Table<T> {
    type T = T;

    fn read(&self, value: &Value<'_>) -> Read<T> {
        value.table(|keys| (self.read)(keys))
    }

    fn shape(&self) -> Shape {
        Shape::Table(table_shape(self.read))
    }
}

impl<T> Written for Table<T> {
    fn written(&self, value: &T) -> String {
        Fields::inline(|fields| (self.write)(value, fields))
    }
}

/// What a reader of a table asks for, found out by letting it ask.
pub fn table_shape<T>(read: impl FnOnce(&mut Keys<'_>) -> Read<T>) -> TableShape {
    let mut keys = Keys::describing();
    // Nothing is there, so nothing is read: what counts is what was asked for.
    let _ = read(&mut keys);
    keys.into_shape()
}
