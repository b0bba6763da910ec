//! The text side of scenarios: where a value stands in which file, reading TOML with places, `--set`, and saying what is
//! wrong. Knows nothing about swarms: no key of the format is named here, and the baselines of [`gate`](crate::gate) are read
//! by the same means.

mod cases;
mod csv;
mod digest;
mod document;
mod error;
mod fields;
mod form;
mod keys;
mod named;
mod overrides;
mod path;
mod shape;
mod source;
mod suggest;
mod value;
mod writer;

pub use cases::{Cases, OneOf};
pub use csv::{Columns, Row};
pub use digest::digest;
pub use document::{Node, parse as parse_document};
pub use error::{Complaint, Problem, ScenarioError};
pub use fields::Fields;
pub use form::{Boolean, Count, Form, List, Names, Number, Table, Whole, Words, Written, table_shape};
pub use keys::Keys;
pub use named::{NameOf, Named};
pub use overrides::apply as apply_override;
pub use path::ExistingPath;
pub use shape::{CaseShape, KeyShape, Need, Shape, TableShape};
pub use source::{Source, read_file};
pub use suggest::{list, nearest};
pub use value::{Read, Reader, Value};
pub use writer::{Writer, string as quoted_toml};

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
