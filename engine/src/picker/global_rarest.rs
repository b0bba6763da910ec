//! Rarest first with knowledge of the whole swarm (Legout et al. 2006 speak of global knowledge, which no client has): the
//! yardstick for what a client's view of its own peers costs.

use crate::random::{Rng, below};

use super::{PickView, PiecePicker, SwarmCopies};

/// First what was begun with this peer, then the piece of which the whole swarm has the fewest copies; of equally rare ones
/// a piece in progress, then any.
pub struct GlobalRarest {
    copies: SwarmCopies,
}

impl GlobalRarest {
    /// A picker that sees these copies.
    pub fn new(copies: SwarmCopies) -> GlobalRarest {
        GlobalRarest { copies }
    }
}

impl PiecePicker for GlobalRarest {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        if let Some(piece) = view.continue_last() {
            return Some(piece);
        }
        let begun = view
            .open_partials()
            .min_by_key(|partial| (self.copies.of(partial.piece), partial.free()))
            .map(|partial| partial.piece);
        let fresh = || view.pieces.candidates().iter_and(view.peer);
        let Some(fewest) = fresh().map(|piece| self.copies.of(piece)).min() else { return begun };
        if let Some(piece) = begun.filter(|piece| self.copies.of(*piece) <= fewest) {
            return Some(piece);
        }
        let rarest = || fresh().filter(|piece| self.copies.of(*piece) == fewest);
        rarest().nth(below(rng, rarest().count() as u32) as usize)
    }
}
