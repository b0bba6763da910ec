//! What is shared: as small as it can be and still have every kind of piece and block.

use swarmlab_engine::metainfo::BLOCK_BYTES;

use crate::scenario::TorrentSpec;

use super::dice::Dice;
use super::features::{Feature, Features};
use super::theme::Theme;

/// Few enough that a swarm takes milliseconds.
const BLOCKS_MAX: u32 = 192;

/// 1 to 32 pieces of 1 to 16 blocks; of 64 where many requests are to be under way.
pub fn draw(seed: u64, features: &Features) -> TorrentSpec {
    let mut dice = Dice::new(seed, "content");
    if features.is_deep {
        return TorrentSpec::Formula { size_bytes: 32 << 20, piece_length_bytes: 1 << 20 };
    }
    let pieces = match dice.whole(0..=9) {
        _ if features.is_crowded => dice.whole(2..=8),
        0 => 1,
        1..=3 => dice.whole(2..=4),
        4..=7 => dice.whole(5..=12),
        _ => dice.whole(13..=32),
    };
    let pieces = pieces.max(features.theme.map_or(1, Theme::pieces));
    let blocks = dice.pick(&[1, 1, 2, 2, 3, 4, 4, 5, 8, 16]).max(features.theme.map_or(1, Theme::blocks));
    let blocks = blocks.min(BLOCKS_MAX / pieces);
    let mut piece_length = blocks * BLOCK_BYTES;
    if features.has(Feature::OddPieces) {
        // A last block of one byte, of all but one, and of any length between.
        let more = dice.whole(1..=BLOCK_BYTES - 1);
        piece_length += dice.pick(&[1, 1_000, BLOCK_BYTES - 1, more, more]);
    }
    let any = dice.whole(1..=piece_length);
    let last = dice.pick(&[piece_length, piece_length, 1, BLOCK_BYTES.min(piece_length), any, any]);
    TorrentSpec::Formula {
        size_bytes: u64::from(pieces - 1) * u64::from(piece_length) + u64::from(last),
        piece_length_bytes: piece_length,
    }
}
