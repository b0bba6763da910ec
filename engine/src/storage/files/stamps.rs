//! How files are found: whether they were changed since.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::metainfo::{File, Info};
use crate::storage::DiskError;

use super::handles::disk_error;
use super::target::Target;

/// What tells of a change of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes of it.
    pub length: u64,
    /// When it was written last, in ns since 1970.
    pub changed_ns: i64,
}

/// How each file of a torrent is found below this folder, in the torrent's order; none where there is no such file, nor
/// for padding. A file that can't be looked at counts as not there.
pub fn stamp_files(folder: &Path, info: &Info) -> Vec<Option<FileStamp>> {
    let Ok(folder) = fs::canonicalize(folder) else { return vec![None; info.files().len()] };
    // A folder that is there is opened without a change.
    let Ok(target) = Target::open(&folder) else { return vec![None; info.files().len()] };
    info.files().iter().map(|file| stamp(&target, file)).collect()
}

fn stamp(target: &Target, file: &File) -> Option<FileStamp> {
    if file.padding {
        return None;
    }
    let path = target.join(&file.path).ok()?;
    target.check(&path).ok()?;
    let metadata = fs::metadata(&path).ok()?;
    let changed = metadata.modified().ok()?;
    let nanos = match changed.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()),
        Err(before) => i64::try_from(before.duration().as_nanos()).map(|nanos| -nanos),
    };
    Some(FileStamp { length: metadata.len(), changed_ns: nanos.ok()? })
}

/// Makes durable what was written to these files of a torrent, which are given by their places in it. Those that are not
/// there are left out; folders' entries are left to the operating system.
///
/// # Errors
/// What can't be written out, with its name.
pub fn sync_files(
    folder: &Path,
    info: &Info,
    which: impl IntoIterator<Item = usize>,
) -> Result<(), DiskError> {
    let target = Target::open(folder).map_err(|error| disk_error(folder, &error))?;
    for file in which.into_iter().map(|index| &info.files()[index]).filter(|file| !file.padding) {
        let path = target.join(&file.path).map_err(|error| disk_error(folder, &error))?;
        match sync(&target, &path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(disk_error(&path, &error)),
            _ => {}
        }
    }
    Ok(())
}

fn sync(target: &Target, path: &Path) -> io::Result<()> {
    target.check(path)?;
    OpenOptions::new().write(true).open(path)?.sync_all()
}
