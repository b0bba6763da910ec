//! Portion (N. Carlsson, D. L. Eager: Peer-assisted On-demand Streaming of Stored Media using BitTorrent-like Protocols.
//! Networking 2007): between in order and rarest first a coin decides.

use crate::random::{Rng, below};

use super::{PickView, PiecePicker, RarestFirst, Sequential};

/// First what was begun with this peer; then, as likely one as the other, the lowest piece or the rarest.
pub struct Portion;

impl PiecePicker for Portion {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        if let Some(piece) = view.continue_last() {
            return Some(piece);
        }
        match below(rng, 2) {
            0 => Sequential.pick(view, rng),
            _ => RarestFirst::default().pick(view, rng),
        }
    }
}
