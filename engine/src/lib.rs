//! A BitTorrent client: a core that is a deterministic state machine, and a driver that puts it on real sockets.
//!
//! **The contract.** The core has no sockets, no threads, no clock, no global state and no randomness but a configured
//! seed; it never iterates over a randomly ordered map. The same calls with the same arguments give the same answers.
//! [`session`] holds the verbs and says how a driver is to use them. Nothing in this crate knows whether its network is
//! simulated.
//!
//! Top down: a [`session`] holds torrents; a [`torrent`] is one swarm and takes the decisions; a [`peer`] is one wire.
//! [`pieces`] knows what is held and who has what; a [`picker`] and a [`choker`] answer the two questions on which
//! swarms depend. A [`playback`] says what a viewer needs next. [`metadata`] and [`peer_exchange`] decide what to believe of what
//! peers say beside pieces. [`wire`], [`tracker`], [`metainfo`] and [`bencode`] are the formats; [`storage`] carries out the disk
//! jobs that the core asks for; [`resume`] remembers what was verified. `client`, with the cargo feature of that name, is the driver on tokio, and `tracker_host` puts the
//! tracker's own side on the same sockets.

pub mod allowance;
pub mod bencode;
pub mod bitfield;
pub mod choker;
#[cfg(feature = "client")]
pub mod client;
pub mod invariant;
pub mod metadata;
pub mod metainfo;
pub mod pacer;
pub mod peer;
pub mod peer_exchange;
pub mod peer_priority;
mod percent;
pub mod picker;
pub mod pieces;
pub mod playback;
pub mod queue;
pub mod random;
pub mod resume;
pub mod session;
pub mod storage;
pub mod time;
pub mod torrent;
pub mod tracker;
#[cfg(feature = "client")]
pub mod tracker_host;
pub mod wire;
