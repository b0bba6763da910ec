//! At random: the yardstick that rarest first is measured against.

use crate::random::Rng;

use super::{PickView, PiecePicker};

/// Pieces in progress first, then any that the peer has.
pub struct Random;

impl PiecePicker for Random {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        view.continue_last().or_else(|| view.nearest_to_whole()).or_else(|| view.random_candidate(rng))
    }
}
