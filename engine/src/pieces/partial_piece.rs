//! A piece in progress, block by block.

mod recount;

use crate::metainfo::{BLOCK_BYTES, PIECE_BYTES_MAX};

/// What is known of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockState {
    /// Not here, and nobody was asked.
    Free,
    /// So many peers are asked for it: one, or more in endgame.
    Requested(u8),
    /// Arrived from this contributor, handed to the disk. The torrent gives each peer a number by which it is known here.
    Writing(u32),
    /// On the disk, not verified; who sent it.
    Written(u32),
}

impl BlockState {
    /// The block has come, and is kept.
    pub fn is_here(&self) -> bool {
        self.contributor().is_some()
    }

    /// Who sent it, if it has come.
    fn contributor(&self) -> Option<u32> {
        match *self {
            BlockState::Writing(contributor) | BlockState::Written(contributor) => Some(contributor),
            BlockState::Free | BlockState::Requested(_) => None,
        }
    }
}

/// A piece of which something was asked for, and which is not verified yet.
#[derive(Clone, Debug)]
pub struct PartialPiece {
    /// The piece's index.
    pub piece: u32,
    blocks: Box<[BlockState]>,
    /// The contributor who alone is to fetch it, for then a bad piece tells who is guilty.
    reserved_for: Option<u32>,
    free: BlockCount,
    written: BlockCount,
}

/// Blocks of one piece.
type BlockCount = u16;
const _: () = assert!(PIECE_BYTES_MAX / BLOCK_BYTES <= BlockCount::MAX as u32);

impl PartialPiece {
    /// A piece of which nothing was asked for yet.
    pub fn new(piece: u32, block_count: u32) -> PartialPiece {
        PartialPiece {
            piece,
            blocks: vec![BlockState::Free; block_count as usize].into(),
            reserved_for: None,
            free: block_count as BlockCount,
            written: 0,
        }
    }

    /// Blocks that nobody was asked for.
    pub fn free(&self) -> u32 {
        self.free.into()
    }

    /// Every block, in order.
    pub fn blocks(&self) -> &[BlockState] {
        &self.blocks
    }

    /// May this contributor be asked for its blocks?
    pub fn is_open_to(&self, contributor: u32) -> bool {
        self.reserved_for.is_none_or(|owner| owner == contributor)
    }

    /// Is it this contributor's alone?
    pub fn is_reserved_for(&self, contributor: u32) -> bool {
        self.reserved_for == Some(contributor)
    }

    /// Whose alone it is.
    pub fn reserved_for(&self) -> Option<u32> {
        self.reserved_for
    }

    /// From now on it is this contributor's alone, or anybody's again.
    pub fn reserve(&mut self, contributor: Option<u32>) {
        self.reserved_for = contributor;
    }

    /// The first block that nobody was asked for.
    pub fn first_free(&self) -> Option<u32> {
        if self.free == 0 {
            return None;
        }
        self.blocks.iter().position(|state| *state == BlockState::Free).map(|block| block as u32)
    }

    /// Nothing has come and nobody is asked: the piece may be chosen anew.
    pub fn is_untouched(&self) -> bool {
        usize::from(self.free) == self.blocks.len()
    }

    /// All blocks are on the disk: time to verify.
    pub fn is_whole(&self) -> bool {
        usize::from(self.written) == self.blocks.len()
    }

    /// One more peer is asked for the block.
    pub fn request(&mut self, block: u32) {
        let state = &mut self.blocks[block as usize];
        match *state {
            BlockState::Free => {
                self.free -= 1;
                *state = BlockState::Requested(1);
            }
            BlockState::Requested(peers) => *state = BlockState::Requested(peers + 1),
            BlockState::Writing(_) | BlockState::Written(_) => {
                unreachable!("a block that is here is not asked for")
            }
        }
    }

    /// One of those who were asked won't send it.
    pub fn release(&mut self, block: u32) {
        let state = &mut self.blocks[block as usize];
        match *state {
            BlockState::Requested(1) => {
                self.free += 1;
                *state = BlockState::Free;
            }
            BlockState::Requested(peers) => *state = BlockState::Requested(peers - 1),
            BlockState::Free | BlockState::Writing(_) | BlockState::Written(_) => {
                unreachable!("who was asked for a block is relieved when it comes from another")
            }
        }
    }

    /// The block came from one who was asked. Answers how many others were asked as well, or `None` if the block was
    /// here before: then it is waste.
    pub fn arrive(&mut self, block: u32, contributor: u32) -> Option<u8> {
        let state = &mut self.blocks[block as usize];
        let BlockState::Requested(peers) = *state else { return None };
        *state = BlockState::Writing(contributor);
        Some(peers - 1)
    }

    /// The disk has the block.
    pub fn wrote(&mut self, block: u32) {
        let state = &mut self.blocks[block as usize];
        let BlockState::Writing(contributor) = *state else { unreachable!("the disk takes what has come") };
        *state = BlockState::Written(contributor);
        self.written += 1;
    }

    /// The disk did not take the block: it is as if it had never come.
    pub fn lost(&mut self, block: u32) {
        debug_assert!(matches!(self.blocks[block as usize], BlockState::Writing(_)));
        self.blocks[block as usize] = BlockState::Free;
        self.free += 1;
    }

    /// Those who sent its blocks, each once.
    pub fn contributors(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.blocks.iter().filter_map(|state| state.contributor()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pieces_share_a_cache_line() {
        assert!(size_of::<PartialPiece>() <= 32, "a picker looks at all of them");
        assert!(size_of::<BlockState>() <= 8);
    }
}
