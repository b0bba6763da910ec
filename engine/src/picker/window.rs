//! A window with rarest first inside (P. Shah, J.-F. Pâris: Peer-to-Peer Multimedia Streaming Using BitTorrent. IPCCC
//! 2007): what is played soon comes soon, and in it the peers still have something to trade.

use crate::random::Rng;

use super::{PickView, PiecePicker, RarestFirst};

/// First what was begun with this peer, then the rarest piece of the [window](PickView::window), then the rarest of all.
pub struct Window;

impl PiecePicker for Window {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        view.continue_last()
            .or_else(|| view.rarest_in(view.window()))
            .or_else(|| RarestFirst::default().pick(view, rng))
    }
}
