//! In order: what a naive player asks for. Bad for a swarm, since everybody has and lacks the same pieces.

use crate::random::Rng;

use super::{PickView, PiecePicker};

/// The lowest piece that the peer has, begun or not.
pub struct Sequential;

impl PiecePicker for Sequential {
    fn pick(&self, view: &PickView<'_>, _: &mut Rng) -> Option<u32> {
        let begun = view.open_partials().map(|partial| partial.piece).min();
        let fresh = view.pieces.candidates().iter_and(view.peer).next();
        begun.into_iter().chain(fresh).min()
    }
}
