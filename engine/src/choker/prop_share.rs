//! PropShare (Levin, LaCurts, Spring and Bhattacharjee, SIGCOMM 2008): tit for tat is an auction in which the best bids win
//! equal prizes; here each bid wins its share. Who is paid in proportion gains nothing by bidding just enough.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Promise, Slots, Suitor, Turn, optimistic};

pub(super) const ENTRY: Entry = Entry {
    name: "propshare",
    rule: "Whoever sent us something in the last round gets a part of the uplink in proportion to it; what one slot would \
           have is kept for others, of whom one is drawn by lot every 30 s.",
    source: "Levin et al., SIGCOMM 2008; the part for others is this project's choice",
    promise: Promise { slots: Slots::Own, turn: Turn::Lottery, merit: None, limits: true },
    make: || Box::new(PropShare::default()),
};

/// Nobody is limited to less, bytes/s: a block takes four seconds then, and its receiver does not give us up.
pub(super) const LIMIT_MIN: u64 = 4096;

/// To each in proportion to what it gave.
#[derive(Default)]
pub struct PropShare {
    /// How many were unchoked in the last round.
    unchoked: Option<usize>,
    limits: BTreeMap<u32, u64>,
}

impl Choker for PropShare {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        self.limits.clear();
        let gave = |suitor: &&Suitor| suitor.downloaded_in_round_bytes > 0;
        let givers = view.suitors.iter().filter(gave).count();
        let slots = if view.slots > 0 { view.slots.max(givers + 1) } else { 0 };
        let rank = |suitor: &Suitor| {
            (Reverse(suitor.downloaded_in_round_bytes), suitor.snubs_us, Reverse(suitor.downloaded_bytes))
        };
        let choice = optimistic::round(&ChokeView { slots, ..*view }, rng, rank);
        self.unchoked = Some(choice.unchoked.len());
        self.share(view, &choice);
        choice
    }

    fn slots(&self, configured: usize) -> usize {
        self.unchoked.unwrap_or(configured).max(configured)
    }

    fn limit(&self, peer: u32) -> Option<u64> {
        self.limits.get(&peer).copied()
    }

    fn forget(&mut self, peer: u32) {
        self.limits.remove(&peer);
    }
}

impl PropShare {
    fn share(&mut self, view: &ChokeView<'_>, choice: &Choice) {
        let budget = view.budget();
        let unchoked = || view.suitors.iter().filter(|suitor| choice.unchoked.contains(&suitor.peer));
        let (givers, others): (Vec<&Suitor>, Vec<&Suitor>) =
            unchoked().partition(|suitor| suitor.downloaded_in_round_bytes > 0);
        let given: u128 = givers.iter().map(|suitor| u128::from(suitor.downloaded_in_round_bytes)).sum();
        if budget == 0 || given == 0 {
            return;
        }
        let kept = if others.is_empty() { 0 } else { budget / view.slots as u64 };
        for suitor in givers {
            let share = u128::from(budget - kept) * u128::from(suitor.downloaded_in_round_bytes) / given;
            self.limits.insert(suitor.peer, u64::try_from(share).unwrap_or(u64::MAX).max(LIMIT_MIN));
        }
        for suitor in &others {
            self.limits.insert(suitor.peer, (kept / others.len() as u64).max(LIMIT_MIN));
        }
    }
}
