//! Names that the author chooses: of the scenario and of its groups. They become names of folders, files and columns.

use super::super::text::{Complaint, Form, Read, Shape, Value, Written, quoted_toml};

/// Longer names fit in no table.
const CHARS_MAX: usize = 80;

/// A name that the author chooses.
pub struct Label;

impl Form for Label {
    type T = String;

    fn read(&self, value: &Value<'_>) -> Read<String> {
        let name = value.text("a name")?;
        check(name).map_err(|complaint| value.refuse(complaint))?;
        Ok(name.to_owned())
    }

    fn shape(&self) -> Shape {
        Shape::Text { what: format!("a name of at most {CHARS_MAX} characters") }
    }
}

impl Written for Label {
    fn written(&self, value: &String) -> String {
        quoted_toml(value)
    }
}

/// Refuses a name that could not be a folder's.
pub fn check(name: &str) -> Result<(), Complaint> {
    let refuse =
        |why: &str| Err(Complaint::new(format!("a name {why}")).help("it becomes the name of a folder"));
    if name.is_empty() || name.trim() != name {
        return refuse("is not empty and has no space at its ends");
    }
    if name.chars().count() > CHARS_MAX {
        return refuse(&format!("has at most {CHARS_MAX} characters"));
    }
    if name.starts_with('.') || name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
        return refuse("does not begin with a point and holds no slash and no control character");
    }
    Ok(())
}
