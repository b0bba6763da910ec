//! Writes a resolved scenario: plain TOML, a table header and its keys, every string quoted by TOML's own rules.

use std::fmt::Write;

use super::fields::Fields;

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

    /// Keys before the first table.
    pub fn top(&mut self, write: impl FnOnce(&mut Fields)) {
        let mut fields = Fields::default();
        write(&mut fields);
        fields.lines().iter().for_each(|line| self.line(line));
    }

    /// The table `[a.b]`.
    pub fn table(&mut self, path: &[&str], write: impl FnOnce(&mut Fields)) {
        let path: Vec<String> = path.iter().map(|key| key_text(key)).collect();
        self.line(&format!("\n[{}]", path.join(".")));
        self.top(write);
    }

    /// One more item of the array of tables `[[key]]`.
    pub fn item(&mut self, key: &str, write: impl FnOnce(&mut Fields)) {
        self.line(&format!("\n[[{}]]", key_text(key)));
        self.top(write);
    }

    fn line(&mut self, line: &str) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// `name` as a key, quoted where it has to be.
pub fn key_text(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string(name) }
}

/// `text` as a basic string of one line: the one form that may also be a key.
pub fn string(text: &str) -> String {
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
