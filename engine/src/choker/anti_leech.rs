//! Anti-leech (libtorrent's seed choking algorithm of that name; Chow, Golubchik and Misra, IPTPS 2008): to newcomers, who
//! have nothing to trade with, and to those who are nearly done and soon need nobody. Who is halfway can trade.

use std::cmp::Reverse;

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Promise, Slots, Suitor, Turn, optimistic};

pub(super) const ENTRY: Entry = Entry {
    name: "anti-leech",
    rule: "All slots but one go to those who have nearly nothing or nearly all, of whom to those who have waited longest; \
           one by lot every 30 s.",
    source: "libtorrent's `anti_leech`; Chow, Golubchik and Misra, IPTPS 2008",
    promise: Promise { slots: Slots::Configured, turn: Turn::Lottery, merit: None, limits: false },
    make: || Box::new(AntiLeech),
};

/// Those who are furthest from having half of the torrent.
pub struct AntiLeech;

impl Choker for AntiLeech {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        optimistic::round(view, rng, |suitor| (Reverse(from_half(view, suitor)), suitor.changed_at))
    }
}

/// How far from half. Who says that it has less than we sent it is not believed (libtorrent).
fn from_half(view: &ChokeView<'_>, suitor: &Suitor) -> u64 {
    let held = suitor.held_bytes.max(suitor.uploaded_in_all_bytes).min(view.torrent_bytes);
    held.saturating_mul(2).abs_diff(view.torrent_bytes)
}
