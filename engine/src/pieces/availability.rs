//! How many peers have each piece, and the missing pieces in the order of rarity.

mod recount;

use crate::bitfield::PieceSet;
use crate::random::{Rng, below};

const NOWHERE: u32 = u32::MAX;

/// Counts of copies among the connected peers, and the candidates (missing pieces of which nothing was asked for yet)
/// in buckets of equal count, rarest first, in random order within a bucket. A change of one count moves one piece
/// across one border, so that a HAVE costs a few swaps and a pick never sorts.
///
/// Peers that have everything are counted once for all pieces: they change no order.
#[derive(Clone, Debug)]
pub struct Availability {
    counts: Vec<u16>,
    /// Pieces of count 0.
    uncounted: u32,
    full_peers: u32,
    /// Candidates, bucket after bucket.
    order: Vec<u32>,
    /// Where in `order` a piece stands.
    position: Vec<u32>,
    /// `ends[c]`: where in `order` the bucket of count `c` ends.
    ends: Vec<u32>,
}

impl Availability {
    /// Nobody has anything; no piece is a candidate.
    pub fn new(piece_count: u32) -> Availability {
        let pieces = piece_count as usize;
        Availability {
            counts: vec![0; pieces],
            uncounted: piece_count,
            full_peers: 0,
            order: Vec::new(),
            position: vec![NOWHERE; pieces],
            ends: vec![0],
        }
    }

    /// Connected peers that have the piece.
    pub fn of(&self, piece: u32) -> u32 {
        u32::from(self.counts[piece as usize]) + self.full_peers
    }

    /// How many pieces no connected peer has.
    pub fn nowhere(&self) -> u32 {
        if self.full_peers > 0 { 0 } else { self.uncounted }
    }

    /// The candidates, rarest first; equally rare ones in random order.
    pub fn rarest_first(&self) -> &[u32] {
        &self.order
    }

    /// Those of them of which there are fewer copies than so many.
    pub fn rarer_than(&self, copies: u32) -> &[u32] {
        let Some(below) = copies.saturating_sub(self.full_peers).checked_sub(1) else { return &[] };
        let end = self.ends.get(below as usize).map_or(self.order.len(), |end| *end as usize);
        &self.order[..end]
    }

    /// The place of a candidate in [`rarest_first`](Self::rarest_first); beyond all places if it is none.
    pub fn rank(&self, piece: u32) -> u32 {
        self.position[piece as usize]
    }

    /// Is the piece a candidate?
    pub fn is_candidate(&self, piece: u32) -> bool {
        self.position[piece as usize] != NOWHERE
    }

    /// A peer that was not counted as full has one more piece.
    pub fn increment(&mut self, piece: u32, rng: &mut Rng) {
        let count = &mut self.counts[piece as usize];
        *count += 1;
        let bucket = usize::from(*count);
        self.uncounted -= u32::from(bucket == 1);
        if self.is_candidate(piece) {
            if bucket == self.ends.len() {
                self.ends.push(self.order.len() as u32);
            }
            // To the end of its old bucket, whose border then moves below it.
            self.ends[bucket - 1] -= 1;
            self.swap(self.position[piece as usize], self.ends[bucket - 1]);
            self.shuffle_in(piece, bucket, rng);
        }
    }

    fn decrement(&mut self, piece: u32, rng: &mut Rng) {
        let count = &mut self.counts[piece as usize];
        *count -= 1;
        let bucket = usize::from(*count);
        self.uncounted += u32::from(bucket == 0);
        if self.is_candidate(piece) {
            self.swap(self.position[piece as usize], self.ends[bucket]);
            self.ends[bucket] += 1;
            self.shuffle_in(piece, bucket, rng);
        }
    }

    /// A peer with these pieces has come. Answers whether it was counted as full, which is to be said again when it goes.
    pub fn add_peer(&mut self, pieces: &PieceSet, rng: &mut Rng) -> bool {
        if pieces.is_full() {
            self.full_peers += 1;
            return true;
        }
        pieces.iter().for_each(|piece| self.increment(piece, rng));
        false
    }

    /// A peer with these pieces has gone.
    pub fn remove_peer(&mut self, pieces: &PieceSet, counted_as_full: bool, rng: &mut Rng) {
        if counted_as_full {
            self.full_peers -= 1;
        } else {
            pieces.iter().for_each(|piece| self.decrement(piece, rng));
        }
    }

