//! Writes a resolved scenario: plain TOML, a table header and its keys, every string quoted by TOML's own rules.

use std::fmt::{Display, Write};

/// A TOML text under construction.
#[derive(Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// The text so far.
    pub fn finish(self) -> String {
        self.text
    }

    /// `text` as comment lines of readable length; its words are kept, its line breaks are not.
    pub fn comment(&mut self, text: &str) {
        const CHARS_MAX: usize = 100;
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() > 1 && line.len() + 1 + word.len() > CHARS_MAX {
                self.line(&line);
                line.truncate(1);
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// Begins the table `[a.b]`.
    pub fn table(&mut self, path: &[&str]) {
        let path: Vec<String> = path.iter().map(|key| key_text(key)).collect();
        self.line(&format!("\n[{}]", path.join(".")));
    }

    /// `key = "text"`.
    pub fn text(&mut self, key: &str, text: &str) {
        self.bare(key, string(text));
    }

    /// `key = value` for a value that is TOML already: a number, a truth value, an inline table.
    pub fn bare(&mut self, key: &str, value: impl Display) {
        self.line(&format!("{} = {value}", key_text(key)));
    }

    /// `key = "word"` for the word that means `value` in `table`.
    pub fn word<T: PartialEq>(&mut self, key: &str, table: &[(&str, T)], value: T) {
        if let Some((word, _)) = table.iter().find(|(_, meaning)| *meaning == value) {
            self.text(key, word);
        }
    }

    fn line(&mut self, line: &str) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// `name` as a key, quoted where it has to be.
fn key_text(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string(name) }
}

/// `text` as a basic string of one line: the one form that may also be a key.
fn string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                // Writing to a String can't fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
