//! What a host holds when it comes.

use rand::seq::index;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::scenario::Has;

/// The pieces that a host holds at first, in ascending order.
pub fn first_pieces(has: Has, piece_count: u32, rng: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    match has {
        Has::All => (0..piece_count).collect(),
        Has::Nothing => Vec::new(),
        Has::Share(share) => {
            let held = super::share_of(piece_count, share);
            let mut pieces: Vec<u32> = index::sample(rng, piece_count as usize, held as usize)
                .into_iter()
                .map(|piece| piece as u32)
                .collect();
            pieces.sort_unstable();
            pieces
        }
        Has::AllBut(missing) => (0..piece_count.saturating_sub(missing)).collect(),
    }
}
