//! The directory of a run on disk. Each file is written under a temporary name beside its place and then
//! renamed, so a reader sees a whole file or none.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;
use parquet::record::RecordWriter;

use super::table::{self, ROWS_MAX, Table};
use super::{
    AcquisitionRow, EventRow, FlowRow, PeerRow, PieceRow, ProgressRow, ResultsError, Summary, Tables,
    TimelineRow, TransferRow,
};

const SCENARIO: &str = "scenario.toml";
const SUMMARY: &str = "summary.json";

/// The directory of one run.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
}

/// A whole run, as read back from its directory.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The text of `scenario.toml`.
    pub scenario: String,
    /// The figures.
    pub summary: Summary,
    /// The tables.
    pub tables: Tables,
}

impl RunDirectory {
    /// Makes the directory `path`, with the folders above it. What an interrupted run left there is written
    /// over.
    ///
    /// # Errors
    /// The folder cannot be made, or holds a complete run already.
    pub fn create(path: &Path) -> Result<RunDirectory, ResultsError> {
        let directory = RunDirectory { path: path.to_owned() };
        if directory.file(SUMMARY).exists() {
            return Err(ResultsError::AlreadyHoldsRun { path: path.to_owned() });
        }
        fs::create_dir_all(path).map_err(|source| write_error(path, source))?;
        Ok(directory)
    }

    /// The directory of a run that was written before; reading tells whether it is one.
    pub fn open(path: &Path) -> RunDirectory {
        RunDirectory { path: path.to_owned() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the run: the scenario's resolved text, the tables, and last the summary.
    ///
    /// # Errors
    /// A file cannot be written; those written before it stay.
    pub fn write(&self, scenario: &str, tables: &Tables, summary: &Summary) -> Result<(), ResultsError> {
        self.write_file(SCENARIO, scenario.as_bytes())?;
        self.write_table(&tables.peers)?;
        self.write_table(&tables.timeline)?;
        self.write_table(&tables.progress)?;
        self.write_table(&tables.pieces)?;
        self.write_table(&tables.transfers)?;
        self.write_table(&tables.flows)?;
        self.write_table(&tables.acquisitions)?;
        self.write_table(&tables.events)?;
        self.write_file(SUMMARY, summary.to_json().as_bytes())
    }

    /// Writes one file, for what is made from a run afterwards; `name` may lie in a folder below the
    /// directory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_file(&self, name: &str, content: &[u8]) -> Result<(), ResultsError> {
        let path = self.file(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| write_error(folder, source))?;
        }
        replace(&path, |file| file.write_all(content)).map_err(|source| write_error(&path, source))
    }

    /// Reads everything.
    ///
    /// # Errors
    /// A file is missing, unreadable, or not what this version writes.
    pub fn read(&self) -> Result<Run, ResultsError> {
        let summary = self.read_summary()?;
        Ok(Run { scenario: self.read_scenario()?, summary, tables: self.read_tables()? })
    }

    /// Reads the scenario's resolved text alone.
    ///
    /// # Errors
    /// The file is missing or unreadable.
    pub fn read_scenario(&self) -> Result<String, ResultsError> {
        self.read_text(SCENARIO)
    }

    /// Reads the table of peers alone.
    ///
    /// # Errors
    /// The file is missing, unreadable, or not what this version writes.
    pub fn read_peers(&self) -> Result<Vec<PeerRow>, ResultsError> {
        table::read(&self.table_file::<PeerRow>())
    }

    /// Reads the figures alone.
    ///
    /// # Errors
    /// `summary.json` is missing, unreadable, or of another format.
    pub fn read_summary(&self) -> Result<Summary, ResultsError> {
        Summary::from_json(&self.read_text(SUMMARY)?, &self.file(SUMMARY))
    }

    fn read_tables(&self) -> Result<Tables, ResultsError> {
        Ok(Tables {
            peers: self.read_peers()?,
            timeline: table::read::<TimelineRow>(&self.table_file::<TimelineRow>())?,
            progress: table::read::<ProgressRow>(&self.table_file::<ProgressRow>())?,
            pieces: table::read::<PieceRow>(&self.table_file::<PieceRow>())?,
            transfers: table::read::<TransferRow>(&self.table_file::<TransferRow>())?,
            flows: table::read::<FlowRow>(&self.table_file::<FlowRow>())?,
            acquisitions: table::read::<AcquisitionRow>(&self.table_file::<AcquisitionRow>())?,
            events: table::read::<EventRow>(&self.table_file::<EventRow>())?,
        })
    }

    fn read_text(&self, name: &str) -> Result<String, ResultsError> {
        let path = self.file(name);
        fs::read_to_string(&path).map_err(|source| ResultsError::Read { path, source })
    }

    fn write_table<R: Table>(&self, rows: &[R]) -> Result<(), ResultsError>
    where
        for<'a> &'a [R]: RecordWriter<R>,
    {
        let path = self.table_file::<R>();
        if rows.len() > ROWS_MAX {
            return Err(ResultsError::TooManyRows { path, rows: rows.len() as i64 });
        }
        replace(&path, |file| table::write(rows, file).map_err(into_io))
            .map_err(|source| write_error(&path, source))
    }

    fn table_file<R: Table>(&self) -> PathBuf {
        self.file(&format!("{}.parquet", R::NAME))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn write_error(path: &Path, source: io::Error) -> ResultsError {
    ResultsError::Write { path: path.to_owned(), source }
}

/// The operating system's own error, where that is what stopped the encoder.
pub(crate) fn into_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

/// Puts a new file in the place of `path`, whole or not at all.
fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    through(&beside(path, &std::process::id().to_string())?, path, |out| {
        write(out)?;
        out.flush()
    })
}

/// As [`replace`], and the file is on the disk when this returns: what was answered for is there after a power cut, too.
/// `process` is a name that no other process has, on any machine that shares the folder.
pub(crate) fn replace_durably(
    path: &Path,
    process: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), ResultsError> {
    let replaced = beside(path, process).and_then(|temporary| {
        through(&temporary, path, |out| {
            write(out)?;
            out.flush()?;
            out.get_ref().sync_all()
        })?;
        // The name is in the folder, which is to be written out too; elsewhere folders can't be opened.
        if cfg!(unix) { File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
    });
    replaced.map_err(|source| write_error(path, source))
}

/// What a temporary file ends with.
pub(crate) const TEMPORARY: &str = ".tmp";

/// The temporary name that this process has for `path`.
fn beside(path: &Path, process: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{process}{TEMPORARY}")))
}

fn through(
    temporary: &Path,
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let written = File::create(temporary).and_then(|file| write(&mut BufWriter::new(file)));
    let replaced = written.and_then(|()| fs::rename(temporary, path));
    if replaced.is_err() {
        let _ = fs::remove_file(temporary); // best effort: the error that matters is the first one
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_no_temporary() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        fs::write(&path, "old").unwrap();
        let full = replace(&path, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
