//! BiToS (A. Vlavianos, M. Iliofotou, M. Faloutsos: BiToS: Enhancing BitTorrent for Supporting Streaming Applications.
//! Global Internet 2006): mostly what is played soon, and now and then something to trade.

use crate::random::{Rng, below};

use super::{PickView, PiecePicker, RarestFirst};

/// In so many of ten choices the piece is one that is played soon: the paper's p = 0.8.
const SOON_OF_TEN: u32 = 8;

/// First what was begun with this peer. Then, with probability p, the rarest of the high-priority set, which are the next
/// missing pieces, else the rarest of those behind it; the other set if the peer has nothing of the one.
///
/// The paper's player goes on without a piece that is late. Ours waits for it, so no piece is given up.
pub struct Bitos;

impl PiecePicker for Bitos {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        if let Some(piece) = view.continue_last() {
            return Some(piece);
        }
        let high_priority = view.missing_window();
        let remaining = high_priority.end..view.pieces.geometry().piece_count;
        let (one, other) = match below(rng, 10) < SOON_OF_TEN {
            true => (high_priority, remaining),
            false => (remaining, high_priority),
        };
        view.rarest_in(one)
            .or_else(|| view.rarest_in(other))
            .or_else(|| RarestFirst::default().pick(view, rng))
    }
}
