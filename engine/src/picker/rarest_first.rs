//! Rarest first (BEP 3's client; Legout et al. 2006): what few peers have is fetched first, so that it becomes common.

use crate::random::Rng;

use super::{PickView, PiecePicker};

/// So many pieces are chosen at random first, to have something to offer soon: rare pieces are slow to get
/// (libtorrent: 4).
const RANDOM_FIRST_PIECES: u32 = 4;

/// Pieces in progress first, then the rarest; ties at random.
pub struct RarestFirst;

impl PiecePicker for RarestFirst {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        if let Some(piece) = view.continue_last().or_else(|| view.nearest_to_whole()) {
            return Some(piece);
        }
        if view.pieces.held().len() < RANDOM_FIRST_PIECES {
            return view.random_candidate(rng);
        }
        view.pieces.availability().rarest_first().iter().copied().find(|piece| view.peer.contains(*piece))
    }
}
