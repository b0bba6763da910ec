//! Round robin (libtorrent's default for seeds): everybody gets a turn, so that no fast peer takes all.

use std::cmp::Reverse;
use std::time::Duration;

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Promise, Slots, Turn, shuffled};

pub(super) const ENTRY: Entry = Entry {
    name: "round-robin",
    rule: "Each who is interested has a slot for 30 s, in the order in which they have waited.",
    source: "libtorrent's `round_robin`, which ends a turn by a quota of pieces or 60 s",
    promise: Promise { slots: Slots::Configured, turn: Turn::Queue, merit: None, limits: false },
    make: || Box::new(RoundRobin),
};

/// Who is unchoked keeps its slot for so long: time for some pieces, and for TCP to reach its rate. libtorrent ends a
/// turn by a quota of pieces or 60 s.
const TURN: Duration = Duration::from_secs(30);

/// Those whose turn is not over stay; then those who have waited longest.
pub struct RoundRobin;

impl Choker for RoundRobin {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        let mut ranked = shuffled(view, rng);
        ranked.sort_by_key(|suitor| {
            let since = view.now - suitor.changed_at;
            let in_turn = suitor.unchoked && since < TURN;
            // In turn, then the waiting, then those who have had theirs; the longest wait first.
            (!in_turn, suitor.unchoked, Reverse(since))
        });
        let unchoked = ranked.iter().take(view.slots).map(|suitor| suitor.peer).collect();
        Choice { unchoked, optimistic: None }
    }
}
