//! Generous: whoever asks is given. What a swarm of such clients does without any incentive is the measure of what
//! incentives cost and bring.

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Promise, Slots, Turn, shuffled};

pub(super) const ENTRY: Entry = Entry {
    name: "generous",
    rule: "Whoever is interested has a slot, whatever it gives; where there are too few, others have them every 30 s, by lot.",
    source: "none: the altruist of the game theory of swarms",
    promise: Promise { slots: Slots::Configured, turn: Turn::Lottery, merit: None, limits: false },
    make: || Box::new(Generous),
};

/// Everybody, as far as the slots go.
pub struct Generous;

impl Choker for Generous {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        let mut drawn = shuffled(view, rng);
        drawn.sort_by_key(|suitor| suitor.unchoked == view.rotate_optimistic);
        let unchoked = drawn.iter().take(view.slots).map(|suitor| suitor.peer).collect();
        Choice { unchoked, optimistic: None }
    }
}
