//! Torrent files.
pub mod geometry;
pub use geometry::{BLOCK_BYTES, Geometry};
/// SHA-1 of the info dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InfoHash(pub [u8; 20]);
/// A torrent.
#[derive(Debug)]
pub struct Metainfo {}
