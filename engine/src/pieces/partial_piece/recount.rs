//! One piece in progress, block by block.

use crate::invariant::{Broken, must_hold};

use super::{BlockState, NOBODY, PartialPiece};

impl PartialPiece {
    /// Recomputes what is kept of the blocks. At most `requesters_max` may be asked for one of them.
    ///
    /// # Errors
    /// What differs: a bug in this module or in its caller.
    pub fn check_invariants(&self, requesters_max: u8) -> Result<(), Broken> {
        self.counts_are_true()?;
        self.something_was_asked_for()?;
        self.requesters_are_few(requesters_max)?;
        self.senders_are_known()
    }

    fn counts_are_true(&self) -> Result<(), Broken> {
        let count = |wanted| self.blocks.iter().filter(|state| **state == wanted).count();
        let (piece, free, written) = (self.piece, count(BlockState::Free), count(BlockState::Written));
        must_hold!(self.free as usize == free, "S19", "piece {piece}: {} free, {free} found", self.free);
        must_hold!(
            self.written as usize == written,
            "S19",
            "piece {piece}: {} on the disk, {written} found",
            self.written
        );
        Ok(())
    }

    /// Else it would be a candidate: a picker that looks for one would not find it.
    fn something_was_asked_for(&self) -> Result<(), Broken> {
        must_hold!(!self.is_untouched(), "S15", "piece {} is in progress, and all of it is free", self.piece);
        Ok(())
    }

    fn requesters_are_few(&self, requesters_max: u8) -> Result<(), Broken> {
        for (block, state) in self.blocks.iter().enumerate() {
            let BlockState::Requested(peers) = *state else { continue };
            let piece = self.piece;
            must_hold!(
                (1..=requesters_max.max(1)).contains(&peers),
                "S6",
                "{peers} peers are asked for block {block} of piece {piece}"
            );
        }
        Ok(())
    }

    /// Who sent a block is known exactly of those that have come: a bad piece is held against them.
    fn senders_are_known(&self) -> Result<(), Broken> {
        for (block, (state, sender)) in self.blocks.iter().zip(&self.contributors).enumerate() {
            let is_here = matches!(state, BlockState::Writing | BlockState::Written);
            must_hold!(
                is_here == (*sender != NOBODY),
                "S9",
                "block {block} of piece {} is {state:?}, its sender is {sender}",
                self.piece
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three blocks the first is on the disk, the second is asked for twice, the third is free.
    fn sound() -> PartialPiece {
        let mut partial = PartialPiece::new(7, 3);
        partial.request(0);
        partial.arrive(0, 1);
        partial.wrote(0);
        partial.request(1);
        partial.request(1);
        partial
    }

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut PartialPiece);
        let cases: [(&str, &str, Spoil); 7] = [
            ("S19", "3 free", |piece| piece.free = 3),
            ("S19", "0 on the disk", |piece| piece.written = 0),
            ("S15", "all of it is free", |piece| *piece = PartialPiece::new(7, 3)),
            ("S6", "3 peers", |piece| piece.request(1)),
            ("S6", "0 peers", |piece| piece.blocks[1] = BlockState::Requested(0)),
            ("S9", "Written", |piece| piece.contributors[0] = NOBODY),
            ("S9", "Requested", |piece| piece.contributors[1] = 1),
        ];
        for (property, what, spoil) in cases {
            let mut partial = sound();
            assert_eq!(partial.check_invariants(2), Ok(()));
            spoil(&mut partial);
            let broken = partial.check_invariants(2).unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
