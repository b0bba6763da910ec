//! The folder of a comparison while it runs: the plan, and a line for each run that is finished.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::document::Record;
use super::plan::Plan;

const PLAN: &str = "plan.json";
const RUNS: &str = "runs.jsonl";

/// Where a comparison notes what it has done.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// Finished before.
    pub(super) done: Vec<Record>,
}

/// A folder that can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The plan is none.
    #[error("{}: {source}", path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Runs of two versions are no pairs.
    #[error("{} was begun by swarmlab {began}, and this is {now}: their runs can't be paired", path.display())]
    Version {
        /// The folder.
        path: PathBuf,
        /// The version that began it.
        began: String,
        /// This version.
        now: &'static str,
    },
}

impl Journal {
    /// Whether a comparison was begun there.
    pub fn is_begun(path: &Path) -> bool {
        path.join(PLAN).exists()
    }

    /// For a new comparison; the folder is made if there is none.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn create(path: &Path, plan: &Plan) -> Result<Journal, JournalError> {
        fs::create_dir_all(path).map_err(|source| JournalError::Io { path: path.to_owned(), source })?;
        let text = serde_json::to_string_pretty(plan).expect("no float key: always encodable");
        let file = path.join(PLAN);
        fs::write(&file, text).map_err(|source| JournalError::Io { path: file, source })?;
        Ok(Journal { path: path.to_owned(), file: Mutex::new(open(path)?), done: Vec::new() })
    }

    /// Of a comparison that was begun: its plan too. A line that an interruption has torn is left out.
    ///
    /// # Errors
    /// If there is none, it can't be read, or it is another version's.
    pub fn resume(path: &Path) -> Result<(Journal, Plan), JournalError> {
        let file = path.join(PLAN);
        let text =
            fs::read_to_string(&file).map_err(|source| JournalError::Io { path: file.clone(), source })?;
        let plan: Plan =
            serde_json::from_str(&text).map_err(|source| JournalError::Plan { path: file, source })?;
        let now = env!("CARGO_PKG_VERSION");
        if plan.version != now {
            return Err(JournalError::Version { path: path.to_owned(), began: plan.version, now });
        }
        let lines = fs::read_to_string(path.join(RUNS)).unwrap_or_default();
        let records = lines.lines().filter_map(|line| serde_json::from_str::<Record>(line).ok());
        let mut done: Vec<Record> = records
            .filter(|run| run.variant < plan.variants.len() && plan.all_seeds().any(|seed| seed == run.seed))
            .collect();
        done.sort_by_key(|run| (run.variant, run.seed));
        done.dedup_by_key(|run| (run.variant, run.seed));
        let mut file = open(path)?;
        if !lines.is_empty() && !lines.ends_with('\n') {
            write(path, &mut file, "\n")?;
        }
        Ok((Journal { path: path.to_owned(), file: Mutex::new(file), done }, plan))
    }

    /// A run is finished.
    pub(super) fn note(&self, run: &Record) -> Result<(), JournalError> {
        let mut line = serde_json::to_string(run).expect("no float key: always encodable");
        line.push('\n');
        write(&self.path, &mut self.file.lock().expect("no thread panicked"), &line)
    }
}

fn open(path: &Path) -> Result<File, JournalError> {
    let path = path.join(RUNS);
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .map_err(|source| JournalError::Io { path, source })
}

fn write(path: &Path, file: &mut File, text: &str) -> Result<(), JournalError> {
    file.write_all(text.as_bytes()).map_err(|source| JournalError::Io { path: path.join(RUNS), source })
}
