//! How many peers have each piece, and the missing pieces in the order of rarity.

mod buckets;
mod number;
mod recount;

use crate::bitfield::PieceSet;
use crate::invariant::Broken;
use crate::random::Rng;

use buckets::Buckets;
use number::Number;

/// Torrents of more pieces need wider numbers.
const SHORT_PIECES_MAX: u32 = u16::MAX as u32;

/// Counts of copies among the connected peers, and the candidates (missing pieces of which nothing was asked for yet)
/// in buckets of equal count, rarest first, in random order within a bucket. A change of one count moves one piece
/// across one border, so that a HAVE costs a few swaps and a pick never sorts.
///
/// Peers that have everything are counted once for all pieces: they change no order.
#[derive(Clone, Debug)]
pub struct Availability(Width);

/// What nearly all torrents need, and what the largest need.
#[derive(Clone, Debug)]
enum Width {
    Short(Buckets<u16>),
    Long(Buckets<u32>),
}

/// The same with either.
macro_rules! with {
    ($width:expr, $buckets:ident => $done:expr) => {
        match $width {
            Width::Short($buckets) => $done,
            Width::Long($buckets) => $done,
        }
    };
}

impl Availability {
    /// Nobody has anything; no piece is a candidate.
    pub fn new(piece_count: u32) -> Availability {
        Availability(match piece_count {
            ..=SHORT_PIECES_MAX => Width::Short(Buckets::new(piece_count)),
            _ => Width::Long(Buckets::new(piece_count)),
        })
    }

    /// Connected peers that have the piece.
    pub fn of(&self, piece: u32) -> u32 {
        with!(&self.0, buckets => buckets.of(piece))
    }

    /// How many pieces no connected peer has.
    pub fn nowhere(&self) -> u32 {
        with!(&self.0, buckets => buckets.nowhere())
    }

    /// The candidates, rarest first; equally rare ones in random order.
    pub fn rarest_first(&self) -> Ranking<'_> {
        Ranking(match &self.0 {
            Width::Short(buckets) => Ranked::Short(&buckets.order),
            Width::Long(buckets) => Ranked::Long(&buckets.order),
        })
    }

    /// Those of them of which there are fewer copies than so many.
    pub fn rarer_than(&self, copies: u32) -> Ranking<'_> {
        Ranking(match &self.0 {
            Width::Short(buckets) => Ranked::Short(buckets.rarer_than(copies)),
            Width::Long(buckets) => Ranked::Long(buckets.rarer_than(copies)),
        })
    }

    /// The place of a candidate in [`rarest_first`](Self::rarest_first); beyond all places if it is none.
    pub fn rank(&self, piece: u32) -> u32 {
        with!(&self.0, buckets => buckets.rank(piece))
    }

    /// Is the piece a candidate?
    pub fn is_candidate(&self, piece: u32) -> bool {
        with!(&self.0, buckets => buckets.is_candidate(piece))
    }

    /// A peer that was not counted as full has one more piece.
    pub fn increment(&mut self, piece: u32, rng: &mut Rng) {
        with!(&mut self.0, buckets => buckets.increment(piece, rng));
    }

    /// A peer with these pieces has come. Answers whether it was counted as full, which is to be said again when it goes.
    pub fn add_peer(&mut self, pieces: &PieceSet, rng: &mut Rng) -> bool {
        with!(&mut self.0, buckets => buckets.add_peer(pieces, rng))
    }

    /// A peer with these pieces has gone.
    pub fn remove_peer(&mut self, pieces: &PieceSet, counted_as_full: bool, rng: &mut Rng) {
        with!(&mut self.0, buckets => buckets.remove_peer(pieces, counted_as_full, rng));
    }

    /// The piece is missing, and nothing of it was asked for.
    pub fn add_candidate(&mut self, piece: u32, rng: &mut Rng) {
        with!(&mut self.0, buckets => buckets.add_candidate(piece, rng));
    }

    /// The piece is asked for now, or held.
    pub fn remove_candidate(&mut self, piece: u32) {
        with!(&mut self.0, buckets => buckets.remove_candidate(piece));
    }

    /// Compares with what each live connection has announced, and whether it was counted as full.
    ///
    /// # Errors
    /// What differs: a bug in this module or in its caller.
    pub fn check_invariants<'a>(
        &self,
        peers: impl Iterator<Item = (&'a PieceSet, bool)>,
    ) -> Result<(), Broken> {
        with!(&self.0, buckets => buckets.check_invariants(peers))
    }
}

/// Candidates, rarest first.
#[derive(Clone, Copy, Debug)]
pub struct Ranking<'a>(Ranked<'a>);

#[derive(Clone, Copy, Debug)]
enum Ranked<'a> {
    Short(&'a [u16]),
    Long(&'a [u32]),
}

impl<'a> Ranking<'a> {
    /// The first that is one of these.
    pub fn first_in(self, pieces: &PieceSet) -> Option<u32> {
        fn find<N: Number>(ranked: &[N], pieces: &PieceSet) -> Option<u32> {
            ranked.iter().map(|piece| piece.get()).find(|piece| pieces.contains(*piece))
        }
        match self.0 {
            Ranked::Short(ranked) => find(ranked, pieces),
            Ranked::Long(ranked) => find(ranked, pieces),
        }
    }

    /// One after the other.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = u32> + 'a {
        let (short, long): (&[u16], &[u32]) = match self.0 {
            Ranked::Short(short) => (short, &[]),
            Ranked::Long(long) => (&[], long),
        };
        short.iter().map(|piece| piece.get()).chain(long.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;
    use crate::random::Rng;

    proptest! {
        /// Whatever comes and goes, the order equals one computed anew, in numbers of either width.
        #[test]
        fn buckets_agree_with_counting_from_scratch(
            seed in any::<u64>(),
            is_short in any::<bool>(),
            piece_count in 1u32..80,
            steps in proptest::collection::vec((0u8..5, any::<u32>(), any::<u32>()), 0..150),
        ) {
            let mut rng = Rng::seed_from_u64(seed);
            let mut availability = Availability(match is_short {
                true => Width::Short(Buckets::new(piece_count)),
                false => Width::Long(Buckets::new(piece_count)),
            });
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
                let rarer = availability.rarest_first().iter().filter(|piece| availability.of(*piece) < copies);
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
            first[availability.rarest_first().iter().next().unwrap() as usize] += 1;
        }
        let chi_square: f64 = first.iter().map(|n| (f64::from(*n) - 1_000.0).powi(2) / 1_000.0).sum();
        assert!(chi_square < 24.3, "p < 0.001 for 7 degrees of freedom: {first:?}");
    }

    /// The widest torrent of short numbers, and the narrowest of long ones.
    #[test]
    fn the_last_piece_of_a_large_torrent_is_a_candidate_like_any() {
        for piece_count in [SHORT_PIECES_MAX, SHORT_PIECES_MAX + 1] {
            let mut rng = Rng::seed_from_u64(1);
            let mut availability = Availability::new(piece_count);
            (0..piece_count).for_each(|piece| availability.add_candidate(piece, &mut rng));
            let last = piece_count - 1;
            (0..last).for_each(|piece| availability.increment(piece, &mut rng));
            assert_eq!(
                (availability.rank(last), availability.rarer_than(1).iter().collect::<Vec<_>>()),
                (0, vec![last])
            );
            availability.remove_candidate(last);
            assert!(!availability.is_candidate(last) && availability.rank(last) == u32::MAX);
        }
    }

    #[test]
    fn a_piece_takes_six_bytes() {
        assert_eq!(size_of::<buckets::Standing<u16>>() + size_of::<u16>(), 6);
    }
}
