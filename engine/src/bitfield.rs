//! A set of pieces, a bit each.

use bytes::Bytes;

use crate::metainfo::Geometry;

/// A set of pieces of one torrent. Knows how many it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceSet {
    words: Box<[u64]>,
    piece_count: u32,
    held: u32,
}

impl PieceSet {
    /// The empty set, for a torrent of so many pieces.
    pub fn empty(piece_count: u32) -> PieceSet {
        PieceSet { words: vec![0; piece_count.div_ceil(64) as usize].into(), piece_count, held: 0 }
    }

    /// The set of all pieces.
    pub fn full(piece_count: u32) -> PieceSet {
        let mut set = PieceSet::empty(piece_count);
        set.words.fill(u64::MAX);
        if !piece_count.is_multiple_of(64)
            && let Some(last) = set.words.last_mut()
        {
            *last = (1 << (piece_count % 64)) - 1;
        }
        set.held = piece_count;
        set
    }

    /// The set that a BITFIELD message says; `None` if it has a wrong length, or spare bits that are not zero (BEP 3).
    pub fn from_wire(bytes: &[u8], piece_count: u32) -> Option<PieceSet> {
        if bytes.len() != piece_count.div_ceil(8) as usize {
            return None;
        }
        let mut set = PieceSet::empty(piece_count);
        for (at, byte) in bytes.iter().enumerate() {
            set.words[at / 8] |= u64::from(byte.reverse_bits()) << (at % 8 * 8);
        }
        set.held = set.words.iter().map(|word| word.count_ones()).sum();
        let spare =
            set.words.last().copied().unwrap_or(0) & !PieceSet::full(piece_count).words.last().unwrap_or(&0);
        (spare == 0).then_some(set)
    }

    /// The payload of the BITFIELD message that says this set.
    pub fn to_wire(&self) -> Bytes {
        (0..self.piece_count.div_ceil(8) as usize)
            .map(|at| ((self.words[at / 8] >> (at % 8 * 8)) as u8).reverse_bits())
            .collect()
    }

    /// Is this piece in the set?
    #[inline]
    pub fn contains(&self, piece: u32) -> bool {
        debug_assert!(piece < self.piece_count, "piece {piece} of {}", self.piece_count);
        self.words[(piece / 64) as usize] >> (piece % 64) & 1 == 1
    }

    /// Adds a piece; false if it was there.
    pub fn insert(&mut self, piece: u32) -> bool {
        let new = !self.contains(piece);
        self.words[(piece / 64) as usize] |= 1 << (piece % 64);
        self.held += u32::from(new);
        new
    }

    /// Takes a piece out; false if it was not there.
    pub fn remove(&mut self, piece: u32) -> bool {
        let old = self.contains(piece);
        self.words[(piece / 64) as usize] &= !(1 << (piece % 64));
        self.held -= u32::from(old);
        old
    }

    /// How many pieces are in the set.
    #[inline]
    pub fn len(&self) -> u32 {
        self.held
    }

    /// No piece is in the set.
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Every piece of the torrent is in the set. Not true of a torrent whose pieces nobody knows yet.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.held == self.piece_count && self.piece_count > 0
    }

    /// Pieces of the torrent, in the set or not.
    pub fn piece_count(&self) -> u32 {
        self.piece_count
    }

    /// Bytes of the pieces in the set, of a torrent of this geometry.
    pub fn bytes(&self, geometry: Geometry) -> u64 {
        let Some(last) = geometry.piece_count.checked_sub(1) else { return 0 };
        let short = u64::from(geometry.piece_length - geometry.piece_size(last));
        u64::from(self.len()) * u64::from(geometry.piece_length) - if self.contains(last) { short } else { 0 }
    }

    /// The pieces in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        bits(self.words.iter().copied())
    }

    /// The pieces in both sets, ascending.
    pub fn iter_and<'a>(&'a self, other: &'a PieceSet) -> impl Iterator<Item = u32> + 'a {
        bits(self.words.iter().zip(&other.words).map(|(a, b)| a & b))
    }

    /// The pieces in this set but not in the other, ascending.
    pub fn iter_without<'a>(&'a self, other: &'a PieceSet) -> impl Iterator<Item = u32> + 'a {
        bits(self.words.iter().zip(&other.words).map(|(a, b)| a & !b))
    }

    /// The first piece from this one on that is not in the set; the number of pieces if there is none.
    pub fn first_gap(&self, from: u32) -> u32 {
        let mut piece = from;
        while piece < self.piece_count {
            let gaps = !self.words[(piece / 64) as usize] >> (piece % 64);
            if gaps != 0 {
                return (piece + gaps.trailing_zeros()).min(self.piece_count);
            }
            piece = (piece / 64 + 1) * 64;
        }
        self.piece_count
    }

    /// How many pieces are in both sets.
    pub fn count_and(&self, other: &PieceSet) -> u32 {
        self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones()).sum()
    }

    /// How many pieces are in this set but not in the other.
    pub fn count_without(&self, other: &PieceSet) -> u32 {
        self.words.iter().zip(&other.words).map(|(a, b)| (a & !b).count_ones()).sum()
    }
}

fn bits(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u32> {
    words.enumerate().flat_map(|(at, mut word)| {
        std::iter::from_fn(move || {
            (word != 0).then(|| {
                let bit = word.trailing_zeros();
                word &= word - 1;
                at as u32 * 64 + bit
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_a_set_of_numbers(
            piece_count in 1u32..200,
            steps in proptest::collection::vec((any::<bool>(), any::<u32>()), 0..200),
        ) {
            let mut set = PieceSet::empty(piece_count);
            let mut model = BTreeSet::new();
            for (add, piece) in steps {
                let piece = piece % piece_count;
                if add {
                    prop_assert_eq!(set.insert(piece), model.insert(piece));
                } else {
                    prop_assert_eq!(set.remove(piece), model.remove(&piece));
                }
            }
            prop_assert_eq!(set.len() as usize, model.len());
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), model.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(PieceSet::from_wire(&set.to_wire(), piece_count), Some(set.clone()));
            let full = PieceSet::full(piece_count);
            prop_assert!(full.is_full() && full.iter().count() == piece_count as usize);
            prop_assert_eq!(full.count_without(&set) + full.count_and(&set), piece_count);
            prop_assert_eq!(full.iter_without(&set).count() as u32, piece_count - set.len());
        }

        #[test]
        fn a_bitfield_with_spare_bits_or_a_wrong_length_is_refused(piece_count in 1u32..200, spare in 0u32..7) {
            let mut bytes = PieceSet::full(piece_count).to_wire().to_vec();
            let bit = piece_count + spare;
            if bit < bytes.len() as u32 * 8 {
                bytes[bit as usize / 8] |= 0x80 >> (bit % 8);
                prop_assert_eq!(PieceSet::from_wire(&bytes, piece_count), None);
            }
            bytes.push(0);
            prop_assert_eq!(PieceSet::from_wire(&bytes, piece_count), None);
        }
    }
}
