//! Open files, a bounded number of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::metainfo;
use crate::storage::{DiskError, DiskErrorKind};

use super::target::Target;

/// The most files of one torrent held open. With the usual limit of 1,024 open files that leaves room for peers.
pub const OPEN_FILES_MAX: usize = 32;

/// What a file is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// It must exist; being allowed to read it is enough.
    Read,
    /// It is created if need be, with its folders.
    Write,
}

/// All files of a torrent by their index, and after them the one of the parts; the last used ones are open.
#[derive(Debug)]
pub(super) struct Handles {
    target: Target,
    /// Paths of all files; those of padding are never used.
    paths: Vec<PathBuf>,
    /// The last used at the end.
    open: Vec<Handle>,
}

#[derive(Debug)]
struct Handle {
    index: usize,
    access: Access,
    file: File,
}

impl Handles {
    pub(super) fn open(
        folder: &Path,
        files: &[metainfo::File],
        parts: &[String],
    ) -> Result<Handles, DiskError> {
        let target = Target::open(folder).map_err(|error| disk_error(folder, &error))?;
        let join = |names: &[String]| target.join(names).map_err(|error| disk_error(folder, &error));
        let names = files.iter().map(|file| &file.path[..]).chain([parts]);
        let paths = names.map(join).collect::<Result<_, _>>()?;
        Ok(Handles { target, paths, open: Vec::new() })
    }

    /// Does something with an open file.
    pub(super) fn with<T>(
        &mut self,
        index: usize,
        access: Access,
        act: impl FnOnce(&mut File) -> io::Result<T>,
    ) -> Result<T, DiskError> {
        let done = self.handle(index, access).and_then(|handle| act(&mut handle.file));
        done.map_err(|error| disk_error(&self.paths[index], &error))
    }

    /// Whether a file is there.
    pub(super) fn is_there(&mut self, index: usize) -> Result<bool, DiskError> {
        match self.with(index, Access::Read, |_| Ok(())) {
            Ok(()) => Ok(true),
            Err(error) if error.kind == DiskErrorKind::Missing => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Creates a file that is not there, and leaves one that is alone.
    pub(super) fn create_if_absent(&mut self, index: usize) -> Result<(), DiskError> {
        if self.is_there(index)? { Ok(()) } else { self.with(index, Access::Write, |_| Ok(())) }
    }

    /// Removes the file of the parts, if there is one.
    pub(super) fn remove_parts(&mut self) -> Result<(), DiskError> {
        let Some(path) = self.paths.last() else { return Ok(()) };
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(disk_error(path, &error)),
            _ => Ok(()),
        }
    }

    /// The file, open for at least this, as the last used.
    fn handle(&mut self, index: usize, access: Access) -> io::Result<&mut Handle> {
        let found = self.open.iter().position(|handle| handle.index == index);
        let known = found.map(|at| self.open.remove(at));
        let handle = match known {
            Some(handle) if handle.access == access || handle.access == Access::Write => handle,
            _ => Handle { index, access, file: self.open_file(index, access)? },
        };
        if self.open.len() >= OPEN_FILES_MAX {
            self.open.remove(0);
        }
        Ok(self.open.push_mut(handle))
    }

    fn open_file(&self, index: usize, access: Access) -> io::Result<File> {
        let path = &self.paths[index];
        self.target.check(path)?;
        match access {
            Access::Read => File::open(path),
            Access::Write => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
            }
        }
    }
}

pub(super) fn disk_error(path: &Path, error: &io::Error) -> DiskError {
    let kind = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DiskErrorKind::Full,
        ErrorKind::NotFound | ErrorKind::UnexpectedEof => DiskErrorKind::Missing,
        _ => DiskErrorKind::Io,
    };
    DiskError { kind, text: format!("{}: {error}", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_errors() {
        let kind = |kind: ErrorKind| disk_error(Path::new("f"), &kind.into()).kind;
        assert_eq!(kind(ErrorKind::StorageFull), DiskErrorKind::Full);
        assert_eq!(kind(ErrorKind::NotFound), DiskErrorKind::Missing);
        assert_eq!(kind(ErrorKind::PermissionDenied), DiskErrorKind::Io);
    }
}
