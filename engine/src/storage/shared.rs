//! One simulated host's store of a content that all hosts share.
//!
//! A block that arrives as a slice of the shared content *is* that content, and a bit is all that is kept of it. Any
//! other block is foreign: it is kept as it came, and counts for what its bytes are. So a piece of genuine blocks is
//! verified without reading it, while a corrupted or copied block is hashed for real.

use std::collections::BTreeMap;

use bytes::Bytes;
use sha1::{Digest, Sha1};

use crate::metainfo::{BLOCK_BYTES, Geometry};

use super::block_set::BlockSet;
use super::{Body, Content, DiskError, Storage};

/// How pieces are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    /// A piece whose blocks are all slices of the content needs no hash; any other piece is hashed.
    Identity,
    /// Every piece is hashed. Answers the same as [`Identity`](Hashing::Identity), and shows that it does.
    Full,
}

/// Full hashing was asked for of content that is a [stand-in](Content::stand_in).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the torrent's content is not at hand, and the hashes do not fit its stand-in: full hashing is not possible"
)]
pub struct StandInUnhashable;

/// What one host holds of a [`Content`]: a bit for each block, and the blocks that are not the content's.
#[derive(Clone, Debug)]
pub struct SharedStore {
    content: Content,
    hashing: Hashing,
    genuine: BlockSet,
    /// By block index; disjoint from `genuine`.
    foreign: BTreeMap<u32, Body>,
}

impl SharedStore {
    /// A store that holds nothing.
    pub fn empty(content: Content, hashing: Hashing) -> Result<SharedStore, StandInUnhashable> {
        let genuine = BlockSet::empty(content.geometry().block_count());
        SharedStore::new(content, hashing, genuine)
    }

    /// A store that holds all of the content.
    pub fn full(content: Content, hashing: Hashing) -> Result<SharedStore, StandInUnhashable> {
        let genuine = BlockSet::full(content.geometry().block_count());
        SharedStore::new(content, hashing, genuine)
    }

    /// A store that holds these pieces of the content, and no part of others.
    pub fn holding(
        content: Content,
        hashing: Hashing,
        pieces: impl IntoIterator<Item = u32>,
    ) -> Result<SharedStore, StandInUnhashable> {
        let geometry = content.geometry();
        let mut store = SharedStore::empty(content, hashing)?;
        for piece in pieces {
            (0..geometry.blocks_in(piece))
                .for_each(|block| store.genuine.insert(geometry.block_index(piece, block)));
        }
        Ok(store)
    }

    fn new(content: Content, hashing: Hashing, genuine: BlockSet) -> Result<SharedStore, StandInUnhashable> {
        if hashing == Hashing::Full && content.is_stand_in() {
            return Err(StandInUnhashable);
        }
        Ok(SharedStore { content, hashing, genuine, foreign: BTreeMap::new() })
    }

    /// The block as this host has it, if it has it.
    fn block(&self, piece: u32, block: u32) -> Option<Body> {
        let index = self.geometry().block_index(piece, block);
        if self.genuine.contains(index) {
            Some(Body::from(self.content.block(piece, block)))
        } else {
            self.foreign.get(&index).cloned()
        }
    }

    /// Whether the bytes of a piece, some of which are foreign, are the right ones.
    fn matches(&self, piece: u32) -> bool {
        let mut sha1 = Sha1::new();
        for block in 0..self.geometry().blocks_in(piece) {
            let Some(body) = self.block(piece, block) else { return false };
            if self.content.is_stand_in() {
                // There is no hash to compare with, but the bytes that a right block has are known.
                if body != Body::from(self.content.block(piece, block)) {
                    return false;
                }
            } else {
                body.fragments().iter().for_each(|fragment| sha1.update(fragment));
            }
        }
        self.content.is_stand_in() || sha1.finalize()[..] == self.content.piece_hashes()[piece as usize]
    }
}

impl Storage for SharedStore {
    fn geometry(&self) -> Geometry {
        self.content.geometry()
    }

    fn read(&mut self, piece: u32, begin: u32, length: u32) -> Result<Bytes, DiskError> {
        // Nearly every read: one whole block, and it is the content's.
        let geometry = self.geometry();
        if let Some(block) = geometry.block_at(piece, begin, length)
            && self.genuine.contains(geometry.block_index(piece, block))
        {
            return Ok(self.content.block(piece, block));
        }
        let end = begin + length;
        let mut read = Body::default();
        for block in begin / BLOCK_BYTES..end.div_ceil(BLOCK_BYTES) {
            let body = self.block(piece, block).ok_or_else(|| DiskError::missing(piece, begin))?;
            let start = block * BLOCK_BYTES;
            let part = body.slice(begin.saturating_sub(start) as usize, (end - start) as usize);
            part.fragments().iter().for_each(|fragment| read.push(fragment.clone()));
        }
        Ok(read.into_bytes())
    }

    fn write(&mut self, piece: u32, begin: u32, data: Body) -> Result<(), DiskError> {
        let block = begin / BLOCK_BYTES;
        let index = self.geometry().block_index(piece, block);
        if self.content.is_block(piece, block, data.fragments()) {
            self.genuine.insert(index);
            self.foreign.remove(&index);
        } else {
            self.genuine.remove(index);
            self.foreign.insert(index, data);
        }
        Ok(())
    }

    fn verify(&mut self, piece: u32) -> Result<bool, DiskError> {
        let geometry = self.geometry();
        let first = geometry.block_index(piece, 0);
        let blocks = first..first + geometry.blocks_in(piece);
        if self.hashing == Hashing::Identity && blocks.clone().all(|index| self.genuine.contains(index)) {
            return Ok(true);
        }
        if !self.matches(piece) {
            return Ok(false);
        }
        // Foreign blocks of a right piece have the content's bytes: the copies need not be kept.
        for index in blocks {
            self.genuine.insert(index);
            self.foreign.remove(&index);
        }
        Ok(true)
    }
}
