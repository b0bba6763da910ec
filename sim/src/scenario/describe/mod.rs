//! The format described, for editors and for people. Both descriptions are made of the forms that read a scenario, so
//! that neither can say what the reader does not do.

mod json_schema;
mod reference;

use super::text::{Source, TableShape, table_shape};

/// A JSON Schema (draft 2020-12) of scenarios: keys, values, defaults and what they mean. What no single value shows,
/// such as a reference to a group that is not there, only the reader itself finds.
pub fn json_schema() -> String {
    json_schema::of(&shape())
}

/// The manual page of the format, in Markdown.
pub fn reference() -> String {
    reference::of(&shape())
}

fn shape() -> TableShape {
    let no_file = Source { name: String::new(), text: String::new(), folder: None };
    table_shape(|keys| super::read(keys, &no_file))
}
