//! What a peer runs while it is present: an engine, its disk, and its part of the event queue.

use std::net::SocketAddr;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, Input, Output, Session, Transmit};
use swarmlab_engine::storage::TorrentKey;
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::Progress;

use super::faults::HostDisk;

/// The only torrent of every simulated client.
pub const TORRENT: TorrentKey = TorrentKey(0);

/// A client and what belongs to it.
pub struct Client {
    /// The engine.
    pub engine: Engine,
    /// Its disk.
    pub disk: HostDisk,
    /// For when the engine's next time-out is scheduled.
    pub timer_at: Option<Time>,
    /// What it holds is known, and counts among the copies of the swarm. Not so while it is being checked.
    pub counted: bool,
}
