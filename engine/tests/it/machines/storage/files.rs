//! A torrent's files as vectors of bytes, and what can happen to them while no client looks.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use swarmlab_engine::storage::DiskErrorKind;

use super::FILES;
use super::model::Model;

/// What happens to one file.
#[derive(Clone, Debug)]
pub enum Damage {
    /// Its tail was never written.
    Cut {
        file: usize,
        at: Index,
    },
    /// A stretch in it was never written: zeros.
    Lost {
        file: usize,
        at: Index,
        length: usize,
    },
    /// A bit rots.
    Flipped {
        file: usize,
        at: Index,
    },
    Deleted {
        file: usize,
    },
    /// A folder stands in its place.
    Folder {
        file: usize,
    },
    /// It does not any more.
    Mended {
        file: usize,
    },
}

pub fn damage() -> impl Strategy<Value = Damage> {
    // Neither the empty file nor the padding.
    let file = || prop::sample::select(vec![0_usize, 2, 3, 5]);
    prop_oneof![
        2 => (file(), any::<Index>()).prop_map(|(file, at)| Damage::Cut { file, at }),
        2 => (file(), any::<Index>(), 1..5_000_usize).prop_map(|(file, at, length)| Damage::Lost { file, at, length }),
        2 => (file(), any::<Index>()).prop_map(|(file, at)| Damage::Flipped { file, at }),
        1 => prop_oneof![Just(1), file()].prop_map(|file| Damage::Deleted { file }),
        1 => file().prop_map(|file| Damage::Folder { file }),
        2 => file().prop_map(|file| Damage::Mended { file }),
    ]
}

/// The path of a file below the torrent's folder.
pub fn names(index: usize) -> impl Iterator<Item = Vec<u8>> {
    let folder = ["a", "a", "b/c", "b"][index % 4];
    folder.split('/').map(|name| name.as_bytes().to_vec()).chain([format!("{index}").into_bytes()])
}

#[derive(Clone, Debug, PartialEq)]
enum Lie {
    Absent,
    File(Vec<u8>),
    Folder,
}

/// The files on a disk, as they should be there.
pub struct Files {
    root: PathBuf,
    all: Vec<Lie>,
}

impl Files {
    /// In an empty folder, opened by a storage.
    pub fn opened(folder: &Path) -> Files {
        let all = vec![Lie::Absent; FILES.len()];
        let mut files = Files { root: folder.join("t"), all };
        files.reopen();
        files
    }

    /// A storage makes the files that no block will bring.
    pub fn reopen(&mut self) {
        self.all[1] = Lie::File(Vec::new());
    }

    fn path(&self, index: usize) -> PathBuf {
        names(index).fold(self.root.clone(), |path, name| path.join(String::from_utf8(name).unwrap()))
    }

    pub fn suffer(&mut self, damage: &Damage) {
        let (Damage::Cut { file, .. }
        | Damage::Lost { file, .. }
        | Damage::Flipped { file, .. }
        | Damage::Deleted { file }
        | Damage::Folder { file }
        | Damage::Mended { file }) = *damage;
        let path = self.path(file);
        match (damage, &mut self.all[file]) {
            (Damage::Mended { .. }, lie @ Lie::Folder) => {
                fs::remove_dir(&path).unwrap();
                *lie = Lie::Absent;
            }
            (_, Lie::Folder) | (Damage::Mended { .. }, _) => {}
            (Damage::Folder { .. }, lie) => {
                if let Lie::File(_) = lie {
                    fs::remove_file(&path).unwrap();
                }
                fs::create_dir_all(&path).unwrap();
                *lie = Lie::Folder;
            }
            (_, Lie::Absent) => {}
            (Damage::Deleted { .. }, lie) => {
                fs::remove_file(&path).unwrap();
                *lie = Lie::Absent;
            }
            (_, Lie::File(bytes)) => {
                rot(damage, bytes);
                fs::write(&path, bytes).unwrap();
            }
        }
    }

    /// Nothing is there that should not be, and all that should.
    pub fn compare_with_disk(&self) {
        for (index, lie) in self.all.iter().enumerate() {
            let path = self.path(index);
            match lie {
                Lie::Absent => assert!(!path.exists(), "file {index}"),
                Lie::Folder => assert!(path.is_dir(), "file {index}"),
                Lie::File(bytes) => assert!(fs::read(&path).unwrap() == *bytes, "file {index}"),
            }
        }
    }
}

fn rot(damage: &Damage, bytes: &mut Vec<u8>) {
    match damage {
        Damage::Cut { at, .. } => bytes.truncate(at.index(bytes.len() + 1)),
        _ if bytes.is_empty() => {}
        Damage::Lost { at, length, .. } => {
            let at = at.index(bytes.len());
            let end = bytes.len().min(at + length);
            bytes[at..end].fill(0);
        }
        Damage::Flipped { at, .. } => {
            let at = at.index(bytes.len());
            bytes[at] ^= 0x10;
        }
        Damage::Deleted { .. } | Damage::Folder { .. } | Damage::Mended { .. } => {}
    }
}

/// The parts of a range of the content that are in each file: which, where in it, and which bytes of the range.
fn parts(range: &Range<usize>) -> Vec<(usize, usize, Range<usize>)> {
    let mut start = 0;
    let mut parts = Vec::new();
    for (index, (length, _)) in FILES.iter().enumerate() {
        let (from, to) = (range.start.max(start), range.end.min(start + length));
        if from < to {
            parts.push((index, from - start, from - range.start..to - range.start));
        }
        start += length;
    }
    parts
}

impl Model for Files {
    fn read(&self, range: Range<usize>) -> Result<Vec<u8>, DiskErrorKind> {
        let mut read = vec![0; range.len()];
        for (index, at, part) in parts(&range).into_iter().filter(|(index, ..)| !FILES[*index].1) {
            let bytes = match &self.all[index] {
                Lie::Absent => return Err(DiskErrorKind::Missing),
                Lie::Folder => return Err(DiskErrorKind::Io),
                Lie::File(bytes) => bytes.get(at..at + part.len()).ok_or(DiskErrorKind::Missing)?,
            };
            read[part].copy_from_slice(bytes);
        }
        Ok(read)
    }

    /// Up to the first file that does not take its part: those before it have theirs.
    fn write(&mut self, start: usize, data: &[u8]) -> Result<(), DiskErrorKind> {
        for (index, at, part) in parts(&(start..start + data.len())) {
            if FILES[index].1 {
                continue;
            }
            if self.all[index] == Lie::Absent {
                self.all[index] = Lie::File(Vec::new());
            }
            let Lie::File(bytes) = &mut self.all[index] else { return Err(DiskErrorKind::Io) };
            let end = bytes.len().max(at + part.len());
            bytes.resize(end, 0);
            bytes[at..at + part.len()].copy_from_slice(&data[part]);
        }
        Ok(())
    }
}
