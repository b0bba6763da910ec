//! One piece in progress, block by block.

use crate::invariant::{Broken, must_hold};

use super::{BlockState, PartialPiece};

impl PartialPiece {
    /// Recomputes what is kept of the blocks. At most `requesters_max` may be asked for one of them.
    ///
    /// # Errors
    /// What differs: a bug in this module or in its caller.
    pub fn check_invariants(&self, requesters_max: u8) -> Result<(), Broken> {
        self.counts_are_true()?;
        self.something_was_asked_for()?;
        self.requesters_are_few(requesters_max)
    }

    fn counts_are_true(&self) -> Result<(), Broken> {
        let count = |is: fn(&&BlockState) -> bool| self.blocks.iter().filter(is).count();
        let free = count(|state| **state == BlockState::Free);
        let written = count(|state| matches!(state, BlockState::Written(_)));
        let piece = self.piece;
        must_hold!(usize::from(self.free) == free, "S19", "piece {piece}: {} free, {free} found", self.free);
        must_hold!(
            usize::from(self.written) == written,
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
        let cases: [(&str, &str, Spoil); 5] = [
            ("S19", "3 free", |piece| piece.free = 3),
            ("S19", "0 on the disk", |piece| piece.written = 0),
            ("S15", "all of it is free", |piece| *piece = PartialPiece::new(7, 3)),
            ("S6", "3 peers", |piece| piece.request(1)),
            ("S6", "0 peers", |piece| piece.blocks[1] = BlockState::Requested(0)),
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
