//! The piece length where nobody chose one.

use crate::metainfo::BLOCK_BYTES;

/// More pieces than this, and the length doubles; so there are between 1,000 and 2,000 in the range between the limits.
/// Enough that peers soon have something to trade, few enough that torrent files and HAVE messages stay small.
const PIECES_TARGET_MAX: u64 = 2_000;
/// Libtorrent's and Transmission's automatic choices end at this length as well.
const AUTOMATIC_BYTES_MAX: u64 = 16 << 20;

/// The least power of two from 16 KiB to 16 MiB that makes at most 2,000 pieces of the content, or 16 MiB.
pub fn automatic(total_length: u64) -> u32 {
    let wanted = total_length.div_ceil(PIECES_TARGET_MAX).min(AUTOMATIC_BYTES_MAX);
    wanted.next_power_of_two().max(u64::from(BLOCK_BYTES)) as u32
}

#[cfg(test)]
mod tests {
    use super::automatic;

    #[test]
    fn pieces_number_a_thousand_to_two_thousand() {
        assert_eq!(automatic(1), 16 << 10);
        assert_eq!(automatic(2_000 * (16 << 10)), 16 << 10);
        assert_eq!(automatic(2_000 * (16 << 10) + 1), 32 << 10);
        assert_eq!(automatic(1 << 30), 1 << 20);
        assert_eq!(automatic(2_000 * (16 << 20)), 16 << 20);
        assert_eq!(automatic(1 << 45), 16 << 20);
    }
}
