//! A set of blocks, a bit each.

/// A set of block indices below a bound.
#[derive(Clone, Debug)]
pub(super) struct BlockSet {
    words: Box<[u64]>,
}

impl BlockSet {
    pub(super) fn empty(block_count: u32) -> BlockSet {
        BlockSet { words: vec![0; block_count.div_ceil(64) as usize].into() }
    }

    /// All blocks; the spare bits beyond the bound are never looked at.
    pub(super) fn full(block_count: u32) -> BlockSet {
        BlockSet { words: vec![u64::MAX; block_count.div_ceil(64) as usize].into() }
    }

    #[inline]
    pub(super) fn contains(&self, block: u32) -> bool {
        self.words[(block / 64) as usize] >> (block % 64) & 1 == 1
    }

    #[inline]
    pub(super) fn insert(&mut self, block: u32) {
        self.words[(block / 64) as usize] |= 1 << (block % 64);
    }

    #[inline]
    pub(super) fn remove(&mut self, block: u32) {
        self.words[(block / 64) as usize] &= !(1 << (block % 64));
    }
}
