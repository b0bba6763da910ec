//! Paths in a scenario: relative to the folder of the text that names them.

use std::path::{Path, PathBuf};

use super::error::Complaint;
use super::form::{Form, Written};
use super::quoted;
use super::shape::Shape;
use super::value::{Read, Value};
use super::writer::string;

/// A path to something that exists.
pub struct ExistingPath;

impl Form for ExistingPath {
    type T = PathBuf;

    fn read(&self, value: &Value<'_>) -> Read<PathBuf> {
        value.existing_path()
    }

    fn shape(&self) -> Shape {
        Shape::Text { what: "a path, relative to the scenario's folder".to_owned() }
    }
}

impl Written for ExistingPath {
    fn written(&self, value: &PathBuf) -> String {
        string(&value.display().to_string())
    }
}

impl Value<'_> {
    /// A path to something that exists. Absolute where the scenario came from a file, so that it still holds when the
    /// resolved scenario is written into another folder; kept as it is, and not looked up, where it came from memory.
    pub fn existing_path(&self) -> Read<PathBuf> {
        let words = self.text("a path")?;
        if words.is_empty() || words.contains('\0') {
            return Err(self.refuse(Complaint::new("this path is empty or holds a zero byte")));
        }
        let Some(folder) = &self.reader().source(&self.place()).folder else {
            return Ok(PathBuf::from(words));
        };
        let path = folder.join(words);
        if path.to_str().is_none() {
            let complaint = Complaint::new("the folder around this path has a name that is not UTF-8")
                .help("a resolved scenario could not be written down; move the scenario");
            return Err(self.refuse(complaint));
        }
        match path.metadata() {
            Ok(_) => Ok(path),
            Err(error) => Err(self.refuse(cannot_open(&path, folder, &error))),
        }
    }
}

fn cannot_open(path: &Path, folder: &Path, error: &std::io::Error) -> Complaint {
    if error.kind() != std::io::ErrorKind::NotFound {
        return Complaint::new(format!("{} can't be opened: {error}", quoted(&path.display().to_string())));
    }
    let from = quoted(&folder.display().to_string());
    Complaint::new("this file does not exist")
        .label("not found")
        .help(format!("a path is relative to the scenario's folder, or with --set to yours: here {from}"))
}
