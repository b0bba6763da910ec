//! Choices within a part of the content, for pickers that serve a player.

use std::ops::Range;

use super::PickView;

/// Where nobody says how long the window is, it is this share of the content: the 8 % with which BiToS was measured.
const WINDOW_PERCENT: u32 = 8;
/// And at least so many pieces, so that there is a choice.
const WINDOW_MIN: u32 = 8;

impl PickView<'_> {
    /// The pieces that are wanted soon: from the playhead on. Where nobody watches, from the first missing piece on, as if
    /// somebody watched there.
    pub fn window(&self) -> Range<u32> {
        let pieces = self.pieces.geometry().piece_count;
        let (start, length) = match self.playhead {
            Some(playhead) => (playhead.piece, playhead.window),
            None => (self.pieces.settled().first_gap(0), self.usual_window()),
        };
        start..start.saturating_add(length).min(pieces)
    }

    /// From the playhead on as many missing pieces as the window is long, and what lies between them.
    pub fn missing_window(&self) -> Range<u32> {
        let settled = self.pieces.settled();
        let (start, length) = match self.playhead {
            Some(playhead) => (playhead.piece, playhead.window),
            None => (0, self.usual_window()),
        };
        let end = (0..length).fold(start, |at, _| settled.first_gap(at).saturating_add(1));
        start..end.min(self.pieces.geometry().piece_count)
    }

    fn usual_window(&self) -> u32 {
        (self.pieces.geometry().piece_count * WINDOW_PERCENT / 100).max(WINDOW_MIN)
    }

    /// The rarest piece in this part of the content, in progress or not; in progress if others are as rare, and of those
    /// the nearest to whole.
    pub fn rarest_in(&self, part: Range<u32>) -> Option<u32> {
        let availability = self.pieces.availability();
        let begun = self
            .open_partials()
            .filter(|partial| part.contains(&partial.piece))
            .min_by_key(|partial| (availability.of(partial.piece), partial.free()))
            .map(|partial| partial.piece);
        let fresh = self.fresh_in(part).min_by_key(|piece| availability.rank(*piece));
        match (begun, fresh) {
            (Some(begun), Some(fresh)) if availability.of(fresh) < availability.of(begun) => Some(fresh),
            (begun, fresh) => begun.or(fresh),
        }
    }

    /// The first piece in this part of the content, in progress or not.
    pub fn first_in(&self, part: Range<u32>) -> Option<u32> {
        let begun = self.open_partials().map(|partial| partial.piece).filter(|piece| part.contains(piece));
        let fresh = self.fresh_in(part.clone()).next();
        begun.chain(fresh).min()
    }

    fn fresh_in(&self, part: Range<u32>) -> impl Iterator<Item = u32> {
        let (candidates, peer) = (self.pieces.candidates(), self.peer);
        part.filter(|piece| candidates.contains(*piece) && peer.contains(*piece))
    }
}
