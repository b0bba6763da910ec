//! The files of a torrent, one after the other in the content.

use crate::bencode::{Dict, Value};

use super::path::{PATH_COMPONENTS_MAX, check_collisions, component};
use super::{Error, GeometryError, PathError, TOTAL_BYTES_MAX};

/// The most files in a torrent.
pub const FILES_MAX: usize = 100_000;

/// A file's place in the content and on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its place in the torrent's list, from 0: what a selection names it by (BEP 53). Padding has one too, and so have links,
    /// which are left out here.
    pub number: u32,
    /// Names from the target folder down to the file; the first is the torrent's name. Empty for padding.
    pub path: Vec<String>,
    /// Where the file starts in the content, in bytes.
    pub offset: u64,
    /// Bytes of the file.
    pub length: u64,
    /// Padding (BEP 47): zeros in the content, nothing on the disk.
    pub padding: bool,
}

/// Reads `name` and `length` or `files`. The sum of the lengths is within [`TOTAL_BYTES_MAX`].
pub(super) fn read(name: &str, info: &Dict<'_>) -> Result<Vec<File>, Error> {
    let files = match (info.get(b"length"), info.get(b"files")) {
        (Some(_), Some(_)) => return Err(Error::SingleAndMulti),
        (Some(length), None) => {
            let length = file_length(Some(length), 0)?;
            vec![File { number: 0, path: vec![name.to_owned()], offset: 0, length, padding: false }]
        }
        (None, Some(files)) => read_files(name, files.as_list().ok_or(Error::Field("files"))?)?,
        (None, None) => return Err(Error::Field("length")),
    };
    check_collisions(files.iter().filter(|file| !file.padding).map(|file| file.path.as_slice()))?;
    Ok(files)
}

fn read_files(name: &str, entries: &[Value<'_>]) -> Result<Vec<File>, Error> {
    if entries.len() > FILES_MAX {
        return Err(Error::TooManyFiles);
    }
    let mut files = Vec::with_capacity(entries.len());
    let mut offset = 0;
    for (number, entry) in (0..).zip(entries) {
        let entry = entry.as_dict().ok_or(Error::Field("files"))?;
        let length = file_length(entry.get(b"length"), offset)?;
        let attributes = entry.get(b"attr").and_then(Value::as_bytes).unwrap_or_default();
        let padding = attributes.contains(&b'p');
        let link = attributes.contains(&b'l') && length == 0;
        if !link {
            let path = if padding { Vec::new() } else { read_path(name, entry)? };
            files.push(File { number, path, offset, length, padding });
        }
        offset += length;
    }
    Ok(files)
}

/// A length that, after the `offset` bytes before it, stays within the limit.
fn file_length(length: Option<&Value<'_>>, offset: u64) -> Result<u64, Error> {
    let length = length.and_then(Value::as_int).ok_or(Error::Field("length"))?;
    match u64::try_from(length) {
        Ok(length) if length <= TOTAL_BYTES_MAX - offset => Ok(length),
        _ => Err(GeometryError::TotalLength.into()),
    }
}

fn read_path(name: &str, entry: &Dict<'_>) -> Result<Vec<String>, Error> {
    let names = entry.get(b"path.utf-8").or(entry.get(b"path"));
    let names = names.and_then(Value::as_list).ok_or(Error::Field("path"))?;
    if names.is_empty() {
        return Err(PathError::Empty.into());
    }
    if names.len() >= PATH_COMPONENTS_MAX {
        return Err(PathError::TooDeep.into());
    }
    let mut path = vec![name.to_owned()];
    for name in names {
        path.push(component(name.as_bytes().ok_or(Error::Field("path"))?)?);
    }
    Ok(path)
}
