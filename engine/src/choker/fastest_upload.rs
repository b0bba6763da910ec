//! Fastest upload (the seed of BEP 3's client): to those who take most, so that the link is full.

use std::cmp::Reverse;

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Merit, Promise, Slots, Turn, optimistic};

pub(super) const ENTRY: Entry = Entry {
    name: "fastest-upload",
    rule: "All slots but one go to those who took most from us in the last 20 s, one by lot every 30 s.",
    source: "the seed of BEP 3's client; libtorrent's `fastest_upload`",
    promise: Promise {
        slots: Slots::Configured,
        turn: Turn::Lottery,
        merit: Some(Merit::Taken),
        limits: false,
    },
    make: || Box::new(FastestUpload),
};

/// Those to whom we upload fastest are unchoked, and one other in turn: [`TitForTat`](super::TitForTat) with the direction
/// reversed.
pub struct FastestUpload;

impl Choker for FastestUpload {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        optimistic::round(view, rng, |suitor| Reverse(suitor.uploaded_bytes))
    }
}
