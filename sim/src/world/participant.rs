//! What every world knows of a client that takes part, however it runs it.

use bytes::Bytes;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::playback::Viewing;
use swarmlab_engine::storage::DiskError;
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::Progress;

/// A client that is present.
pub trait Participant {
    /// Its host's disk, which outlives it.
    type Disk: Disk;

    /// How far it has come.
    fn progress(&self) -> Progress;

    /// What whoever watches has been through until now; none if nobody does.
    fn viewing(&self, now: Time) -> Option<Viewing>;

    /// The pieces that it has verified.
    fn held(&self) -> &PieceSet;

    /// What it holds is known, and counts among the copies of the swarm. Not so while it is being checked.
    fn counted(&mut self) -> &mut bool;
}

/// A host's disk.
pub trait Disk {
    /// What a piece is on it, so many bytes, past all faults.
    fn read_back(&mut self, piece: u32, bytes: u32) -> Result<Bytes, DiskError>;

    /// The client is gone: what was not done never will be.
    fn forget_jobs(&mut self);
}
