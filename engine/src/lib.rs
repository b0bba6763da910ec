//! A BitTorrent client.

pub mod bencode;
pub mod choker;
pub mod picker;
pub mod time;
