//! A piece in progress, block by block.

mod recount;

/// What is known of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockState {
    /// Not here, and nobody was asked.
    Free,
    /// So many peers are asked for it: one, or more in endgame.
    Requested(u8),
    /// Arrived, handed to the disk.
    Writing,
    /// On the disk, not verified.
    Written,
}

/// A piece of which something was asked for, and which is not verified yet.
#[derive(Clone, Debug)]
pub struct PartialPiece {
    /// The piece's index.
    pub piece: u32,
    blocks: Vec<BlockState>,
    /// Who sent each block, by the number of a contributor that the torrent gives to each peer.
    contributors: Vec<u32>,
    /// The contributor who alone is to fetch it, for then a bad piece tells who is guilty.
    reserved_for: Option<u32>,
    free: u32,
    written: u32,
}

/// In `contributors` before a block has come.
const NOBODY: u32 = u32::MAX;

impl PartialPiece {
    /// A piece of which nothing was asked for yet.
    pub fn new(piece: u32, block_count: u32) -> PartialPiece {
        PartialPiece {
            piece,
            blocks: vec![BlockState::Free; block_count as usize],
            contributors: vec![NOBODY; block_count as usize],
            reserved_for: None,
            free: block_count,
            written: 0,
        }
    }

    /// Blocks that nobody was asked for.
    pub fn free(&self) -> u32 {
        self.free
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
        self.free as usize == self.blocks.len()
    }

    /// All blocks are on the disk: time to verify.
    pub fn is_whole(&self) -> bool {
        self.written as usize == self.blocks.len()
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
            BlockState::Writing | BlockState::Written => {
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
            BlockState::Free | BlockState::Writing | BlockState::Written => {
                unreachable!("who was asked for a block is relieved when it comes from another")
            }
        }
    }

    /// The block came from one who was asked. Answers how many others were asked as well, or `None` if the block was
    /// here before: then it is waste.
    pub fn arrive(&mut self, block: u32, contributor: u32) -> Option<u8> {
        let state = &mut self.blocks[block as usize];
        let BlockState::Requested(peers) = *state else { return None };
        *state = BlockState::Writing;
        self.contributors[block as usize] = contributor;
        Some(peers - 1)
    }

    /// The disk has the block.
    pub fn wrote(&mut self, block: u32) {
        debug_assert_eq!(self.blocks[block as usize], BlockState::Writing);
        self.blocks[block as usize] = BlockState::Written;
        self.written += 1;
    }

    /// The disk did not take the block: it is as if it had never come.
    pub fn lost(&mut self, block: u32) {
        debug_assert_eq!(self.blocks[block as usize], BlockState::Writing);
        self.blocks[block as usize] = BlockState::Free;
        self.contributors[block as usize] = NOBODY;
        self.free += 1;
    }

    /// Those who sent its blocks, each once.
    pub fn contributors(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.contributors.iter().copied().filter(|who| *who != NOBODY).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
