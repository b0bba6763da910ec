//! Requests that were taken back, but the block may be on its way.

use std::collections::VecDeque;

use super::REQUESTS_MAX;

/// The latest [`REQUESTS_MAX`], oldest first.
#[derive(Clone, Debug, Default)]
pub struct Cancelled(pub(super) VecDeque<(u32, u32)>);

impl Cancelled {
    /// One more.
    pub fn push(&mut self, piece: u32, block: u32) {
        if self.0.len() >= REQUESTS_MAX as usize {
            self.0.pop_front();
        }
        self.0.push_back((piece, block));
    }

    /// One of them is answered; false if it is not among them.
    pub fn settle(&mut self, piece: u32, block: u32) -> bool {
        let at = self.0.iter().position(|cancelled| *cancelled == (piece, block));
        at.and_then(|at| self.0.remove(at)).is_some()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