    /// The piece is missing, and nothing of it was asked for.
    pub fn add_candidate(&mut self, piece: u32, rng: &mut Rng) {
        debug_assert!(!self.is_candidate(piece));
        let bucket = usize::from(self.counts[piece as usize]);
        while self.ends.len() <= bucket {
            self.ends.push(self.order.len() as u32);
        }
        // Each bucket above gives its first place to its own end, which opens a place at the end of this one.
        let mut hole = self.order.len() as u32;
        self.order.push(piece);
        for above in (bucket + 1..self.ends.len()).rev() {
            let first = self.ends[above - 1];
            if first != hole {
                self.place(self.order[first as usize], hole);
                hole = first;
            }
            self.ends[above] += 1;
        }
        self.place(piece, hole);
        self.ends[bucket] += 1;
        self.shuffle_in(piece, bucket, rng);
    }

    /// The piece is asked for now, or held.
    pub fn remove_candidate(&mut self, piece: u32) {
        let bucket = usize::from(self.counts[piece as usize]);
        let mut hole = self.position[piece as usize];
        debug_assert!(hole != NOWHERE);
        for end in &mut self.ends[bucket..] {
            *end -= 1;
            let last = *end;
            // An empty bucket has nothing to move: its end is the hole.
            if last != hole {
                let moved = self.order[last as usize];
                self.order[hole as usize] = moved;
                self.position[moved as usize] = hole;
                hole = last;
            }
        }
        self.order.pop();
        self.position[piece as usize] = NOWHERE;
    }

    /// The piece has just come into a bucket, at one of its ends: to a random place in it.
    fn shuffle_in(&mut self, piece: u32, bucket: usize, rng: &mut Rng) {
        let start = if bucket == 0 { 0 } else { self.ends[bucket - 1] };
        let place = start + below(rng, self.ends[bucket] - start);
        self.swap(self.position[piece as usize], place);
    }

    fn swap(&mut self, a: u32, b: u32) {
        let (piece_a, piece_b) = (self.order[a as usize], self.order[b as usize]);
        self.place(piece_a, b);
        self.place(piece_b, a);
    }

    fn place(&mut self, piece: u32, at: u32) {
        self.order[at as usize] = piece;
        self.position[piece as usize] = at;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;
    use crate::random::Rng;

    proptest! {
        /// Whatever comes and goes, the order equals one computed anew.
        #[test]
        fn buckets_agree_with_counting_from_scratch(
            seed in any::<u64>(),
            piece_count in 1u32..80,
            steps in proptest::collection::vec((0u8..5, any::<u32>(), any::<u32>()), 0..150),
        ) {
            let mut rng = Rng::seed_from_u64(seed);
            let mut availability = Availability::new(piece_count);
            let mut peers: Vec<(PieceSet, bool)> = Vec::new();
            for (step, a, b) in steps {
                let piece = a % piece_count;
                match step {
                    0 => {
                        let mut set = PieceSet::empty(piece_count);
                        (0..piece_count).filter(|piece| b >> (piece % 32) & 1 == 1).for_each(|piece| { set.insert(piece); });
                        let full = availability.add_peer(&set, &mut rng);
                        peers.push((set, full));
                    }
                    1 if !peers.is_empty() => {
                        let (set, full) = peers.swap_remove(b as usize % peers.len());
                        availability.remove_peer(&set, full, &mut rng);
                    }
                    2 if !peers.is_empty() => {
                        let peer = b as usize % peers.len();
                        if peers[peer].0.insert(piece) {
                            availability.increment(piece, &mut rng);
                        }
                    }
                    3 if !availability.is_candidate(piece) => availability.add_candidate(piece, &mut rng),
                    4 if availability.is_candidate(piece) => availability.remove_candidate(piece),
                    _ => {}
                }
                prop_assert_eq!(availability.check_invariants(peers.iter().map(|(set, full)| (set, *full))), Ok(()));
                let copies = b % 6;
                let rarer = availability.rarest_first().iter().filter(|piece| availability.of(**piece) < copies);
                prop_assert!(availability.rarer_than(copies).iter().eq(rarer));
            }
        }
    }

    /// A chi-square test that the first of equally rare pieces is each of them equally often.
    #[test]
    fn ties_are_broken_evenly() {
        let mut first = [0u32; 8];
        for seed in 0..8_000 {
            let mut rng = Rng::seed_from_u64(seed);
            let mut availability = Availability::new(8);
            (0..8).for_each(|piece| availability.add_candidate(piece, &mut rng));
            (0..8).for_each(|piece| availability.increment(piece, &mut rng));
            first[availability.rarest_first()[0] as usize] += 1;
        }
        let chi_square: f64 = first.iter().map(|n| (f64::from(*n) - 1_000.0).powi(2) / 1_000.0).sum();
        assert!(chi_square < 24.3, "p < 0.001 for 7 degrees of freedom: {first:?}");
    }
}
