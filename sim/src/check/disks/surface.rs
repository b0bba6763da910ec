//! What is known of a disk, block by block.

use swarmlab_engine::metainfo::Geometry;

use crate::scenario::Has;

/// Whether a block is on the disk with the content's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is.
    Right,
    /// It is not there, or its bytes are others.
    NotRight,
    /// The one or the other.
    Perhaps,
}

/// A disk. It outlives the clients that run on it.
pub struct Surface {
    geometry: Geometry,
    blocks: Vec<Known>,
}

impl Surface {
    /// The disk of a peer that comes for the first time.
    pub fn new(geometry: Geometry, has: Has) -> Surface {
        let known = match has {
            Has::All => Known::Right,
            Has::Nothing => Known::NotRight,
            Has::Share(_) | Has::AllBut(_) => Known::Perhaps,
        };
        Surface { geometry, blocks: vec![known; geometry.block_count() as usize] }
    }

    /// A block was written.
    pub fn write(&mut self, piece: u32, block: u32, right: bool) {
        let index = self.geometry.block_index(piece, block) as usize;
        self.blocks[index] = if right { Known::Right } else { Known::NotRight };
    }

    /// Whether a verification may find the piece right, and whether it may find it wrong.
    pub fn may_be(&self, piece: u32) -> (bool, bool) {
        let blocks = self.piece(piece);
        let right = blocks.iter().all(|known| *known != Known::NotRight);
        let wrong = blocks.iter().any(|known| *known != Known::Right);
        (right, wrong)
    }

    /// The disk has found the whole piece right.
    pub fn confirm(&mut self, piece: u32) {
        self.piece_mut(piece).fill(Known::Right);
    }

    /// What is right may not be there any more, in the pieces that `is_concerned`.
    pub fn doubt(&mut self, is_concerned: impl Fn(u32) -> bool) {
        for piece in (0..self.geometry.piece_count).filter(|piece| is_concerned(*piece)) {
            let right = self.piece_mut(piece).iter_mut().filter(|known| **known == Known::Right);
            right.for_each(|known| *known = Known::Perhaps);
        }
    }

    /// Anything may be there.
    pub fn hope(&mut self) {
        self.blocks.fill(Known::Perhaps);
    }

    fn piece(&self, piece: u32) -> &[Known] {
        let first = self.geometry.block_index(piece, 0) as usize;
        &self.blocks[first..first + self.geometry.blocks_in(piece) as usize]
    }

    fn piece_mut(&mut self, piece: u32) -> &mut [Known] {
        let first = self.geometry.block_index(piece, 0) as usize;
        &mut self.blocks[first..first + self.geometry.blocks_in(piece) as usize]
    }
}
