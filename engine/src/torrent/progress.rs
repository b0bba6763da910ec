//! What can be asked of a torrent.

use std::net::SocketAddr;

use crate::bitfield::PieceSet;
use crate::metainfo::BLOCK_BYTES;
use crate::session::ConnectionId;

use super::{Torrent, Waste};

/// Sums over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Payload received, whatever became of it, bytes.
    pub downloaded: u64,
    /// Payload handed to sockets, bytes.
    pub uploaded: u64,
    /// Payload received in vain.
    pub wasted: Waste,
    /// Blocks received that were asked for.
    pub blocks: u64,
    /// Requests cancelled because another peer was faster (endgame).
    pub cancels: u64,
    /// Pieces that did not match their hash.
    pub hash_failures: u32,
    /// How often a peer was found to owe us blocks for too long.
    pub snubs: u32,
    /// The most peers connected at a time.
    pub connections_peak: u32,
}

/// How far a torrent has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Verified pieces.
    pub pieces_held: u32,
    /// All pieces; none while the metadata are being fetched.
    pub piece_count: u32,
    /// Bytes of pieces that are not verified; a block, as long as nobody knows (as libtorrent says to trackers).
    pub bytes_left: u64,
    /// Of these, bytes of pieces that are wanted.
    pub wanted_left: u64,
    /// Peers with both handshakes through.
    pub peers: u32,
    /// Sums.
    pub totals: Totals,
}

/// One connected peer, for a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeerView {
    /// The connection.
    pub connection: ConnectionId,
    /// Its address.
    pub remote: SocketAddr,
    /// Verified pieces that it announced.
    pub pieces_held: u32,
    /// Payload from it, bytes.
    pub downloaded: u64,
    /// Payload to it, bytes.
    pub uploaded: u64,
    /// We serve its requests.
    pub unchoked_by_us: bool,
    /// It serves ours.
    pub unchoked_by_peer: bool,
    /// Blocks that we have asked it for and that have not come.
    pub asked: u32,
    /// It owes us blocks and doesn't send them.
    pub snubs_us: bool,
    /// It has sent a part of a bad piece, and fetches pieces alone until one of them is good.
    pub on_parole: bool,
}

impl Torrent {
    pub fn progress(&self) -> Progress {
        let held = self.pieces.held();
        let geometry = self.geometry();
        if self.is_sought() {
            return Progress {
                pieces_held: 0,
                piece_count: 0,
                // Something is left, whatever it is: who says that nothing is counts as a seed.
                bytes_left: BLOCK_BYTES.into(),
                wanted_left: BLOCK_BYTES.into(),
                peers: self.met.len(),
                totals: self.totals,
            };
        }
        Progress {
            pieces_held: held.len(),
            piece_count: geometry.piece_count,
            bytes_left: geometry.total_length - held.bytes(geometry),
            wanted_left: geometry.total_length - self.pieces.settled().bytes(geometry),
            peers: self.met.len(),
            totals: self.totals,
        }
    }

    pub fn held(&self) -> &PieceSet {
        self.pieces.held()
    }

    /// Whether all that the storage holds has been looked at.
    pub fn knows_what_it_holds(&self) -> bool {
        self.has_run
    }

    pub fn peer_views(&self) -> impl Iterator<Item = PeerView> + '_ {
        self.established().map(|at| {
            let peer = &self.peers[at];
            PeerView {
                connection: peer.id,
                remote: peer.remote,
                pieces_held: peer.have.len(),
                downloaded: peer.downloaded.total(),
                uploaded: peer.uploaded.total(),
                unchoked_by_us: !peer.am_choking,
                unchoked_by_peer: !peer.peer_choking,
                asked: peer.pipeline.outstanding().len() as u32,
                snubs_us: peer.pipeline.is_snubbed(),
                on_parole: peer.on_parole,
            }
        })
    }
}
