//! What a person is told when a command fails: what happened, to which file, and what to do about it.

use std::fmt;
use std::path::Path;

use crate::exit::Exit;

/// The end of a command that could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// The code for scripts.
    pub exit: Exit,
    what: String,
    remedy: Option<String>,
}

impl Failure {
    /// Something that the world refused.
    pub fn new(what: impl fmt::Display) -> Failure {
        Failure { exit: Exit::Failed, what: what.to_string(), remedy: None }
    }

    /// Arguments that make no sense together, or a file that is not what it should be.
    pub fn wrong_use(what: impl fmt::Display) -> Failure {
        Failure { exit: Exit::WrongUse, ..Failure::new(what) }
    }

    /// A file that could not be read or written.
    pub fn file(doing: &str, path: &Path, error: impl fmt::Display) -> Failure {
        Failure::new(format_args!("cannot {doing} {}: {error}", path.display()))
    }

    /// What to do about it, as a sentence.
    pub fn remedy(self, remedy: impl fmt::Display) -> Failure {
        Failure { remedy: Some(remedy.to_string()), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.what)?;
        match &self.remedy {
            Some(remedy) => writeln!(f, "  help: {remedy}"),
            None => Ok(()),
        }
    }
}
