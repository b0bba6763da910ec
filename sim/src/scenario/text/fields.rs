//! The keys of a table while they are written.

use std::fmt::Display;

use super::form::Written;
use super::writer::{key_text, string};

/// The keys of a table and their values, each as a line of TOML.
#[derive(Default)]
pub struct Fields(Vec<String>);

impl Fields {
    /// What `write` writes, as an inline table.
    pub fn inline(write: impl FnOnce(&mut Fields)) -> String {
        let mut fields = Fields::default();
        write(&mut fields);
        format!("{{ {} }}", fields.0.join(", "))
    }

    /// `key = value`, as `form` writes it.
    pub fn put<F: Written>(&mut self, key: &str, form: &F, value: &F::T) {
        self.bare(key, form.written(value));
    }

    /// `key = value`, if there is one.
    pub fn put_some<F: Written>(&mut self, key: &str, form: &F, value: &Option<F::T>) {
        if let Some(value) = value {
            self.put(key, form, value);
        }
    }

    /// `key = "text"`.
    pub fn text(&mut self, key: &str, text: &str) {
        self.bare(key, string(text));
    }

    /// `key = value` for a value that is TOML already.
    pub fn bare(&mut self, key: &str, value: impl Display) {
        self.0.push(format!("{} = {value}", key_text(key)));
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}
