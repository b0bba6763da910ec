//! The text side of scenarios: where a value stands in which file, reading TOML with places, `--set`, and saying what is
//! wrong. Knows nothing about swarms: no key of the format is named here.

mod document;
mod error;
mod keys;
mod overrides;
mod path;
mod source;
mod suggest;
mod value;
mod writer;

pub use document::{Node, parse as parse_document};
pub use error::{Complaint, Problem, ScenarioError};
pub use keys::Keys;
pub use overrides::apply as apply_override;
pub use source::{Place, Source, read_file};
pub use suggest::{list, nearest};
pub use value::{Read, Reader, Value};
pub use writer::Writer;

/// `text` between back quotes, fit to stand in a message: no control characters, not longer than a line.
pub fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut out = String::from("`");
    for (i, c) in text.chars().enumerate() {
        if i == CHARS_MAX {
            out.push('…');
            break;
        }
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out.push('`');
    out
}

/// `number` with a comma before every three digits.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}
