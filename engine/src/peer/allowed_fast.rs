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
