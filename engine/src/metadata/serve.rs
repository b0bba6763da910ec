//! Serving the metadata: what a peer has asked for and not got yet.

use std::collections::VecDeque;

/// How often a peer gets the whole of the metadata on one connection: once is enough, twice more is for pieces that were
/// asked for again because they were long in coming.
pub const COPIES_MAX: u32 = 3;

/// Requests of one peer for pieces of the metadata. As many are held as there are pieces: some clients ask for all at
/// once.
#[derive(Clone, Debug, Default)]
pub struct MetadataServe {
    waiting: VecDeque<u32>,
    taken: u32,
}

impl MetadataServe {
    /// A piece is asked for, of so many that there are. False if it won't be served: it does not exist, waits already, or
    /// the peer has had its share.
    pub fn push(&mut self, piece: u32, pieces: u32) -> bool {
        let is_sensible = piece < pieces && !self.waiting.contains(&piece);
        let has_share = self.taken < pieces.saturating_mul(COPIES_MAX);
        if is_sensible && has_share {
            self.taken += 1;
            self.waiting.push_back(piece);
        }
        is_sensible && has_share
    }

    /// The piece that is to be sent next.
    pub fn pop(&mut self) -> Option<u32> {
        self.waiting.pop_front()
    }

    /// Pieces that wait to be sent.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}
