//! A BitTorrent client.

pub mod choker;
pub mod picker;
pub mod time;
