//! Peer ids (BEP 20).

use std::fmt;

use rand::Rng;

/// The prefix of this client in the style of Azureus: `-`, two letters, four digits of the version, `-`.
const PREFIX: &[u8; 8] = b"-SL0100-";

/// Twenty bytes by which a client names itself in a swarm.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub [u8; 20]);

impl PeerId {
    /// A new id of this client: its prefix and twelve random letters and digits.
    pub fn random(rng: &mut impl Rng) -> PeerId {
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut id = [0; 20];
        id[..8].copy_from_slice(PREFIX);
        let mut bits = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
        for byte in &mut id[8..] {
            *byte = ALPHABET[(bits % 32) as usize];
            bits /= 32;
        }
        PeerId(id)
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({self})")
    }
}
