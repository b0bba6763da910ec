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
