//! A BitTorrent client.

pub mod bencode;
pub mod bitfield;
pub mod choker;
#[cfg(feature = "client")]
pub mod client;
pub mod metainfo;
pub mod peer;
pub mod picker;
pub mod pieces;
pub mod random;
pub mod session;
pub mod storage;
pub mod time;
pub mod torrent;
pub mod tracker;
pub mod wire;
