//! What nobody in a swarm knows: how many copies of each piece there are in all of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Copies of each piece among all peers of a swarm: a handle, shared by whoever counts them and the pickers that look.
///
/// A client can't know it. A simulation hands it to [`GlobalRarest`](super::GlobalRarest), which shows what knowing it
/// would be worth.
#[derive(Clone, Debug)]
pub struct SwarmCopies(Arc<[AtomicU32]>);

impl SwarmCopies {
    /// A swarm in which nobody has any of so many pieces.
    pub fn none(pieces: u32) -> SwarmCopies {
        SwarmCopies((0..pieces).map(|_| AtomicU32::new(0)).collect())
    }

    /// Copies of a piece.
    pub fn of(&self, piece: u32) -> u32 {
        self.0[piece as usize].load(Ordering::Relaxed)
    }

    /// Somebody has one copy more.
    pub fn add(&self, piece: u32) {
        self.0[piece as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// A copy is gone.
    pub fn remove(&self, piece: u32) {
        self.0[piece as usize].fetch_sub(1, Ordering::Relaxed);
    }

    /// Of all pieces, in their order.
    pub fn to_vec(&self) -> Vec<u32> {
        self.0.iter().map(|copies| copies.load(Ordering::Relaxed)).collect()
    }
}
