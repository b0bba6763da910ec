//! The folder of a search: `search.jsonl`, `summary.json`, and what was found in `found/`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::worlds::World;

use super::case::{Case, Written};
use super::found::Found;
use super::journal::{self, Line};

const JOURNAL: &str = "search.jsonl";
const SUMMARY: &str = "summary.json";
const FOUND: &str = "found";

/// Where a search writes.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lines: Vec<Line>,
    /// Bytes of the journal that are whole.
    whole: u64,
    journal: Option<File>,
}

/// A folder that can't be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FolderError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl Folder {
    /// Whether a search was written there.
    pub fn is_search(path: &Path) -> bool {
        path.join(JOURNAL).exists()
    }

    /// A folder for a new search; it is made if there is none.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn create(path: &Path) -> Result<Folder, FolderError> {
        let found = path.join(FOUND);
        fs::create_dir_all(&found).map_err(|source| FolderError { path: found, source })?;
        Ok(Folder { path: path.to_owned(), lines: Vec::new(), whole: 0, journal: None })
    }

    /// The folder of a search that is taken up again. What an interruption has torn is left out.
    ///
    /// # Errors
    /// If there is no search, or it can't be read.
    pub fn resume(path: &Path) -> Result<Folder, FolderError> {
        let journal = path.join(JOURNAL);
        let text = fs::read(&journal).map_err(|source| FolderError { path: journal, source })?;
        let (lines, whole) = journal::read(&text);
        Ok(Folder { lines, whole: whole as u64, ..Folder::create(path)? })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the search that is taken up again has run.
    pub fn world(&self) -> Option<World> {
        self.lines.first().map(|line| line.world)
    }

    /// Writes the summary.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn summarise(&self, found: &Found) -> Result<(), FolderError> {
        self.put(SUMMARY, &found.to_json())
    }

    /// What the search has done so far.
    pub(super) fn lines(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }

    /// From now on lines can be written, after those that are whole.
    pub(super) fn open(&mut self) -> Result<(), FolderError> {
        let path = self.path.join(JOURNAL);
        let open = || {
            let file = OpenOptions::new().create(true).append(true).open(&path)?;
            file.set_len(self.whole)?;
            Ok(file)
        };
        self.journal = Some(open().map_err(|source| FolderError { path: path.clone(), source })?);
        Ok(())
    }

    pub(super) fn append(&mut self, line: &Line) -> Result<(), FolderError> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let written = journal.write_all(line.text().as_bytes());
        written.map_err(|source| FolderError { path: self.path.join(JOURNAL), source })
    }

    /// Whether a finding is written already.
    pub(super) fn has(&self, case: &Case) -> bool {
        self.path.join(FOUND).join(case.name()).with_extension("txt").exists()
    }

    pub(super) fn write(&self, written: &Written) -> Result<(), FolderError> {
        let scenario = format!("{FOUND}/{}.toml", written.case.name());
        self.put(&scenario, &written.scenario())?;
        let file = self.path.join(&scenario).display().to_string();
        self.put(&format!("{FOUND}/{}.txt", written.case.name()), &written.story(&file))
    }

    fn put(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let path = self.path.join(name);
        fs::write(&path, text).map_err(|source| FolderError { path, source })
    }
}
