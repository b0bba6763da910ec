//! What a peer runs while it is present.

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::playback::Viewing;
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::Progress;

use super::actor::Actor;
use super::faults::HostDisk;
use super::participant::Participant;
use super::peer_host::TORRENT;

/// A client, and what the world has to remember of it.
pub struct Client {
    /// The engine, or who breaks a rule with it.
    pub actor: Actor,
    /// For when the engine's next time-out is scheduled, or `NEVER`.
    pub timer_at: Time,
    /// For when the end of its disk's next job is scheduled, or `NEVER`: it has nothing to do.
    pub disk_at: Time,
    /// What it holds is known, and counts among the copies of the swarm. Not so while it is being checked.
    pub counted: bool,
    /// It reads what arrives. Not so while it is frozen, or its disk has too much to do.
    pub reads: bool,
}

impl Client {
    /// A client that was just started.
    pub fn new(actor: Actor) -> Client {
        Client { actor, timer_at: Time::NEVER, disk_at: Time::NEVER, counted: false, reads: true }
    }
}

impl Participant for Client {
    type Disk = HostDisk;

    fn progress(&self) -> Progress {
        self.actor.session().progress(TORRENT)
    }

    fn viewing(&self, now: Time) -> Option<Viewing> {
        self.actor.session().viewing(now, TORRENT)
    }

    fn held(&self) -> &PieceSet {
        self.actor.session().held(TORRENT)
    }

    fn counted(&mut self) -> &mut bool {
        &mut self.counted
    }
}
