//! The free-rider: takes and gives nothing.

use crate::random::Rng;

use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Promise, Slots, Turn};

pub(super) const ENTRY: Entry = Entry {
    name: "free-rider",
    rule: "Nobody is ever unchoked, and no piece is allowed to the choked.",
    source: "Sirivianos et al., IPTPS 2007; Locher et al., HotNets 2006 (BitThief)",
    promise: Promise { slots: Slots::None, turn: Turn::Uncertain, merit: None, limits: false },
    make: || Box::new(FreeRider),
};

/// Nobody.
pub struct FreeRider;

impl Choker for FreeRider {
    fn round(&mut self, _: &ChokeView<'_>, _: &mut Rng) -> Choice {
        Choice::default()
    }

    fn slots(&self, _: usize) -> usize {
        0
    }

    fn vacancy(&mut self, _: &ChokeView<'_>, _: &mut Rng) -> Option<u32> {
        None
    }
}
