//! The first 68 bytes of a connection.

use crate::metainfo::InfoHash;

use super::PeerId;

/// Length of the handshake: 1 + 19 + 8 + 20 + 20.
pub const HANDSHAKE_BYTES: usize = 68;

const PROTOCOL: &[u8; 20] = b"\x13BitTorrent protocol";
/// BEP 10: the 20th bit from the right.
const EXTENSION_BYTE: usize = 5;
const EXTENSION_BIT: u8 = 0x10;
/// BEP 6: the third bit from the right.
const FAST_BYTE: usize = 7;
const FAST_BIT: u8 = 0x04;

/// What a peer says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The torrent.
    pub info_hash: InfoHash,
    /// Who speaks.
    pub peer_id: PeerId,
    /// Speaks the fast extension (BEP 6).
    pub fast: bool,
    /// Speaks the extension protocol (BEP 10).
    pub extended: bool,
}

impl Handshake {
    /// The handshake's bytes.
    pub fn encode(&self) -> [u8; HANDSHAKE_BYTES] {
        let mut bytes = [0; HANDSHAKE_BYTES];
        bytes[..20].copy_from_slice(PROTOCOL);
        if self.extended {
            bytes[20 + EXTENSION_BYTE] |= EXTENSION_BIT;
        }
        if self.fast {
            bytes[20 + FAST_BYTE] |= FAST_BIT;
        }
        bytes[28..48].copy_from_slice(&self.info_hash.0);
        bytes[48..].copy_from_slice(&self.peer_id.0);
        bytes
    }

    /// Reads a handshake; `None` if it is not BitTorrent's. Reserved bits that are not known are ignored.
    pub fn decode(bytes: &[u8; HANDSHAKE_BYTES]) -> Option<Handshake> {
        if &bytes[..20] != PROTOCOL {
            return None;
        }
        let mut info_hash = [0; 20];
        info_hash.copy_from_slice(&bytes[28..48]);
        let mut peer_id = [0; 20];
        peer_id.copy_from_slice(&bytes[48..]);
        Some(Handshake {
            info_hash: InfoHash(info_hash),
            peer_id: PeerId(peer_id),
            fast: bytes[20 + FAST_BYTE] & FAST_BIT != 0,
            extended: bytes[20 + EXTENSION_BYTE] & EXTENSION_BIT != 0,
        })
    }
}
