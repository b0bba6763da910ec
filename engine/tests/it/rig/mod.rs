//! The bench on which whole sessions are tried: no sockets, no network model, and a clock that jumps.
//!
//! A [`Swarm`] joins real sessions by pipes in memory; a [`Lab`] puts one session among peers that speak bytes by hand.
//! Every call into a session is followed by a check of its invariants.

mod client;
mod lab;
mod swarm;
mod torrent;

use swarmlab_engine::session::TorrentConfig;

pub use client::{Client, Disk, peer_id};
pub use lab::{Lab, addr};
pub use swarm::{Cuts, Swarm};
pub use torrent::Torrent;

/// The default configuration, without trackers.
pub fn quiet() -> TorrentConfig {
    TorrentConfig { announce: false, ..TorrentConfig::default() }
}
