//! Rate-based (libtorrent's `rate_based_choker`): as many slots as the uplink fills, each of them at a rate worth having.

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Merit, Promise, RoundRobin, Slots, TitForTat, Turn};

const NAME: &str = "rate-based";
const SOURCE: &str = "libtorrent's `rate_based_choker`, with its thresholds";

pub(super) const FOR_LEECHERS: Entry = Entry {
    name: NAME,
    rule: "Tit for tat with as many slots as rates bear: one, and another for each peer, the fastest first, that took more \
           than 1 KiB/s, 3 KiB/s, 5 KiB/s and so on in the last round.",
    source: SOURCE,
    promise: Promise { slots: Slots::Own, turn: Turn::Lottery, merit: Some(Merit::Sent), limits: false },
    make: || Box::new(RateBased::new(TitForTat)),
};

pub(super) const FOR_SEEDS: Entry = Entry {
    name: NAME,
    rule: "Round robin with as many slots as rates bear: one, and another for each peer, the fastest first, that took more \
           than 1 KiB/s, 3 KiB/s, 5 KiB/s and so on in the last round.",
    source: SOURCE,
    promise: Promise { slots: Slots::Own, turn: Turn::Queue, merit: None, limits: false },
    make: || Box::new(RateBased::new(RoundRobin)),
};

/// The rate that earns the second slot (libtorrent's `rate_choker_initial_threshold`), bytes/s.
const THRESHOLD: u64 = 1024;
/// Each further slot is earned by so much more (libtorrent), bytes/s.
const STEP: u64 = 2048;

/// Another choker, with as many slots as our upload rates bear: who is served slowly is a sign that there are too many.
pub struct RateBased<C> {
    order: C,
    slots: usize,
}

impl<C: Choker> RateBased<C> {
    /// Begins with one slot.
    pub fn new(order: C) -> RateBased<C> {
        RateBased { order, slots: 1 }
    }
}

impl<C: Choker> Choker for RateBased<C> {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        let mut rates: Vec<u64> =
            view.suitors.iter().map(|suitor| view.rate(suitor.uploaded_in_round_bytes)).collect();
        rates.sort_unstable_by(|a, b| b.cmp(a));
        let thresholds = (0..).map(|slot: u64| THRESHOLD + slot * STEP);
        self.slots = 1 + rates.iter().zip(thresholds).take_while(|(rate, least)| *rate >= least).count();
        self.order.round(&ChokeView { slots: self.slots(view.slots), ..*view }, rng)
    }

    fn slots(&self, configured: usize) -> usize {
        if configured > 0 { self.slots } else { 0 }
    }
}
