//! The arithmetic of pieces and blocks. Every size and offset in the engine is computed here.

/// The unit of transfer: 16 KiB, the request size that every client uses (BEP 3).
pub const BLOCK_BYTES: u32 = 16_384;
/// The longest piece. Larger ones than 16 MiB are hardly seen; a piece is the unit that is thrown away on a hash failure.
pub const PIECE_BYTES_MAX: u32 = 64 << 20;
/// The most pieces. A torrent file of the largest size accepted holds a quarter of that.
pub const PIECES_MAX: u32 = 1 << 21;
/// The largest content: 32 TiB. With the limits above, it makes the number of blocks fit 32 bits.
pub const TOTAL_BYTES_MAX: u64 = 1 << 45;

/// Sizes that no torrent may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeometryError {
    /// Nothing to share.
    #[error("the content is empty")]
    Empty,
    /// Over [`TOTAL_BYTES_MAX`], negative, or a sum that overflows.
    #[error("the total length is not within 1..={TOTAL_BYTES_MAX} bytes")]
    TotalLength,
    /// Zero, negative, or over [`PIECE_BYTES_MAX`].
    #[error("the piece length is not within 1..={PIECE_BYTES_MAX} bytes")]
    PieceLength,
    /// Over [`PIECES_MAX`].
    #[error("more than {PIECES_MAX} pieces")]
    TooManyPieces,
}

/// How a torrent's content divides into pieces, and pieces into blocks of 16 KiB.
///
/// There is at least one piece, unless it is [unknown](Geometry::UNKNOWN). The last piece may be short, and so may the last block of *every* piece: a piece length
/// need not be a multiple of 16 KiB. Methods that take a piece or a block panic if there is none of that index; what
/// comes from a peer is checked with [`block_at`](Geometry::block_at) or [`contains`](Geometry::contains) first.
///
/// The fields are there to be read; [`new`](Geometry::new) is what makes them agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Geometry {
    /// Bytes of the whole content.
    pub total_length: u64,
    /// Bytes of every piece but the last.
    pub piece_length: u32,
    /// The number of pieces.
    pub piece_count: u32,
}

impl Geometry {
    /// In the place of the sizes of a torrent of which only the info-hash is known: there are no pieces yet, and
    /// nothing here that asks for a piece has an answer.
    pub const UNKNOWN: Geometry = Geometry { total_length: 0, piece_length: 0, piece_count: 0 };

    /// Checks both lengths (in bytes) against the limits of this module.
    pub const fn new(total_length: u64, piece_length: u32) -> Result<Geometry, GeometryError> {
        if total_length == 0 {
            return Err(GeometryError::Empty);
        }
        if total_length > TOTAL_BYTES_MAX {
            return Err(GeometryError::TotalLength);
        }
        if piece_length == 0 || piece_length > PIECE_BYTES_MAX {
            return Err(GeometryError::PieceLength);
        }
        let piece_count = total_length.div_ceil(piece_length as u64);
        if piece_count > PIECES_MAX as u64 {
            return Err(GeometryError::TooManyPieces);
        }
        Ok(Geometry { total_length, piece_length, piece_count: piece_count as u32 })
    }

    /// The number of blocks of the whole content.
    pub const fn block_count(&self) -> u32 {
        (self.piece_count - 1) * self.blocks_per_piece() + self.blocks_in(self.piece_count - 1)
    }

    /// Blocks of every piece but the last.
    pub const fn blocks_per_piece(&self) -> u32 {
        self.piece_length.div_ceil(BLOCK_BYTES)
    }

    /// Where the piece starts in the content, in bytes.
    pub const fn piece_offset(&self, piece: u32) -> u64 {
        assert!(piece < self.piece_count, "no such piece");
        piece as u64 * self.piece_length as u64
    }

    /// Bytes of the piece.
    pub const fn piece_size(&self, piece: u32) -> u32 {
        let left = self.total_length - self.piece_offset(piece);
        if left < self.piece_length as u64 { left as u32 } else { self.piece_length }
    }

    /// The number of blocks of the piece.
    pub const fn blocks_in(&self, piece: u32) -> u32 {
        self.piece_size(piece).div_ceil(BLOCK_BYTES)
    }

