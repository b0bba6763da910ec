//! Content in files below a target folder.
//!
//! Files grow as blocks arrive, so they are sparse where the file system can do it. Bytes of a longer file beyond the
//! torrent's length are left alone. Padding is neither written nor read. Nothing outside the target folder is touched:
//! a link that leads out is refused.
//!
//! A piece in which a wanted file begins or ends may have bytes of files that are not wanted. These are kept if their file is
//! there; else, since it is not to be created, in a file of [parts](parts), as in libtorrent and Transmission.

mod handles;
mod parts;
mod spans;
mod stamps;
mod target;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::metainfo::{FileSelection, Geometry, Info, PieceHash};

use super::{Body, DiskError, Storage, Verification};
use handles::{Access, Handles};
use parts::{Parts, parts_path};
use spans::Spans;

pub use handles::OPEN_FILES_MAX;
pub use stamps::{FileStamp, stamp_files, sync_files};

/// A torrent's content in its files.
#[derive(Debug)]
pub struct FilesStorage {
    geometry: Geometry,
    piece_hashes: Arc<[PieceHash]>,
    spans: Spans,
    parts: Parts,
    handles: Handles,
}

impl FilesStorage {
    /// Opens or creates the target folder, in which the torrent's file or folder lies or will lie. Files without bytes
    /// are created at once, since no block will bring them; all others when their first block comes.
    pub fn open(folder: &Path, info: &Info) -> Result<FilesStorage, DiskError> {
        FilesStorage::open_wanted(folder, info, &FileSelection::all())
    }

    /// As [`open`](FilesStorage::open), but files that are not wanted are not created.
    pub fn open_wanted(
        folder: &Path,
        info: &Info,
        wanted: &FileSelection,
    ) -> Result<FilesStorage, DiskError> {
        let mut handles = Handles::open(folder, info.files(), &parts_path(info))?;
        for (index, file) in info.files().iter().enumerate() {
            if file.length == 0 && wanted.wants(file) {
                handles.create_if_absent(index)?;
            }
        }
        let parts = Parts::of(info, wanted, |index| handles.is_there(index))?;
        if parts.is_empty() {
            handles.remove_parts()?;
        }
        Ok(FilesStorage {
            geometry: info.geometry(),
            piece_hashes: info.piece_hashes().clone(),
            spans: Spans::new(info.files()),
            parts,
            handles,
        })
    }
}

impl Storage for FilesStorage {
    fn geometry(&self) -> Geometry {
        self.geometry
    }

    fn read(&mut self, piece: u32, begin: u32, length: u32) -> Result<Bytes, DiskError> {
        let mut buffer = BytesMut::zeroed(length as usize);
        for span in self.spans.cover(self.geometry.piece_offset(piece) + u64::from(begin), length) {
            if !span.padding {
                let (index, offset) = self.parts.place(&span);
                let part = &mut buffer[span.range];
                self.handles.with(index, Access::Read, |file| read_at(file, offset, part))?;
            }
        }
        Ok(buffer.freeze())
    }

    fn write(&mut self, piece: u32, begin: u32, data: Body) -> Result<(), DiskError> {
        let length = data.len() as u32;
        for span in self.spans.cover(self.geometry.piece_offset(piece) + u64::from(begin), length) {
            if !span.padding {
                let (index, offset) = self.parts.place(&span);
                let part = data.slice(span.range.start, span.range.end);
                self.handles.with(index, Access::Write, |file| write_at(file, offset, &part))?;
            }
        }
        Ok(())
    }

    fn verify(&mut self, piece: u32) -> Result<bool, DiskError> {
        self.begin_verification(piece).finish()
    }

    fn begin_verification(&mut self, piece: u32) -> Verification {
        let read = self.read(piece, 0, self.geometry.piece_size(piece));
        Verification::of(read, self.piece_hashes[piece as usize])
    }
}

fn read_at(file: &mut File, offset: u64, part: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(part)
}

fn write_at(file: &mut File, offset: u64, part: &Body) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    part.fragments().iter().try_for_each(|fragment| file.write_all(fragment))
}
