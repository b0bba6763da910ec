//! Mixed (Y. Zhou, D. M. Chiu, J. C. S. Lui: A Simple Model for Analyzing P2P Streaming Protocols. ICNP 2007): the buffer
//! has two parts. In the far one new pieces are spread by rarity; in the near one what is still missing is fetched in order.

use crate::random::Rng;

use super::{PickView, PiecePicker, RarestFirst};

/// First what was begun with this peer; then the rarest of the far half of the [window](PickView::window); only if there
/// is none, the first of the near half.
///
/// The paper speaks of a live stream, in which the new pieces are the rare ones. What lies beyond its buffer does not exist
/// yet; of stored content that is fetched last, the rarest first.
pub struct Mixed;

impl PiecePicker for Mixed {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        if let Some(piece) = view.continue_last() {
            return Some(piece);
        }
        let window = view.window();
        let border = window.start + (window.end - window.start) / 2;
        view.rarest_in(border..window.end)
            .or_else(|| view.first_in(window.start..border))
            .or_else(|| RarestFirst::default().pick(view, rng))
    }
}
