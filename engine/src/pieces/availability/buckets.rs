//! The candidates in buckets of equal count.

use crate::bitfield::PieceSet;
use crate::random::{Rng, below};

use super::number::Number;

/// Counts and candidates, in numbers of this width.
#[derive(Clone, Debug)]
pub(super) struct Buckets<N> {
    /// By piece.
    pub standings: Vec<Standing<N>>,
    /// Candidates, bucket after bucket.
    pub order: Vec<N>,
    /// `ends[c]`: where in `order` the bucket of count `c` ends.
    pub ends: Vec<u32>,
    /// Pieces of count 0.
    pub uncounted: u32,
    pub full_peers: u32,
}

/// One piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<N> {
    /// Where in `order` it stands, if it does.
    pub place: N,
    pub count: u16,
}

impl<N: Number> Buckets<N> {
    pub fn new(piece_count: u32) -> Buckets<N> {
        Buckets {
            standings: vec![Standing { place: N::NOWHERE, count: 0 }; piece_count as usize],
            order: Vec::new(),
            ends: vec![0],
            uncounted: piece_count,
            full_peers: 0,
        }
    }

    pub fn of(&self, piece: u32) -> u32 {
        u32::from(self.standings[piece as usize].count) + self.full_peers
    }

    pub fn nowhere(&self) -> u32 {
        if self.full_peers > 0 { 0 } else { self.uncounted }
    }

    pub fn rarer_than(&self, copies: u32) -> &[N] {
        let Some(below) = copies.saturating_sub(self.full_peers).checked_sub(1) else { return &[] };
        let end = self.ends.get(below as usize).map_or(self.order.len(), |end| *end as usize);
        &self.order[..end]
    }

    pub fn rank(&self, piece: u32) -> u32 {
        let place = self.standings[piece as usize].place;
        if place == N::NOWHERE { u32::MAX } else { place.get() }
    }

    pub fn is_candidate(&self, piece: u32) -> bool {
        self.standings[piece as usize].place != N::NOWHERE
    }

    pub fn increment(&mut self, piece: u32, rng: &mut Rng) {
        let Standing { place, count } = &mut self.standings[piece as usize];
        *count += 1;
        let bucket = usize::from(*count);
        self.uncounted -= u32::from(bucket == 1);
        if *place != N::NOWHERE {
            let place = place.get();
            if bucket == self.ends.len() {
                self.ends.push(self.order.len() as u32);
            }
            // To the end of its old bucket, whose border then moves below it.
            self.ends[bucket - 1] -= 1;
            self.swap(place, self.ends[bucket - 1]);
            self.shuffle_in(piece, bucket, rng);
        }
    }

    fn decrement(&mut self, piece: u32, rng: &mut Rng) {
        let Standing { place, count } = &mut self.standings[piece as usize];
        *count -= 1;
        let bucket = usize::from(*count);
        self.uncounted += u32::from(bucket == 0);
        if *place != N::NOWHERE {
            let place = place.get();
            self.swap(place, self.ends[bucket]);
            self.ends[bucket] += 1;
            self.shuffle_in(piece, bucket, rng);
        }
    }

    pub fn add_peer(&mut self, pieces: &PieceSet, rng: &mut Rng) -> bool {
        if pieces.is_full() {
            self.full_peers += 1;
            return true;
        }
        pieces.iter().for_each(|piece| self.increment(piece, rng));
        false
    }

    pub fn remove_peer(&mut self, pieces: &PieceSet, counted_as_full: bool, rng: &mut Rng) {
        if counted_as_full {
            self.full_peers -= 1;
        } else {
            pieces.iter().for_each(|piece| self.decrement(piece, rng));
        }
    }

    pub fn add_candidate(&mut self, piece: u32, rng: &mut Rng) {
        debug_assert!(!self.is_candidate(piece));
        let bucket = usize::from(self.standings[piece as usize].count);
        while self.ends.len() <= bucket {
            self.ends.push(self.order.len() as u32);
        }
        // Each bucket above gives its first place to its own end, which opens a place at the end of this one.
        let mut hole = self.order.len() as u32;
        self.order.push(N::of(piece));
        for above in (bucket + 1..self.ends.len()).rev() {
            let first = self.ends[above - 1];
            if first != hole {
                self.put(self.order[first as usize], hole);
                hole = first;
            }
            self.ends[above] += 1;
        }
        self.put(N::of(piece), hole);
        self.ends[bucket] += 1;
        self.shuffle_in(piece, bucket, rng);
    }

    pub fn remove_candidate(&mut self, piece: u32) {
        let Standing { place, count } = self.standings[piece as usize];
        let mut hole = place.get();
        debug_assert!(place != N::NOWHERE);
        for end in &mut self.ends[usize::from(count)..] {
            *end -= 1;
            let last = *end;
            // An empty bucket has nothing to move: its end is the hole.
            if last != hole {
                let moved = self.order[last as usize];
                self.order[hole as usize] = moved;
                self.standings[moved.get() as usize].place = N::of(hole);
                hole = last;
            }
        }
        self.order.pop();
        self.standings[piece as usize].place = N::NOWHERE;
    }

    /// The piece has just come into a bucket, at one of its ends: to a random place in it.
    fn shuffle_in(&mut self, piece: u32, bucket: usize, rng: &mut Rng) {
        let start = if bucket == 0 { 0 } else { self.ends[bucket - 1] };
        let place = start + below(rng, self.ends[bucket] - start);
        self.swap(self.standings[piece as usize].place.get(), place);
    }

    fn swap(&mut self, a: u32, b: u32) {
        let (piece_a, piece_b) = (self.order[a as usize], self.order[b as usize]);
        self.put(piece_a, b);
        self.put(piece_b, a);
    }

    fn put(&mut self, piece: N, at: u32) {
        self.order[at as usize] = piece;
        self.standings[piece.get() as usize].place = N::of(at);
    }
}
