//! What two peers say to each other, as BEP 3, BEP 6 and BEP 10 write it down.

use std::fmt;

use bytes::Bytes;

use swarmlab_engine::storage::Body;

/// The blocks that requests ask for (BEP 3: all implementations use 16 KiB).
pub const BLOCK_BYTES: u32 = 1 << 14;

/// A part of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub piece: u32,
    pub begin: u32,
    pub length: u32,
}

/// The first 68 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// It begins with 19 and the name of the protocol.
    pub is_bittorrent: bool,
    pub speaks_fast: bool,
    pub speaks_extensions: bool,
    pub info_hash: [u8; 20],
    pub peer_id: [u8; 20],
}

/// One thing said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Handshake(Handshake),
    KeepAlive,
    Choke,
    Unchoke,
    Interested,
    NotInterested,
    Have(u32),
    Bitfield(Bytes),
    Request(Block),
    /// Its bytes only where the reader was told to keep them.
    Piece(Block, Body),
    Cancel(Block),
    Suggest(u32),
    HaveAll,
    HaveNone,
    Reject(Block),
    AllowedFast(u32),
    /// Its number, and what follows it.
    Extended(u8, Bytes),
    /// A message that neither side has to know, by its number.
    Other(u8),
}

impl Said {
    /// The fast extension (BEP 6) has it; without agreement it is not said.
    pub fn is_fast(&self) -> bool {
        use Said::{AllowedFast, HaveAll, HaveNone, Reject, Suggest};
        matches!(self, Suggest(_) | HaveAll | HaveNone | Reject(_) | AllowedFast(_))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Block { piece, begin, length } = self;
        match begin.is_multiple_of(BLOCK_BYTES) {
            true => write!(f, "piece {piece}, block {} ({begin}+{length})", begin / BLOCK_BYTES),
            false => write!(f, "piece {piece} ({begin}+{length})"),
        }
    }
}
