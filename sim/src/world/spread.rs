//! How far the content has spread: copies of each piece among the peers that did not start complete.
//!
//! Kept whatever is recorded, since a script may wait for it.

/// Copies of each piece, and how many pieces have how many.
pub struct Spread {
    copies: Vec<u32>,
    /// How many pieces have so many copies.
    pieces_with: Vec<u32>,
    least: u32,
}

impl Spread {
    /// For so many pieces, at least one, of which there is no copy.
    pub fn new(pieces: u32) -> Spread {
        Spread { copies: vec![0; pieces as usize], pieces_with: vec![pieces], least: 0 }
    }

    /// Copies of the rarest piece.
    pub fn least(&self) -> u32 {
        self.least
    }

    /// One copy more.
    pub fn add(&mut self, piece: u32) {
        let copies = self.copies[piece as usize] + 1;
        self.copies[piece as usize] = copies;
        if self.pieces_with.len() <= copies as usize {
            self.pieces_with.push(0);
        }
        self.pieces_with[copies as usize - 1] -= 1;
        self.pieces_with[copies as usize] += 1;
        if self.pieces_with[self.least as usize] == 0 {
            self.least += 1;
        }
    }

    /// One copy less.
    pub fn remove(&mut self, piece: u32) {
        let copies = self.copies[piece as usize] - 1;
        self.copies[piece as usize] = copies;
        self.pieces_with[copies as usize + 1] -= 1;
        self.pieces_with[copies as usize] += 1;
        self.least = self.least.min(copies);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_least_is_that_of_a_recount(steps in prop::collection::vec((0u32..4, any::<bool>()), 0..200)) {
            let mut spread = Spread::new(4);
            let mut model = [0u32; 4];
            for (piece, more) in steps {
                if more {
                    model[piece as usize] += 1;
                    spread.add(piece);
                } else if model[piece as usize] > 0 {
                    model[piece as usize] -= 1;
                    spread.remove(piece);
                }
                prop_assert_eq!(spread.least(), *model.iter().min().unwrap());
            }
        }
    }
}
