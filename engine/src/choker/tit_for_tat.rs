//! Tit for tat with optimistic unchoking (BEP 3; Cohen 2003).

use std::cmp::Reverse;

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Merit, Promise, Slots, Turn, optimistic};

pub(super) const ENTRY: Entry = Entry {
    name: "tit-for-tat",
    rule: "All slots but one go to those who sent us most in the last 20 s and don't snub us, one by lot every 30 s, with \
           three lots for newcomers.",
    source: "BEP 3; Cohen, P2PEcon 2003",
    promise: Promise {
        slots: Slots::Configured,
        turn: Turn::Lottery,
        merit: Some(Merit::Sent),
        limits: false,
    },
    make: || Box::new(TitForTat),
};

/// Those who send us most are unchoked, and one other, in turn, whatever it sends.
pub struct TitForTat;

impl Choker for TitForTat {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        // Anti-snubbing (BEP 3): who owes us blocks is unchoked optimistically only.
        optimistic::round(view, rng, |suitor| (suitor.snubs_us, Reverse(suitor.downloaded_bytes)))
    }
}
