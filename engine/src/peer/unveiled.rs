//! What a super seed (BEP 16) has told one peer that it has.

use std::time::Duration;

use crate::bitfield::PieceSet;
use crate::time::Time;

/// Pieces that a peer has been told of and nobody else has shown yet: one to be fetched, and one more, so that it has
/// something to ask for while the first one's round trip lasts (libtorrent: 2).
pub const UNSEEN_MAX: usize = 2;

/// The pieces unveiled to one peer.
#[derive(Clone, Debug)]
pub struct Unveiled {
    /// All of them.
    pieces: PieceSet,
    /// Those that the peer has not yet been seen to pass on.
    unseen: Vec<Unseen>,
}

/// A piece of which it is not known that the peer has passed it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unseen {
    piece: u32,
    told_at: Time,
    /// Since when the peer has it.
    held_since: Option<Time>,
}

impl Unveiled {
    /// Nothing yet.
    pub fn new(piece_count: u32) -> Unveiled {
        Unveiled { pieces: PieceSet::empty(piece_count), unseen: Vec::new() }
    }

    /// It was told of this piece.
    pub fn contains(&self, piece: u32) -> bool {
        self.pieces.contains(piece)
    }

    /// It may be told of another.
    pub fn has_room(&self) -> bool {
        self.unseen.len() < UNSEEN_MAX
    }

    /// Pieces that are its own to spread: those that it was told of not so long ago.
    pub fn unseen(&self, now: Time, patience: Duration) -> impl Iterator<Item = u32> + '_ {
        let fresh = self.unseen.iter().filter(move |unseen| now - unseen.told_at < patience);
        fresh.map(|unseen| unseen.piece)
    }

    /// It is told of this piece.
    pub fn unveil(&mut self, piece: u32, now: Time) {
        if self.pieces.insert(piece) {
            self.unseen.push(Unseen { piece, told_at: now, held_since: None });
        }
    }

    /// It is told of this piece because everybody is told of everything.
    pub fn lift(&mut self, piece: u32) {
        self.pieces.insert(piece);
    }

    /// Looks again at what was not seen yet: `copies` says of a piece whether the peer has it, and how many have. What it
    /// has and somebody else too, it has passed on; what it has had for so long is forgiven it. Whether that makes room.
    pub fn settle(&mut self, now: Time, patience: Duration, copies: impl Fn(u32) -> (bool, u32)) -> bool {
        let before = self.unseen.len();
        self.unseen.retain_mut(|unseen| {
            let (is_held, holders) = copies(unseen.piece);
            if !is_held {
                return true;
            }
            let since = *unseen.held_since.get_or_insert(now);
            holders < 2 && now - since < patience
        });
        self.unseen.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn a_piece_that_is_seen_elsewhere_makes_room_for_the_next() {
        let mut unveiled = Unveiled::new(8);
        let now = Time::from_secs(1);
        (0..UNSEEN_MAX as u32).for_each(|piece| unveiled.unveil(piece, now));
        assert!(!unveiled.has_room());
        assert_eq!(unveiled.unseen(Time::from_secs(60), PATIENCE).count(), 2);
        assert_eq!(unveiled.unseen(Time::from_secs(61), PATIENCE).count(), 0);
        assert!(!unveiled.settle(now, PATIENCE, |_| (false, 5)), "others have it, but not from here");
        assert!(!unveiled.settle(now, PATIENCE, |_| (true, 1)), "it has it alone");
        assert!(unveiled.settle(now, PATIENCE, |piece| (true, 1 + u32::from(piece == 0))));
        assert!(unveiled.has_room() && unveiled.contains(0) && !unveiled.contains(7));
    }

    #[test]
    fn what_a_peer_keeps_to_itself_is_forgiven_in_time_and_what_it_does_not_hold_is_not() {
        let mut unveiled = Unveiled::new(8);
        unveiled.unveil(3, Time::ZERO);
        assert!(!unveiled.settle(Time::from_secs(1_000), PATIENCE, |_| (false, 0)));
        assert!(!unveiled.settle(Time::from_secs(1_000), PATIENCE, |_| (true, 1)));
        assert!(!unveiled.settle(Time::from_secs(1_059), PATIENCE, |_| (true, 1)));
        assert!(unveiled.settle(Time::from_secs(1_060), PATIENCE, |_| (true, 1)));
    }
}
