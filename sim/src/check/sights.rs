//! Who keeps count of what a long search must see.

use swarmlab_engine::session::{CloseReason, Event};

use super::judge::{Bench, Judge};
use super::{Seen, Sight};

/// Counts, and judges nothing.
pub struct Sights;

impl Judge for Sights {
    fn see(&mut self, bench: &mut Bench<'_>, _: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Said(Event::PeerBanned { .. }) => bench.sometimes(Sight::PeerBanned),
            Seen::Said(Event::PeerDisconnected { reason: CloseReason::Duplicate, .. }) => {
                bench.sometimes(Sight::DuplicateDropped);
            }
            _ => {}
        }
    }
}
