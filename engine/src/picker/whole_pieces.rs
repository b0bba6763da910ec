//! Whole pieces for fast peers (libtorrent's `whole_pieces_threshold`): who sends a piece in no time is given one of its
//! own, so that a bad piece has one culprit, and slow peers don't keep fast ones waiting for the rest of a piece.

use crate::random::Rng;

use super::rarest_first::{PARTIALS_MAX, RANDOM_FIRST_PIECES, rarest_fresh};
use super::{PickView, PiecePicker, RarestFirst};

/// Who would send a whole piece within so many seconds is fast (libtorrent: 20).
const WHOLE_PIECE_S: f64 = 20.0;

/// As rarest first; but a fast peer begins the rarest piece that nobody has begun, however far others are with theirs.
pub struct WholePieces;

impl PiecePicker for WholePieces {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        let pieces = view.pieces;
        let is_fast = view.bytes_per_s * WHOLE_PIECE_S >= f64::from(pieces.geometry().piece_length);
        let may_begin = pieces.partials().len() < PARTIALS_MAX && pieces.held().len() >= RANDOM_FIRST_PIECES;
        view.continue_last()
            .or_else(|| {
                if is_fast && may_begin {
                    rarest_fresh(pieces.availability().rarest_first(), view)
                } else {
                    None
                }
            })
            .or_else(|| RarestFirst::default().pick(view, rng))
    }
}