    /// Bytes of the block, which is counted from the start of its piece.
    pub const fn block_size(&self, piece: u32, block: u32) -> u32 {
        let size = self.piece_size(piece);
        assert!(block < size.div_ceil(BLOCK_BYTES), "no such block");
        let left = size - block * BLOCK_BYTES;
        if left < BLOCK_BYTES { left } else { BLOCK_BYTES }
    }

    /// The index of the block among all blocks of the content, below [`block_count`](Geometry::block_count).
    pub const fn block_index(&self, piece: u32, block: u32) -> u32 {
        debug_assert!(block < self.blocks_in(piece), "no such block");
        piece * self.blocks_per_piece() + block
    }

    /// The block that covers exactly these bytes of the piece, if there is one.
    pub const fn block_at(&self, piece: u32, begin: u32, length: u32) -> Option<u32> {
        if !begin.is_multiple_of(BLOCK_BYTES) || !self.contains(piece, begin, length) {
            return None;
        }
        let block = begin / BLOCK_BYTES;
        if self.block_size(piece, block) == length { Some(block) } else { None }
    }

    /// Whether these bytes, at least one, lie within the piece, and the piece within the content.
    pub const fn contains(&self, piece: u32, begin: u32, length: u32) -> bool {
        piece < self.piece_count
            && length > 0
            && begin as u64 + length as u64 <= self.piece_size(piece) as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_and_blocks_tile_the_content(total in 1u64..3_000_000, piece_length in 1u32..200_000) {
            prop_assume!(total / u64::from(piece_length) < 3_000);
            let geometry = Geometry::new(total, piece_length).unwrap();
            let (mut at, mut index) = (0, 0);
            for piece in 0..geometry.piece_count {
                prop_assert_eq!(at, geometry.piece_offset(piece));
                let mut begin = 0;
                for block in 0..geometry.blocks_in(piece) {
                    let size = geometry.block_size(piece, block);
                    prop_assert!((1..=BLOCK_BYTES).contains(&size));
                    prop_assert_eq!(geometry.block_at(piece, begin, size), Some(block));
                    prop_assert_eq!(geometry.block_index(piece, block), index);
                    begin += size;
                    index += 1;
                }
                prop_assert_eq!(begin, geometry.piece_size(piece));
                at += u64::from(begin);
            }
            prop_assert_eq!((at, index), (total, geometry.block_count()));
        }

        #[test]
        fn a_range_is_inside_or_refused(piece: u32, begin: u32, length: u32) {
            let geometry = Geometry::new(100_000, 40_000).unwrap();
            let inside = piece < 3 && length > 0 && u64::from(begin) + u64::from(length) <= [40_000, 40_000, 20_000][piece as usize % 3];
            prop_assert_eq!(geometry.contains(piece, begin, length), inside);
            prop_assert!(inside || geometry.block_at(piece, begin, length).is_none());
        }
    }

    #[test]
    fn the_largest_torrent_has_countable_blocks() {
        let geometry = Geometry::new(TOTAL_BYTES_MAX, PIECE_BYTES_MAX).unwrap();
        assert_eq!(u64::from(geometry.block_count()), TOTAL_BYTES_MAX / u64::from(BLOCK_BYTES));
        let geometry = Geometry::new(u64::from(PIECES_MAX) * 16_777_215, 16_777_215).unwrap();
        assert_eq!(geometry.block_count(), PIECES_MAX * 1024);
    }

    #[test]
    fn sizes_out_of_range_are_refused() {
        assert_eq!(Geometry::new(0, 16_384), Err(GeometryError::Empty));
        assert_eq!(Geometry::new(TOTAL_BYTES_MAX + 1, 16_384), Err(GeometryError::TotalLength));
        assert_eq!(Geometry::new(1, 0), Err(GeometryError::PieceLength));
        assert_eq!(Geometry::new(1, PIECE_BYTES_MAX + 1), Err(GeometryError::PieceLength));
        assert_eq!(Geometry::new(u64::from(PIECES_MAX) + 1, 1), Err(GeometryError::TooManyPieces));
    }
}
