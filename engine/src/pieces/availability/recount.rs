//! The counts and the order of rarity, computed again from the peers' sets.

use crate::bitfield::PieceSet;
use crate::invariant::{Broken, must_hold};

use super::buckets::Buckets;
use super::number::Number;

impl<N: Number> Buckets<N> {
    pub fn check_invariants<'a>(
        &self,
        peers: impl Iterator<Item = (&'a PieceSet, bool)>,
    ) -> Result<(), Broken> {
        self.counts_are_true(peers)?;
        self.candidates_stand_once()?;
        self.buckets_are_in_order()
    }

    fn counts_are_true<'a>(&self, peers: impl Iterator<Item = (&'a PieceSet, bool)>) -> Result<(), Broken> {
        let mut copies = vec![0; self.standings.len()];
        let mut full_peers = 0;
        for (set, counted_as_full) in peers {
            if counted_as_full {
                full_peers += 1;
            } else {
                set.iter().for_each(|piece| copies[piece as usize] += 1);
            }
        }
        let counted = self.full_peers;
        must_hold!(counted == full_peers, "S18", "{counted} full peers are counted, {full_peers} are there");
        let uncounted = copies.iter().filter(|copies| **copies == 0).count();
        let counted = self.uncounted;
        must_hold!(
            counted as usize == uncounted,
            "S18",
            "{counted} pieces are nowhere by the books, {uncounted} by the peers"
        );
        for (piece, (standing, copies)) in self.standings.iter().zip(copies).enumerate() {
            let counted = standing.count;
            must_hold!(
                counted == copies,
                "S18",
                "piece {piece} is counted {counted} times, {copies} peers that did not come full have it"
            );
        }
        Ok(())
    }

    fn candidates_stand_once(&self) -> Result<(), Broken> {
        let candidates = self.standings.iter().filter(|standing| standing.place != N::NOWHERE).count();
        must_hold!(candidates == self.order.len(), "S18", "not every candidate stands in the order once");
        Ok(())
    }

    fn buckets_are_in_order(&self) -> Result<(), Broken> {
        let mut start = 0;
        for (bucket, end) in self.ends.iter().enumerate() {
            for at in start..*end {
                let piece = self.order[at as usize].get();
                let place = self.rank(piece);
                must_hold!(place == at, "S18", "piece {piece} stands at {at}, and is looked for at {place}");
                let count = usize::from(self.standings[piece as usize].count);
                must_hold!(count == bucket, "S18", "piece {piece} with {count} copies is in bucket {bucket}");
            }
            start = *end;
        }
        must_hold!(start as usize == self.order.len(), "S18", "the last bucket does not end with the order");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::random::Rng;

    /// Of four pieces two are with a peer, all with another.
    fn sound() -> (Buckets<u16>, [(PieceSet, bool); 2]) {
        let mut rng = Rng::seed_from_u64(1);
        let mut availability = Buckets::new(4);
        (0..4).for_each(|piece| availability.add_candidate(piece, &mut rng));
        let mut half = PieceSet::empty(4);
        half.insert(1);
        half.insert(3);
        let peers = [half, PieceSet::full(4)].map(|set| {
            let full = availability.add_peer(&set, &mut rng);
            (set, full)
        });
        (availability, peers)
    }

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut Buckets<u16>);
        let cases: [(&str, Spoil); 7] = [
            ("full peers", |books| books.full_peers += 1),
            ("are nowhere", |books| books.uncounted += 1),
            ("is counted 2 times", |books| books.standings[1].count = 2),
            ("once", |books| books.standings[0].place = u16::NOWHERE),
            ("is looked for", |books| books.order.swap(0, 1)),
            ("in bucket", |books| books.ends[0] += 1),
            ("does not end", |books| *books.ends.last_mut().unwrap() -= 1),
        ];
        for (what, spoil) in cases {
            let (mut availability, peers) = sound();
            let check =
                |books: &Buckets<u16>| books.check_invariants(peers.iter().map(|(set, full)| (set, *full)));
            assert_eq!(check(&availability), Ok(()));
            spoil(&mut availability);
            let broken = check(&availability).unwrap_err();
            assert!(broken.property == "S18" && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
