//! Everything that can happen in a run, as the queue holds it.

use crate::network::NetworkEvent;

/// One thing that happens. It goes into the digest as it is.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// Something in the network.
    Network(NetworkEvent),
    /// A peer comes, for the first time or again.
    Join(u32),
    /// A peer's engine wants to be called.
    Timeout(u32),
    /// A peer that stayed for a while after its completion leaves.
    Leave(Visit),
    /// A peer that is still not complete gives up.
    Abort(Visit),
    /// The job at the head of a peer's slow disk is done.
    Disk(u32),
    /// A slow tracker answers.
    TrackerAnswer,
    /// The hosts of a group get other rates.
    Rates {
        /// The group.
        group: u32,
        /// Which of its steps.
        step: u32,
    },
    /// A scripted event begins.
    Script(u32),
    /// What a scripted event did is undone.
    Undo(u32),
}

/// One presence of a peer; what was meant for an earlier one is void.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Visit {
    /// The peer.
    pub peer: u32,
    /// How often it had come, this time included.
    pub number: u32,
}

impl From<NetworkEvent> for Event {
    fn from(event: NetworkEvent) -> Event {
        Event::Network(event)
    }
}
