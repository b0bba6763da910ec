//! Making a torrent of what lies on the disk.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::bencode::Tree;
use crate::metainfo::{Error, FILES_MAX, Geometry, Metainfo, PATH_COMPONENTS_MAX, PathError};

use super::{Fields, MakeError, automatic_piece_length, finish, hash_pieces};

/// Makes a torrent of a file, or of all files in a folder and below, in the order of their paths.
///
/// The order compares paths name by name, byte by byte, so the same files give the same info-hash everywhere. Within a
/// folder, symbolic links and special files are refused rather than skipped; empty folders have no place in a torrent.
/// Without a piece length, [`automatic_piece_length`] chooses. `progress` is called after each piece with the bytes
/// hashed so far and the bytes in all.
pub fn from_path(
    path: &Path,
    piece_length: Option<u32>,
    fields: &Fields,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Metainfo, MakeError> {
    let root = fs::canonicalize(path).map_err(|source| MakeError::Read { path: path.to_owned(), source })?;
    let name = utf8(root.file_name(), &root)?;
    let files = list(&root)?;
    // Sparse files can claim any length; what goes over the limit is refused with the sizes.
    let total = files.iter().fold(0u64, |total, file| total.saturating_add(file.length));
    let geometry = Geometry::new(total, piece_length.unwrap_or_else(|| automatic_piece_length(total)))?;
    let mut content = Content { files: &files, open: None };
    let mut done = 0;
    let hashes = hash_pieces(geometry, |_, buffer| {
        content.read_exact(buffer)?;
        done += buffer.len() as u64;
        progress(done, total);
        Ok(())
    })?;
    let single = files.len() == 1 && files[0].names.is_empty();
    let length_or_files = if single {
        ("length", Tree::Int(total as i64))
    } else {
        ("files", Tree::list(files.iter().map(SourceFile::entry)))
    };
    finish(&name, length_or_files, geometry, &hashes, fields)
}

struct SourceFile {
    path: PathBuf,
    /// Names below the root; none if the root is the file itself.
    names: Vec<String>,
    length: u64,
}

impl SourceFile {
    fn entry(&self) -> Tree<'_> {
        let path = Tree::list(self.names.iter().map(|name| Tree::from(name.as_str())));
        Tree::dict([("length", Tree::Int(self.length as i64)), ("path", path)])
    }
}

/// All files at or below the root, in order.
fn list(root: &Path) -> Result<Vec<SourceFile>, MakeError> {
    let mut files = Vec::new();
    let mut pending = vec![(root.to_owned(), Vec::new())];
    while let Some((path, names)) = pending.pop() {
        let failed = |source| MakeError::Read { path: path.clone(), source };
        let metadata = fs::symlink_metadata(&path).map_err(failed)?;
        if metadata.is_file() {
            if files.len() >= FILES_MAX {
                return Err(Error::TooManyFiles.into());
            }
            files.push(SourceFile { path, names, length: metadata.len() });
        } else if metadata.is_dir() {
            if names.len() >= PATH_COMPONENTS_MAX {
                return Err(Error::from(PathError::TooDeep).into());
            }
            for entry in fs::read_dir(&path).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let mut below = names.clone();
                below.push(utf8(Some(&entry.file_name()), &entry.path())?);
                pending.push((entry.path(), below));
            }
        } else {
            return Err(MakeError::NotAFile(path));
        }
    }
    files.sort_unstable_by(|a, b| a.names.cmp(&b.names));
    Ok(files)
}

fn utf8(name: Option<&std::ffi::OsStr>, path: &Path) -> Result<String, MakeError> {
    name.and_then(|name| name.to_str()).map(String::from).ok_or_else(|| MakeError::Name(path.to_owned()))
}

/// The files' bytes, one file after the other, each with exactly the length it was listed with.
struct Content<'a> {
    /// Files not yet read to their end.
    files: &'a [SourceFile],
    /// The first of them, and the bytes of it still to be read.
    open: Option<(fs::File, u64)>,
}

impl Content<'_> {
    fn read_exact(&mut self, mut buffer: &mut [u8]) -> Result<(), MakeError> {
        while !buffer.is_empty() {
            let current = self.files.first().expect("the pieces end with the last file");
            let failed = |source| MakeError::Read { path: current.path.clone(), source };
            let (file, left) = match &mut self.open {
                Some(open) => open,
                closed => closed.insert((fs::File::open(&current.path).map_err(failed)?, current.length)),
            };
            let length = (*left).min(buffer.len() as u64) as usize;
            let (now, later) = buffer.split_at_mut(length);
            file.read_exact(now).map_err(failed)?;
            *left -= length as u64;
            if *left == 0 {
                if file.read(&mut [0]).map_err(failed)? != 0 {
                    return Err(failed(io::Error::other("the file grew while it was read")));
                }
                self.files = &self.files[1..];
                self.open = None;
            }
            buffer = later;
        }
        Ok(())
    }
}
