//! SUGGEST PIECE (BEP 6) on one connection: what we have suggested to the peer, and what it has suggested to us.

use std::collections::VecDeque;

/// So many suggestions lie ahead of what the peer asks for: one for the next request, and one more for the round trip
/// until we hear of it.
pub const SUGGESTIONS_AHEAD: usize = 2;
/// Pieces of which we remember that the peer fetches them from us.
pub const TAKEN_UP_MAX: usize = 32;
/// Suggestions of the peer that are kept: the latest.
pub const SUGGESTIONS_KEPT_MAX: usize = 16;

/// A piece that is the peer's to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entrusted {
    piece: u32,
    stage: Stage,
}

/// How far it has come with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Stage {
    /// It was suggested.
    Suggested,
    /// It has asked for some of it.
    Asked,
    /// Some of it was sent.
    Begun,
}

/// What was suggested, both ways. On most connections that is nothing, and then it takes the room of a pointer.
#[derive(Clone, Debug, Default)]
pub struct Suggestions(Option<Box<BothWays>>);

#[derive(Clone, Debug, Default)]
struct BothWays {
    by_us: Vec<Entrusted>,
    by_peer: VecDeque<u32>,
}

static NO_SUGGESTIONS: VecDeque<u32> = VecDeque::new();

impl Suggestions {
    /// Pieces that the peer fetches from us, or is to fetch.
    pub fn entrusted(&self) -> impl Iterator<Item = u32> + '_ {
        self.by_us().iter().map(|entrusted| entrusted.piece)
    }

    /// Pieces of which we have sent the peer a part, and that it doesn't have yet.
    pub fn begun(&self) -> impl Iterator<Item = u32> + '_ {
        let begun = self.by_us().iter().filter(|entrusted| entrusted.stage == Stage::Begun);
        begun.map(|entrusted| entrusted.piece)
    }

    /// How many more may be suggested to it now: none to one that begins pieces and finishes none.
    pub fn room(&self) -> usize {
        let taken_up = self.taken_up();
        if taken_up < TAKEN_UP_MAX {
            SUGGESTIONS_AHEAD.saturating_sub(self.by_us().len() - taken_up)
        } else {
            0
        }
    }

    /// We suggest a piece.
    pub fn suggest(&mut self, piece: u32) {
        self.entrust(piece, Stage::Suggested);
    }

    /// The peer asks us for a part of a piece. Whether that is news.
    pub fn asked(&mut self, piece: u32) -> bool {
        if let Some(known) = self.find(piece) {
            let is_news = known.stage == Stage::Suggested;
            known.stage = if is_news { Stage::Asked } else { known.stage };
            return is_news;
        }
        if self.taken_up() < TAKEN_UP_MAX {
            self.entrust(piece, Stage::Asked);
        }
        true
    }

    /// A part of a piece is sent.
    pub fn sent(&mut self, piece: u32) {
        if let Some(known) = self.find(piece) {
            known.stage = Stage::Begun;
        }
    }

    /// The peer has the piece.
    pub fn has(&mut self, piece: u32) {
        if let Some(lists) = &mut self.0 {
            lists.by_us.retain(|entrusted| entrusted.piece != piece);
        }
    }

    /// We choke the peer: what was not begun is for others.
    pub fn choked(&mut self) {
        if let Some(lists) = &mut self.0 {
            lists.by_us.retain(|entrusted| entrusted.stage == Stage::Begun);
        }
    }

    fn by_us(&self) -> &[Entrusted] {
        self.0.as_deref().map_or(&[], |lists| &lists.by_us)
    }

    fn find(&mut self, piece: u32) -> Option<&mut Entrusted> {
        self.0.as_mut()?.by_us.iter_mut().find(|entrusted| entrusted.piece == piece)
    }

    fn entrust(&mut self, piece: u32, stage: Stage) {
        self.0.get_or_insert_default().by_us.push(Entrusted { piece, stage });
    }

    fn taken_up(&self) -> usize {
        self.by_us().iter().filter(|entrusted| entrusted.stage > Stage::Suggested).count()
    }

    /// The peer suggests a piece to us.
    pub fn hear(&mut self, piece: u32) {
        let by_peer = &mut self.0.get_or_insert_default().by_peer;
        if by_peer.contains(&piece) {
            return;
        }
        if by_peer.len() == SUGGESTIONS_KEPT_MAX {
            by_peer.pop_front();
        }
        by_peer.push_back(piece);
    }

    /// What the peer suggests, oldest first.
    pub fn heard(&self) -> &VecDeque<u32> {
        self.0.as_deref().map_or(&NO_SUGGESTIONS, |lists| &lists.by_peer)
    }

    /// The piece is begun or held: its suggestion has served.
    pub fn settle(&mut self, piece: u32) {
        if let Some(lists) = &mut self.0 {
            lists.by_peer.retain(|suggested| *suggested != piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_suggestion_that_is_taken_up_makes_room_for_the_next() {
        let mut suggestions = Suggestions::default();
        assert_eq!(suggestions.room(), SUGGESTIONS_AHEAD);
        (0..SUGGESTIONS_AHEAD as u32).for_each(|piece| suggestions.suggest(piece));
        assert_eq!(suggestions.room(), 0);
        assert!(suggestions.asked(1) && !suggestions.asked(1), "only the first request is news");
        assert_eq!(suggestions.room(), 1);
        suggestions.sent(1);
        suggestions.asked(0);
        suggestions.choked();
        assert_eq!(suggestions.entrusted().collect::<Vec<_>>(), [1], "what was begun stays its own");
        suggestions.has(1);
        assert_eq!(suggestions.entrusted().count(), 0);
    }

    proptest! {
        /// Whatever a peer asks for and suggests, we remember little of it.
        #[test]
        fn memory_is_bounded(steps in proptest::collection::vec((0u8..6, 0u32..200), 0..400)) {
            let mut suggestions = Suggestions::default();
            for (step, piece) in steps {
                match step {
                    0 if suggestions.room() > 0 && !suggestions.entrusted().any(|known| known == piece) =>
                        suggestions.suggest(piece),
                    0 | 1 => { suggestions.asked(piece); }
                    2 => suggestions.has(piece),
                    3 => suggestions.hear(piece),
                    4 => suggestions.sent(piece),
                    _ => suggestions.choked(),
                }
                prop_assert!(suggestions.entrusted().count() <= TAKEN_UP_MAX + SUGGESTIONS_AHEAD);
                prop_assert!(suggestions.heard().len() <= SUGGESTIONS_KEPT_MAX);
                let mut pieces: Vec<u32> = suggestions.entrusted().collect();
                pieces.sort_unstable();
                prop_assert!(pieces.windows(2).all(|pair| pair[0] != pair[1]), "each piece stands once");
            }
        }
    }
}
