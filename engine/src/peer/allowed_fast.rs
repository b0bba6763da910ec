//! The allowed-fast set (BEP 6): pieces that a newcomer may ask for while it is choked.

use std::net::IpAddr;

use sha1::{Digest, Sha1};

use crate::metainfo::InfoHash;

/// Size of the set that we grant (libtorrent: 5).
pub const ALLOWED_FAST_PIECES: usize = 5;

/// Pieces that one peer may ask for while it is choked: that set, and what it had begun whenever it was choked. A piece or two
/// a turn, so enough for an hour of turns.
pub const ALLOWED_FAST_MAX: usize = 64;

/// Kept of what a peer grants us; BEP 6 speaks of about ten.
pub const GRANTS_KEPT_MAX: usize = 32;

/// What a peer lets us ask for while it chokes us. Of most peers that is nothing, and then it takes the room of a pointer.
#[derive(Clone, Debug, Default)]
pub struct Grants(Option<Box<Granted>>);

#[derive(Clone, Debug, Default)]
struct Granted {
    pieces: Vec<u32>,
}

impl Grants {
    /// How many pieces.
    pub fn len(&self) -> usize {
        self.pieces().len()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Is this piece among them?
    pub fn contains(&self, piece: u32) -> bool {
        self.pieces().contains(&piece)
    }

    /// The pieces, in the order in which they were granted.
    pub fn pieces(&self) -> &[u32] {
        self.0.as_deref().map_or(&[], |granted| &granted.pieces)
    }

    /// One more.
    pub fn push(&mut self, piece: u32) {
        self.0.get_or_insert_default().pieces.push(piece);
    }

    /// This one is of no use any more.
    pub fn remove(&mut self, piece: u32) {
        let Some(granted) = &mut self.0 else { return };
        granted.pieces.retain(|known| *known != piece);
        if granted.pieces.is_empty() {
            self.0 = None;
        }
    }
}

/// The set for a peer, by BEP 6's algorithm; empty for IPv6, for which there is none.
pub fn allowed_fast_set(peer: IpAddr, info_hash: InfoHash, piece_count: u32, size: usize) -> Vec<u32> {
    let IpAddr::V4(address) = peer else { return Vec::new() };
    let [a, b, c, _] = address.octets();
    let mut set = Vec::new();
    let mut hash: [u8; 20] =
        Sha1::new().chain_update([a, b, c, 0]).chain_update(info_hash.0).finalize().into();
    while set.len() < size.min(piece_count as usize) {
        for word in hash.chunks_exact(4) {
            let piece = u32::from_be_bytes([word[0], word[1], word[2], word[3]]) % piece_count;
            if set.len() < size && !set.contains(&piece) {
                set.push(piece);
            }
        }
        hash = Sha1::digest(hash).into();
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_bep_6() {
        let set = allowed_fast_set([80, 4, 4, 200].into(), InfoHash([0xaa; 20]), 1313, 9);
        assert_eq!(set, [1059, 431, 808, 1217, 287, 376, 1188, 353, 508]);
    }

    #[test]
    fn a_torrent_of_few_pieces_ends_the_search() {
        assert_eq!(allowed_fast_set([1, 2, 3, 4].into(), InfoHash([1; 20]), 2, 5).len(), 2);
    }
}
