//! What the world knows of a client that runs on a host: what its witness saw last.

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::playback::Viewing;
use swarmlab_engine::session::Session;
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::Progress;

use crate::world::TORRENT;
use crate::world::participant::Participant;

use super::lent_store::LentStore;

/// A client that is present.
#[derive(Debug)]
pub struct Resident {
    progress: Progress,
    viewing: Option<Viewing>,
    held: PieceSet,
    counted: bool,
}

impl Resident {
    /// The client as it is.
    pub fn new(now: Time, session: &Session) -> Resident {
        Resident {
            progress: session.progress(TORRENT),
            viewing: session.viewing(now, TORRENT),
            held: session.held(TORRENT).clone(),
            counted: false,
        }
    }

    /// The client as it has become.
    pub fn look(&mut self, now: Time, session: &Session) {
        self.progress = session.progress(TORRENT);
        self.viewing = session.viewing(now, TORRENT);
        let held = session.held(TORRENT);
        if self.held.len() != held.len() {
            self.held.clone_from(held);
        }
    }
}

impl Participant for Resident {
    type Disk = LentStore;

    fn progress(&self) -> Progress {
        self.progress
    }

    /// As of when something last happened to the client; to a playing one something does every second.
    fn viewing(&self, _: Time) -> Option<Viewing> {
        self.viewing
    }

    fn held(&self) -> &PieceSet {
        &self.held
    }

    fn counted(&mut self) -> &mut bool {
        &mut self.counted
    }
}
