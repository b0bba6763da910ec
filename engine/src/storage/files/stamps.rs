//! How files are found: whether they were changed since.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::metainfo::Info;
use crate::storage::DiskError;

use super::handles::disk_error;
use super::parts::parts_path;
use super::target::Target;

/// What tells of a change of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes of it.
    pub length: u64,
    /// When it was written last, in ns since 1970.
    pub changed_ns: i64,
}

/// How each file of a torrent is found below this folder, in the torrent's order, and after them the one with parts of files
/// that are not wanted. None where there is no such file, nor for padding. A file that can't be looked at counts as not there.
pub fn stamp_files(folder: &Path, info: &Info) -> Vec<Option<FileStamp>> {
    // A folder that is there is opened without a change.
    let target = fs::canonicalize(folder).and_then(|folder| Target::open(&folder));
    let Ok(target) = target else { return vec![None; info.files().len() + 1] };
    all_names(info).map(|names| stamp(&target, &names?)).collect()
}

/// The names on the way to each file, and to that of the parts; none of padding.
fn all_names(info: &Info) -> impl Iterator<Item = Option<Vec<String>>> {
    let files = info.files().iter().map(|file| (!file.padding).then(|| file.path.clone()));
    files.chain([Some(parts_path(info))])
}

fn stamp(target: &Target, names: &[String]) -> Option<FileStamp> {
    let path = target.join(names).ok()?;
    target.check(&path).ok()?;
    let metadata = fs::metadata(&path).ok()?;
    let changed = metadata.modified().ok()?;
    let nanos = match changed.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()),
        Err(before) => i64::try_from(before.duration().as_nanos()).map(|nanos| -nanos),
    };
    Some(FileStamp { length: metadata.len(), changed_ns: nanos.ok()? })
}

/// Makes durable what was written to those files of a torrent of whose places among [all](stamp_files) `which` says so. Those
/// that are not there are left out; folders' entries are left to the operating system.
///
/// # Errors
/// What can't be written out, with its name.
pub fn sync_files(folder: &Path, info: &Info, which: impl Fn(usize) -> bool) -> Result<(), DiskError> {
    let target = Target::open(folder).map_err(|error| disk_error(folder, &error))?;
    let all = all_names(info).enumerate().filter(|(index, _)| which(*index));
    for names in all.filter_map(|(_, names)| names) {
        let path = target.join(&names).map_err(|error| disk_error(folder, &error))?;
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
