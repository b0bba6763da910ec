//! What was found so far, kept from call to call as long as the sources and the bug stay the same.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use swarmlab_sim::worlds::World;

use crate::failure::Failure;

use super::bug::Bug;
use super::hunt::Catch;
use super::subject::Subject;
use super::workspace::hash;

/// The kept results, a line for each.
const FILE: &str = "results.jsonl";
/// How thoroughly to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Effort {
    /// Seeds of a round.
    pub seeds: u32,
    /// Searches of each bug, each from other seeds on.
    pub rounds: u32,
    /// Whether what the first round finds is shrunk.
    pub shrink: bool,
}

impl Effort {
    /// The first seed of a round, counted from 0.
    pub fn from(&self, round: u32) -> u64 {
        u64::from(round) * u64::from(self.seeds) + 1
    }
}

/// What the rounds of one subject have found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The subject's name.
    pub name: String,
    /// Of everything that the result depends on.
    fingerprint: String,
    /// What each round has found.
    pub rounds: Vec<Catch>,
    /// All rounds together.
    pub wall_s: f64,
}

/// All results, by the names of the subjects.
pub struct Results {
    path: PathBuf,
    sources: u64,
    effort: Effort,
    kept: BTreeMap<String, Record>,
}

impl Results {
    /// Those that are kept in this folder, as far as they are of these sources (a hash) and of this effort.
    pub fn open(folder: &Path, sources: u64, effort: Effort) -> Result<Results, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, error))?;
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).unwrap_or_default();
        // A line that was cut off, or that an older version wrote, is a result less.
        let records = text.lines().filter_map(|line| serde_json::from_str::<Record>(line).ok());
        let kept = records.map(|record| (record.name.clone(), record)).collect();
        Ok(Results { path, sources, effort, kept })
    }

    /// What is known of a subject.
    pub fn of(&self, subject: Subject<'_>, bugs: &[Bug]) -> Option<&Record> {
        let record = self.kept.get(subject.name())?;
        (record.fingerprint == self.fingerprint(subject, bugs)).then_some(record)
    }

    /// Keeps what was found.
    pub fn keep(
        &mut self,
        subject: Subject<'_>,
        bugs: &[Bug],
        rounds: Vec<Catch>,
        wall_s: f64,
    ) -> Result<(), Failure> {
        let fingerprint = self.fingerprint(subject, bugs);
        let record = Record { name: subject.name().to_owned(), fingerprint, rounds, wall_s };
        let line = serde_json::to_string(&record).map_err(Failure::new)?;
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|error| Failure::file("write", &self.path, error))?;
        self.kept.insert(record.name.clone(), record);
        Ok(())
    }

    fn fingerprint(&self, subject: Subject<'_>, bugs: &[Bug]) -> String {
        let bug = subject.bug();
        let with = bug.and_then(|bug| bug.with.as_ref());
        let with = bugs.iter().find(|bug| Some(&bug.name) == with);
        let planted =
            [bug, with].map(|bug| bug.map(|bug| (&bug.file, &bug.inside, &bug.instead_of, &bug.write)));
        let elsewhere = Some(subject.world()).filter(|world| *world != World::default());
        format!("{:016x}", hash(&(self.sources, self.effort, planted, elsewhere)))
    }
}
