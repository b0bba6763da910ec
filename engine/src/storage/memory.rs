//! Content in memory.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use sha1::{Digest, Sha1};

use crate::metainfo::{BLOCK_BYTES, Geometry, Info, PieceHash};

use super::block_set::BlockSet;
use super::{Body, DiskError, Storage};

/// A torrent's content in one buffer. It copies and hashes everything: slow, and too simple to be wrong.
#[derive(Debug)]
pub struct MemoryStorage {
    geometry: Geometry,
    piece_hashes: Arc<[PieceHash]>,
    content: Vec<u8>,
    written: BlockSet,
}

impl MemoryStorage {
    /// A storage in which nothing is written yet. Takes as much memory as the content.
    pub fn empty(info: &Info) -> MemoryStorage {
        let geometry = info.geometry();
        MemoryStorage {
            geometry,
            piece_hashes: info.piece_hashes().clone(),
            content: vec![0; geometry.total_length as usize],
            written: BlockSet::empty(geometry.block_count()),
        }
    }

    fn range(&self, piece: u32, begin: u32, length: u32) -> Range<usize> {
        let start = (self.geometry.piece_offset(piece) + u64::from(begin)) as usize;
        start..start + length as usize
    }

    fn is_written(&self, piece: u32, begin: u32, length: u32) -> bool {
        let blocks = begin / BLOCK_BYTES..=(begin + length - 1) / BLOCK_BYTES;
        blocks.into_iter().all(|block| self.written.contains(self.geometry.block_index(piece, block)))
    }
}

impl Storage for MemoryStorage {
    fn geometry(&self) -> Geometry {
        self.geometry
    }

    fn read(&mut self, piece: u32, begin: u32, length: u32) -> Result<Bytes, DiskError> {
        if !self.is_written(piece, begin, length) {
            return Err(DiskError::missing(piece, begin));
        }
        Ok(Bytes::copy_from_slice(&self.content[self.range(piece, begin, length)]))
    }

    fn write(&mut self, piece: u32, begin: u32, data: Body) -> Result<(), DiskError> {
        let range = self.range(piece, begin, data.len() as u32);
        self.content[range].copy_from_slice(&data.into_bytes());
        self.written.insert(self.geometry.block_index(piece, begin / BLOCK_BYTES));
        Ok(())
    }

    fn verify(&mut self, piece: u32) -> Result<bool, DiskError> {
        let size = self.geometry.piece_size(piece);
        let hash = Sha1::digest(&self.content[self.range(piece, 0, size)]);
        Ok(self.is_written(piece, 0, size) && hash[..] == self.piece_hashes[piece as usize])
    }
}
