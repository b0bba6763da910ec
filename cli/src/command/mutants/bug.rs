//! What is planted: the lists in `mutants/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use swarmlab_sim::worlds::World;

use crate::failure::Failure;

/// The folder of the lists, in the workspace.
pub const FOLDER: &str = "mutants";
/// The lists, in the order in which they are shown.
pub const CHAPTERS: [&str; 4] = ["engine", "driver", "network", "checkers"];

/// A bug to be planted: what stands in a file, and what stands there instead.
#[derive(Clone, Debug, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bug {
    /// Its name on the command line and in results.
    pub name: String,
    /// What it does, as a sentence without a full stop.
    pub says: String,
    /// The file, from the top of the workspace.
    pub file: PathBuf,
    /// The function in which the text stands once, if it stands in others too.
    pub inside: Option<String>,
    /// An expression, or statements up to a semicolon, exactly as they stand there.
    pub instead_of: String,
    /// What is done instead.
    pub write: String,
    /// The properties that ought to see it.
    #[serde(default)]
    pub expects: Vec<String>,
    /// Another bug that is planted along: a check gone blind is seen only by what it then overlooks.
    pub with: Option<String>,
    /// It must be caught by every seed, or nothing else is believed.
    #[serde(default)]
    pub canary: bool,
    /// Why no property is known that could see it, as a sentence without a full stop.
    pub why_not: Option<String>,
    /// Where it is searched for.
    #[serde(default)]
    pub world: World,
    /// Which list it stands in.
    #[serde(skip)]
    pub chapter: &'static str,
}

impl Bug {
    /// Whether it replaces whole statements, not an expression.
    pub fn is_of_statements(&self) -> bool {
        self.instead_of.trim_end().ends_with(';')
    }

    /// What the environment says to plant it.
    pub fn planted_as(&self) -> String {
        match &self.with {
            Some(other) => format!("{},{other}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Every bug of every list.
pub fn read_all(root: &Path) -> Result<Vec<Bug>, Failure> {
    #[derive(Deserialize)]
    struct Chapter {
        #[serde(default)]
        bug: Vec<Bug>,
    }
    let mut bugs = Vec::new();
    for chapter in CHAPTERS {
        let path = root.join(FOLDER).join(chapter).with_extension("toml");
        let text = fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, error))?;
        let Chapter { bug } = toml::from_str(&text)
            .map_err(|error| Failure::wrong_use(format_args!("{}: {error}", path.display())))?;
        bugs.extend(bug.into_iter().map(|bug| Bug { chapter, ..bug }));
    }
    Ok(bugs)
}

/// What is wrong with the lists as such, whatever the sources say.
pub fn mistakes(bugs: &[Bug]) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut names = BTreeSet::new();
    for bug in bugs {
        let name = &bug.name;
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(is_plain) || name == super::subject::CLEAN {
            mistakes.push(format!("{name:?} is no name for a bug: small letters, digits and hyphens"));
        }
        if !names.insert(name) {
            mistakes.push(format!("{name}: there are two of this name"));
        }
        if bug.with.as_ref().is_some_and(|other| other == name || !bugs.iter().any(|bug| bug.name == *other))
        {
            mistakes.push(format!("{name}: there is no other bug {:?} to go with it", bug.with));
        }
        if bug.instead_of.trim().is_empty() {
            mistakes.push(format!("{name}: it replaces nothing"));
        }
    }
    if bugs.iter().filter(|bug| bug.canary).count() != 1 {
        mistakes.push("there is to be one canary, which every seed must catch".into());
    }
    mistakes
}
