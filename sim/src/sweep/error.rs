//! Why a sweep could not go on.

use std::io;
use std::path::PathBuf;

use crate::results::ResultsError;
use crate::scenario::ScenarioError;
use crate::world::WorldError;

use super::manifest::{FORMAT, MANIFEST, MANIFEST_BYTES_MAX, RUNS_MAX};

/// Why a sweep could not go on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// Names of scenarios tell their runs apart.
    #[error("two of the scenarios are called `{0}`")]
    SameName(String),
    /// A sweep of more runs is several sweeps.
    #[error("these are {0} runs, and a sweep has {RUNS_MAX} at most")]
    TooManyRuns(usize),
    /// Many variants of a long scenario.
    #[error("the manifest would have {0} bytes, and {MANIFEST_BYTES_MAX} at most are read again")]
    TooLong(usize),
    /// Nothing is ever written over.
    #[error("{} already holds another sweep", .0.display())]
    Another(PathBuf),
    /// There is no sweep.
    #[error("{} holds no sweep: {source}", folder.display())]
    NoManifest {
        /// The folder.
        folder: PathBuf,
        /// What the system said of the manifest.
        source: io::Error,
    },
    /// The manifest is none.
    #[error("{} is no manifest: {source}", folder.join(MANIFEST).display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Another version wrote it.
    #[error("{} has format {found}, and this swarmlab reads format {FORMAT}", folder.join(MANIFEST).display())]
    Format {
        /// The folder.
        folder: PathBuf,
        /// Its format.
        found: String,
    },
    /// Somebody wrote into it.
    #[error("{} is not as it was planned: it was changed, or is damaged", .0.join(MANIFEST).display())]
    Changed(PathBuf),
    /// Two builds may take two courses, and their runs can't be put together.
    #[error("{} was planned by another build: swarmlab {planned} ({planned_build}); this one is swarmlab {now} ({now_build})", folder.display())]
    OtherBuild {
        /// The folder.
        folder: PathBuf,
        /// The version that planned it.
        planned: String,
        /// The digest of its executable.
        planned_build: String,
        /// This version.
        now: &'static str,
        /// The digest of this executable.
        now_build: String,
    },
    /// A file that a scenario names, like a table of latencies.
    #[error("{} is not as it was when the sweep was planned: {why}", path.display())]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// What is different.
        why: String,
    },
    /// A file of the sweep can't be read or written.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// A scenario that can't be read on this machine.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A file that a scenario names, and that can't be used.
    #[error(transparent)]
    World(#[from] WorldError),
}
