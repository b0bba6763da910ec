//! After the fact: are the bytes that peers hold those of the torrent?

use sha1::{Digest, Sha1};

use swarmlab_engine::storage::Content;

use crate::results::AuditFigures;

use super::participant::{Disk, Participant};
use super::peer_host::PeerHost;

/// What was found when every held piece of every peer was read back and hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Pieces that were hashed, of all peers together.
    pub pieces: u64,
    /// Pieces that a client holds as verified, and whose bytes are not the torrent's: peer and piece.
    pub wrong: Vec<(u32, u32)>,
}

impl Audit {
    /// In numbers.
    pub fn figures(&self) -> AuditFigures {
        AuditFigures { pieces: self.pieces, wrong: self.wrong.len() as u64 }
    }

    /// Reads back what a present peer holds.
    pub fn peer<C: Participant>(&mut self, number: u32, peer: &mut PeerHost<C>, content: &Content) {
        let (Some(client), Some(disk)) = (&peer.client, &mut peer.disk) else { return };
        for piece in client.held().iter() {
            let size = content.geometry().piece_size(piece);
            let hash = disk.read_back(piece, size).map(|bytes| Sha1::digest(bytes).into());
            self.pieces += 1;
            if hash != Ok(content.piece_hashes()[piece as usize]) {
                self.wrong.push((number, piece));
            }
        }
    }
}
