//! A BitTorrent client.

pub mod bencode;
pub mod choker;
pub mod metainfo;
pub mod picker;
pub mod storage;
pub mod time;
