//! The file that the gate compares with.
//!
//! Its upper part is for people: which scenarios, which seeds, what is judged and how much worse it may become. Its lower part
//! is measured, and is written anew each time; what stands above is kept to the letter.

mod allowed;
mod read;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::measures::{Measure, MeasuredRun};
use crate::scenario::{Scenario, ScenarioError};

pub use write::begin;

/// The version of the file's format.
pub const FORMAT: u32 = 1;
/// Seeds of a scenario if nobody says otherwise: with them a slowdown of 3 % is found (docs/gate.md).
pub const SEEDS: u32 = 24;

/// A baseline, as far as it has been measured.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// The file.
    pub path: PathBuf,
    /// Its upper part, to the letter.
    head: String,
    /// The scenarios in the file's order.
    pub entries: Vec<Entry>,
}

/// One scenario of a baseline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name there.
    pub name: String,
    /// The scenario file.
    pub file: PathBuf,
    /// What is laid over it, as `--set` takes it.
    pub set: Vec<String>,
    /// The first seed.
    pub from: u64,
    /// How many seeds.
    pub seeds: u32,
    /// What is judged.
    pub limits: Vec<Limit>,
    /// What was measured, if anything was.
    pub measured: Option<Measured>,
}

/// How much worse a measure may become.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The measure.
    pub measure: &'static Measure,
    /// A share of the baseline's mean, or, of a measure that is a share itself, an absolute difference.
    pub allowed: f64,
}

/// What a scenario gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The version of swarmlab that ran it.
    pub version: String,
    /// What the scenario said: [`Scenario::digest_of_words`].
    pub digest: String,
    /// The first seed.
    pub from: u64,
    /// The figures of each measure by its name, seed after seed.
    pub figures: BTreeMap<&'static str, Vec<Option<f64>>>,
}

/// Why a baseline can't be used. `Mistake` is for whoever wrote the file; the others say that nothing can be compared.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is no such file, or it can't be read.
    #[error("the baseline {} can't be read: {source}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Written by another version.
    #[error("the baseline {} has format {found}, and this swarmlab reads format {FORMAT}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: String,
    },
    /// Something in it is wrong.
    #[error(transparent)]
    Mistake(#[from] ScenarioError),
    /// A scenario that can't be run any more.
    #[error("the scenario of `{name}` can't be read:\n{source}")]
    Scenario {
        /// Its name in the baseline.
        name: String,
        /// What is wrong with it.
        source: ScenarioError,
    },
    /// A scenario without figures, or whose figures belong to something else.
    #[error("`{name}` can't be compared: {why}")]
    Stale {
        /// Its name in the baseline.
        name: String,
        /// What has changed.
        why: String,
    },
}

impl Baseline {
    /// The baseline in the file at `path`.
    ///
    /// # Errors
    /// The file is missing, of another format, or has a mistake.
    pub fn load(path: &Path) -> Result<Baseline, BaselineError> {
        read::load(path)
    }

    /// The whole file, with what was measured.
    pub fn to_toml(&self) -> String {
        write::whole(&self.head, &self.entries)
    }
}

impl Entry {
    /// The scenario as it is run; its seed is yet to be set.
    ///
    /// # Errors
    /// It can't be read.
    pub fn scenario(&self) -> Result<Scenario, BaselineError> {
        Scenario::load(&self.file, &self.set).map_err(|source| self.unreadable(source))
    }

    /// What the scenario says, as a digest.
    ///
    /// # Errors
    /// It can't be read.
    pub fn digest(&self) -> Result<String, BaselineError> {
        Scenario::digest_of_words(&self.file, &self.set).map_err(|source| self.unreadable(source))
    }

    /// The figures to compare with, if they are those of this scenario, these seeds and these measures.
    ///
    /// # Errors
    /// They are not.
    pub fn comparable(&self) -> Result<&Measured, BaselineError> {
        let stale = |why: String| Err(BaselineError::Stale { name: self.name.clone(), why });
        let Some(measured) = &self.measured else { return stale("it was never measured".to_owned()) };
        if measured.digest != self.digest()? {
            let file = self.file.display();
            return stale(format!("{file}, or what is set over it, has changed since it was measured"));
        }
        if measured.from != self.from {
            return stale(format!("its seeds began with {}, not with {}", measured.from, self.from));
        }
        for limit in &self.limits {
            let name = limit.measure.name;
            match measured.figures.get(name).map(Vec::len) {
                None => return stale(format!("`{name}` was not measured")),
                Some(seeds) if seeds != self.seeds as usize => {
                    return stale(format!(
                        "`{name}` was measured with {seeds} seeds, not with {}",
                        self.seeds
                    ));
                }
                Some(_) => {}
            }
            if measured.figures[name].iter().all(Option::is_none) {
                return stale(format!("no run has a figure of `{name}`"));
            }
        }
        Ok(measured)
    }

    /// Takes over what was measured: a run for each seed.
    ///
    /// # Errors
    /// A measure with a threshold has no figure in any run, or the scenario can't be read any more.
    pub fn measure(&mut self, runs: &[MeasuredRun]) -> Result<(), BaselineError> {
        let of = |limit: &Limit| {
            let name = limit.measure.name;
            (name, runs.iter().map(|run| run.measures[name]).collect::<Vec<_>>())
        };
        let figures: BTreeMap<_, _> = self.limits.iter().map(of).collect();
        if let Some((name, _)) = figures.iter().find(|(_, figures)| figures.iter().all(Option::is_none)) {
            let why = format!("no run has a figure of `{name}`; {name} = \"off\" leaves it out");
            return Err(BaselineError::Stale { name: self.name.clone(), why });
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.measured = Some(Measured { version, digest: self.digest()?, from: self.from, figures });
        Ok(())
    }

    /// Its seeds.
    pub fn all_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        let from = self.from;
        (0..u64::from(self.seeds)).map(move |number| from.wrapping_add(number))
    }

    fn unreadable(&self, source: ScenarioError) -> BaselineError {
        BaselineError::Scenario { name: self.name.clone(), source }
    }
}
