//! Sizes of pieces and blocks.

/// The block size every client uses: 16 KiB.
pub const BLOCK_BYTES: u32 = 16 * 1024;

/// How a torrent's bytes fall into pieces and blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Geometry {
    pub total_length: u64,
    pub piece_length: u32,
    pub piece_count: u32,
}

impl Geometry {
    /// Blocks in a piece.
    pub fn blocks_in(&self, piece: u32) -> u32 {
        self.piece_size(piece).div_ceil(BLOCK_BYTES)
    }
    /// Bytes in a piece.
    pub fn piece_size(&self, piece: u32) -> u32 {
        (self.total_length - u64::from(piece) * u64::from(self.piece_length))
            .min(u64::from(self.piece_length)) as u32
    }
    /// Bytes in a block
    pub fn block_size(&self, piece: u32, block: u32) -> u32 {
        (self.piece_size(piece) - block * BLOCK_BYTES).min(BLOCK_BYTES)
    }
}
