//! A torrent's content as simulated hosts share it: one copy, or none at all.
//!
//! Content of any size can be computed by a formula from a pool of 1 MiB: a block is the slice of the pool at an offset
//! drawn from the seed and the block's index. So every block is a reference-counted slice that exists already, blocks
//! differ from one another, and the pieces have real hashes. Two blocks may fall on one offset; their bytes are equal
//! then, as blocks of real content sometimes are.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use sha1::{Digest, Sha1};

use crate::metainfo::{BLOCK_BYTES, Geometry, Info, PieceHash};

use super::Body;

/// Bytes of pseudo-random data from which formula content is cut: fits a processor's cache, and has a million offsets.
const POOL_BYTES: usize = 1 << 20;

/// The content of one torrent. A clone is a reference.
#[derive(Clone, Debug)]
pub struct Content {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    geometry: Geometry,
    piece_hashes: Arc<[PieceHash]>,
    source: Source,
    stand_in: bool,
}

#[derive(Debug)]
enum Source {
    /// The content itself.
    Whole(Bytes),
    /// Every block is a slice of this.
    Pool { pool: Bytes, seed: u64 },
}

/// Bytes that are not the content of the torrent they were given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Too many or too few bytes.
    #[error("{found} bytes are no content for a torrent of {expected}")]
    Length {
        /// Bytes given.
        found: u64,
        /// Bytes of the torrent.
        expected: u64,
    },
    /// A piece does not match its hash.
    #[error("piece {0} does not match its hash")]
    Piece(u32),
}

impl Content {
    /// Real content of a real torrent; every piece is compared with its hash.
    pub fn of_torrent(info: &Info, whole: Bytes) -> Result<Content, ContentError> {
        let geometry = info.geometry();
        if whole.len() as u64 != geometry.total_length {
            return Err(ContentError::Length { found: whole.len() as u64, expected: geometry.total_length });
        }
        let piece_hashes = info.piece_hashes().clone();
        let inner = Inner { geometry, piece_hashes, source: Source::Whole(whole), stand_in: false };
        match (0..geometry.piece_count)
            .find(|piece| inner.hash_piece(*piece) != inner.piece_hashes[*piece as usize])
        {
            Some(piece) => Err(ContentError::Piece(piece)),
            None => Ok(Content { inner: Arc::new(inner) }),
        }
    }

    /// Content by formula. Hashes all of it once, so that a torrent can be made of
    /// [`piece_hashes`](Content::piece_hashes).
    pub fn formula(seed: u64, geometry: Geometry) -> Content {
        let mut inner =
            Inner { geometry, piece_hashes: Arc::new([]), source: Source::pool(seed), stand_in: false };
        inner.piece_hashes = (0..geometry.piece_count).map(|piece| inner.hash_piece(piece)).collect();
        Content { inner: Arc::new(inner) }
    }

    /// Formula content in the place of a real torrent's, which is not at hand. The torrent's hashes are not of these
    /// bytes, so nothing can be hashed; it serves where only sizes matter.
    pub fn stand_in(seed: u64, info: &Info) -> Content {
        let (geometry, piece_hashes) = (info.geometry(), info.piece_hashes().clone());
        Content {
            inner: Arc::new(Inner { geometry, piece_hashes, source: Source::pool(seed), stand_in: true }),
        }
    }

    /// The sizes of the torrent.
    pub fn geometry(&self) -> Geometry {
        self.inner.geometry
    }

    /// The torrent's hashes; those of this content unless it [is a stand-in](Content::is_stand_in).
    pub fn piece_hashes(&self) -> &Arc<[PieceHash]> {
        &self.inner.piece_hashes
    }

    /// Whether the torrent's hashes are of other bytes than these.
    pub fn is_stand_in(&self) -> bool {
        self.inner.stand_in
    }

    /// One whole block: a reference, never a copy. Panics if there is no such block.
    pub fn block(&self, piece: u32, block: u32) -> Bytes {
        self.inner.block(piece, block)
    }

    /// A range within a piece, as a fragment for each block that it touches. Panics if there is no such range.
    pub fn range(&self, piece: u32, begin: u32, length: u32) -> Body {
        let mut body = Body::default();
        let end = begin + length;
        for block in begin / BLOCK_BYTES..end.div_ceil(BLOCK_BYTES) {
            let bytes = self.block(piece, block);
            let start = block * BLOCK_BYTES;
            let from = begin.saturating_sub(start) as usize;
            let to = bytes.len().min((end - start) as usize);
            body.push(bytes.slice(from..to));
        }
        body
    }

    /// Whether the fragments, one after the other, are this block: the same bytes in memory, not just equal ones. Looks
    /// at addresses only.
    #[inline]
    pub(super) fn is_block(&self, piece: u32, block: u32, fragments: &[Bytes]) -> bool {
        let (memory, place) = self.inner.place(piece, block);
        let bytes = &memory[place];
        let mut at = 0;
        for fragment in fragments {
            // An empty fragment says nothing, and its address means nothing.
            let here = bytes.get(at..at + fragment.len());
            if !here.is_some_and(|here| here.is_empty() || std::ptr::eq(here, &fragment[..])) {
                return false;
            }
            at += fragment.len();
        }
        at == bytes.len()
    }
}

impl Inner {
    /// The memory that the block is in, and where in it.
    #[inline]
    fn place(&self, piece: u32, block: u32) -> (&Bytes, Range<usize>) {
        let (memory, start) = match &self.source {
            Source::Whole(whole) => {
                (whole, self.geometry.piece_offset(piece) as usize + (block * BLOCK_BYTES) as usize)
            }
            Source::Pool { pool, seed } => {
                (pool, pool_offset(*seed, self.geometry.block_index(piece, block)))
            }
        };
        (memory, start..start + self.geometry.block_size(piece, block) as usize)
    }

    fn block(&self, piece: u32, block: u32) -> Bytes {
        let (memory, place) = self.place(piece, block);
        memory.slice(place)
    }

    fn hash_piece(&self, piece: u32) -> PieceHash {
        let mut sha1 = Sha1::new();
        (0..self.geometry.blocks_in(piece)).for_each(|block| sha1.update(self.block(piece, block)));
        sha1.finalize().into()
    }
}

impl Source {
    fn pool(seed: u64) -> Source {
        let mut pool = vec![0; POOL_BYTES];
        Xoshiro256PlusPlus::seed_from_u64(seed).fill_bytes(&mut pool);
        Source::Pool { pool: pool.into(), seed }
    }
}

/// An offset at which a whole block fits: the mixing function of SplitMix64, scaled to the range by multiplication.
#[inline]
fn pool_offset(seed: u64, block_index: u32) -> usize {
    const OFFSETS: u64 = POOL_BYTES as u64 - BLOCK_BYTES as u64 + 1;
    let mut mixed = seed.wrapping_add(u64::from(block_index).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    ((u128::from(mixed) * u128::from(OFFSETS)) >> 64) as usize
}
