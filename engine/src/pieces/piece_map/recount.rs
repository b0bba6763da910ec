//! All pieces, counted again from what the connections say.

use crate::bitfield::PieceSet;
use crate::invariant::{Broken, must_hold};
use crate::pieces::BlockState;

use super::PieceMap;

impl PieceMap {
    /// Recomputes from scratch what can be. `announced` is what each live connection has announced, and whether it was
    /// counted as full; `outstanding` is every block asked for, once for each connection that is asked for it.
    ///
    /// # Errors
    /// What differs: a bug in the engine.
    pub fn check_invariants<'a>(
        &self,
        announced: impl Iterator<Item = (&'a PieceSet, bool)>,
        outstanding: impl Iterator<Item = (u32, u32)>,
        requesters_max: u8,
    ) -> Result<(), Broken> {
        self.availability.check_invariants(announced)?;
        self.partials.iter().try_for_each(|partial| partial.check_invariants(requesters_max))?;
        self.pieces_in_progress_are_found()?;
        self.each_piece_has_one_place()?;
        self.candidates_can_be_picked()?;
        self.verified_are_held()?;
        self.requests_agree(outstanding.collect())
    }

    /// Bytes of the blocks that came in this run and were not found to be bad.
    pub fn bytes_kept(&self) -> u64 {
        let verified: u64 =
            self.verified.iter().map(|piece| u64::from(self.geometry.piece_size(*piece))).sum();
        let here = self.partials.iter().flat_map(|partial| {
            let blocks = (0..).zip(partial.blocks()).filter(|(_, state)| state.is_here());
            blocks.map(|(block, _)| u64::from(self.geometry.block_size(partial.piece, block)))
        });
        // What was found was not fetched.
        verified - self.bytes_found + here.sum::<u64>()
    }

    fn pieces_in_progress_are_found(&self) -> Result<(), Broken> {
        let (begun, found) = (self.partials.iter().map(|partial| partial.piece), &self.in_progress);
        must_hold!(begun.eq(found.iter().copied()), "S15", "in progress are other pieces than {found:?}");
        Ok(())
    }

    fn each_piece_has_one_place(&self) -> Result<(), Broken> {
        let unsettled = self.held.count_without(&self.settled);
        must_hold!(unsettled == 0, "S15", "{unsettled} pieces are held, and still wanted");
        // Whatever is settled is held, or not wanted.
        let mut places: Vec<u32> = (0..self.geometry.piece_count)
            .map(|piece| u32::from(self.settled.contains(piece)) + u32::from(self.candidates.contains(piece)))
            .collect();
        self.partials.iter().for_each(|partial| places[partial.piece as usize] += 1);
        for (piece, places) in places.into_iter().enumerate() {
            must_hold!(
                places == 1,
                "S15",
                "piece {piece} is held, unwanted, in progress or a candidate {places} times"
            );
        }
        Ok(())
    }

    fn candidates_can_be_picked(&self) -> Result<(), Broken> {
        for piece in 0..self.geometry.piece_count {
            must_hold!(
                self.candidates.contains(piece) == self.availability.is_candidate(piece),
                "S18",
                "piece {piece} is a candidate in one place and none in another"
            );
        }
        Ok(())
    }

    fn verified_are_held(&self) -> Result<(), Broken> {
        let mut once = PieceSet::empty(self.geometry.piece_count);
        for &piece in &self.verified {
            must_hold!(once.insert(piece), "S16", "piece {piece} was verified twice");
            must_hold!(self.held.contains(piece), "S16", "piece {piece} was verified and is not held");
        }
        Ok(())
    }

    /// Asked for are exactly the blocks in progress that say so, and of exactly as many.
    fn requests_agree(&self, mut asked: Vec<(u32, u32)>) -> Result<(), Broken> {
        asked.sort_unstable();
        let mut explained = 0;
        for partial in &self.partials {
            for (block, state) in (0..).zip(partial.blocks()) {
                let key = (partial.piece, block);
                let first = asked.partition_point(|other| *other < key);
                let requesters = asked[first..].iter().take_while(|other| **other == key).count();
                let counted = if let BlockState::Requested(peers) = state { usize::from(*peers) } else { 0 };
                must_hold!(
                    requesters == counted,
                    "S19",
                    "block {key:?} is {state:?}, and {requesters} peers are asked for it"
                );
                explained += requesters;
            }
        }
        let strays = asked.len() - explained;
        must_hold!(strays == 0, "S9", "{strays} requests are for pieces that are not in progress");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::metainfo::{BLOCK_BYTES, Geometry};
    use crate::random::Rng;

    /// Of four pieces of two blocks the first was verified, the second is in progress.
    fn sound() -> PieceMap {
        let geometry = Geometry::new(8 * u64::from(BLOCK_BYTES) - 1, 2 * BLOCK_BYTES).unwrap();
        let mut pieces = PieceMap::new(geometry, &mut Rng::seed_from_u64(1));
        for (piece, block) in [(0, 0), (0, 1), (1, 0)] {
            pieces.request(piece, block);
            pieces.arrive(piece, block, 1);
            pieces.wrote(piece, block);
        }
        pieces.accept(0);
        pieces.request(1, 1);
        pieces
    }

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut PieceMap, &mut Vec<(u32, u32)>);
        let cases: [(&str, &str, Spoil); 11] = [
            ("S15", "other pieces than [3]", |pieces, _| pieces.in_progress[0] = 3),
            ("S15", "2 times", |pieces, _| assert!(pieces.settled.insert(1))),
            ("S15", "still wanted", |pieces, _| assert!(pieces.held.insert(1))),
            ("S15", "0 times", |pieces, _| assert!(pieces.candidates.remove(3))),
            ("S18", "in one place", |pieces, _| pieces.availability.remove_candidate(3)),
            ("S16", "twice", |pieces, _| pieces.verified.push(0)),
            ("S16", "is not held", |pieces, _| {
                pieces.held.remove(0);
                pieces.settled.remove(0);
                pieces.candidates.insert(0);
                pieces.availability.add_candidate(0, &mut Rng::seed_from_u64(2));
            }),
            ("S19", "Requested(1), and 0", |_, asked| asked.clear()),
            ("S19", "Requested(1), and 2", |_, asked| asked.push((1, 1))),
            ("S19", "Written(1), and 1", |_, asked| asked.push((1, 0))),
            ("S9", "not in progress", |_, asked| asked.push((0, 0))),
        ];
        for (property, what, spoil) in cases {
            let (mut pieces, mut asked) = (sound(), vec![(1, 1)]);
            let check = |pieces: &PieceMap, asked: &[(u32, u32)]| {
                pieces.check_invariants([].into_iter(), asked.iter().copied(), 1)
            };
            assert_eq!(check(&pieces, &asked), Ok(()));
            spoil(&mut pieces, &mut asked);
            let broken = check(&pieces, &asked).unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }

    #[test]
    fn what_is_kept_is_counted_by_the_byte() {
        assert_eq!(sound().bytes_kept(), 3 * u64::from(BLOCK_BYTES));
    }
}
