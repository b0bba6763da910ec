//! What a person is told when a command fails: what happened, to which file, and what to do about it.

use std::fmt;
use std::path::Path;

use crate::exit::Exit;

/// The end of a command that could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// The code for scripts.
    pub exit: Exit,
    text: String,
}

impl Failure {
    /// Something that the world refused.
    pub fn new(what: impl fmt::Display) -> Failure {
        Failure::told(Exit::Failed, format_args!("error: {what}"))
    }

    /// Arguments that make no sense together, or a file that is not what it should be.
    pub fn wrong_use(what: impl fmt::Display) -> Failure {
        Failure { exit: Exit::WrongUse, ..Failure::new(what) }
    }

    /// A file that could not be read or written.
    pub fn file(doing: &str, path: &Path, error: impl fmt::Display) -> Failure {
        Failure::new(format_args!("cannot {doing} {}: {error}", path.display()))
    }

    /// A message that is complete as it is, of one line or many.
    pub fn told(exit: Exit, text: impl fmt::Display) -> Failure {
        Failure { exit, text: text.to_string() }
    }

    /// What to do about it, as a sentence.
    pub fn remedy(mut self, remedy: impl fmt::Display) -> Failure {
        self.text = format!("{}\n  help: {remedy}", self.text);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}
