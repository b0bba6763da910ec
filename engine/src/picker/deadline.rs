//! Deadlines (libtorrent's `set_piece_deadline`): what a player is about to need is fetched in order and by everybody who
//! can; while nothing is urgent, the swarm's interest comes first.

use crate::random::Rng;

use super::{PickView, PiecePicker, RarestFirst};

/// The first piece that the player needs within the window; else as rarest first. Where nobody watches nothing is urgent.
pub struct Deadline;

impl PiecePicker for Deadline {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        let urgent = view.playhead.and_then(|_| view.first_in(view.window()));
        urgent.or_else(|| RarestFirst::default().pick(view, rng))
    }
}
