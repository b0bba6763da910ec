//! What one run leaves: `000017.parquet`, the table of its peers, and then `000017.json`, its figures and the seal on both.
//!
//! Each is written under a name that no other process has, and renamed when it is on the disk. A run is finished if its seal is
//! there and fits: to itself, to the table beside it, and to the manifest. Two processes that carry out the same run write the
//! same bytes, so it doesn't matter whose stay.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::compare::Record;
use crate::results::{ResultsError, SweptPeerRow, TableWriter, into_io, read, replace_durably};

use super::files;
use super::manifest::{FORMAT, Sweep};
use super::runs::SweptRun;

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It is finished.
    Finished(Box<Record>),
    /// It has not been carried out.
    Missing,
    /// What it left can't be used.
    Broken(String),
}

/// A run's figures, sealed.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sealed {
    figures: Figures,
    /// A digest of them.
    seal: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Figures {
    format: u32,
    /// The sweep's id.
    sweep: String,
    /// The executable that ran it.
    build: String,
    /// Its number.
    run: u32,
    /// The digest of the table of its peers.
    peers: String,
    record: Record,
}

impl Figures {
    fn seal(&self) -> String {
        files::digest_of(&serde_json::to_vec(self).expect("no float key: always encodable"))
    }
}

/// Writes what came of a run.
pub(super) fn write(
    sweep: &Sweep,
    run: &SweptRun<'_>,
    build: &str,
    process: &str,
    record: Record,
    peers: &[SweptPeerRow],
) -> Result<(), ResultsError> {
    let path = table_path(sweep, run);
    let mut table = Vec::new();
    TableWriter::new::<SweptPeerRow>(&mut table)
        .and_then(|mut writer| {
            writer.write_group(peers)?;
            writer.finish()
        })
        .map_err(|error| ResultsError::Write { path: path.clone(), source: into_io(error) })?;
    let figures = Figures {
        format: FORMAT,
        sweep: sweep.manifest().id.clone(),
        build: build.to_owned(),
        run: run.number,
        peers: files::digest_of(&table),
        record,
    };
    let sealed = Sealed { seal: figures.seal(), figures };
    let mut text = serde_json::to_vec(&sealed).expect("no float key: always encodable");
    text.push(b'\n');
    replace_durably(&path, process, |out| out.write_all(&table))?;
    replace_durably(&seal_path(sweep, run), process, |out| out.write_all(&text))
}

/// What is there of a run.
///
/// # Errors
/// A file is there and the system does not let it be read.
pub(super) fn look(sweep: &Sweep, run: &SweptRun<'_>) -> Result<Found, ResultsError> {
    let Some(text) = content(seal_path(sweep, run))? else { return Ok(Found::Missing) };
    let broken = |why: String| Ok(Found::Broken(why));
    let Ok(Sealed { figures, seal }) = serde_json::from_slice(&text) else {
        return broken(format!("{} is torn", name(run, SEAL)));
    };
    let planned = &sweep.manifest().planned;
    if seal != figures.seal() {
        return broken(format!("{} is damaged", name(run, SEAL)));
    }
    if figures.sweep != sweep.manifest().id {
        return broken(format!("{} belongs to another sweep", name(run, SEAL)));
    }
    if figures.build != planned.build {
        return broken(format!("{} was made by another build ({})", name(run, SEAL), figures.build));
    }
    if (figures.run, figures.record.variant, figures.record.seed) != (run.number, run.variant, run.seed) {
        return broken(format!("{} belongs to run {}", name(run, SEAL), figures.run));
    }
    match content(table_path(sweep, run))? {
        None => broken(format!("{} is missing", name(run, TABLE))),
        Some(table) if files::digest_of(&table) != figures.peers => {
            broken(format!("{} is torn or damaged", name(run, TABLE)))
        }
        Some(_) => Ok(Found::Finished(Box::new(figures.record))),
    }
}

/// The peers of a finished run.
///
/// # Errors
/// The table can't be read.
pub(super) fn peers(sweep: &Sweep, run: &SweptRun<'_>) -> Result<Vec<SweptPeerRow>, ResultsError> {
    read(&table_path(sweep, run))
}

const SEAL: &str = "json";
const TABLE: &str = "parquet";

fn name(run: &SweptRun<'_>, ending: &str) -> String {
    format!("{:06}.{ending}", run.number)
}

fn seal_path(sweep: &Sweep, run: &SweptRun<'_>) -> PathBuf {
    sweep.runs_folder().join(name(run, SEAL))
}

fn table_path(sweep: &Sweep, run: &SweptRun<'_>) -> PathBuf {
    sweep.runs_folder().join(name(run, TABLE))
}

/// A file's content, if there is one.
fn content(path: PathBuf) -> Result<Option<Vec<u8>>, ResultsError> {
    match fs::read(&path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ResultsError::Read { path, source }),
    }
}
