//! Piece pickers: which piece to ask a peer for next.
//!
//! A picker is a pure selector: it reads a [`PickView`] and answers; the torrent commits. A new picker is one file here
//! and one line in the [registry](REGISTRY), and can be named in a scenario, in a configuration and in a comparison at
//! once.

mod bitos;
mod deadline;
mod global_rarest;
mod mixed;
mod portion;
mod random;
mod rarest_first;
mod registry;
mod sequential;
mod swarm_copies;
mod whole_pieces;
mod window;
mod within;

use std::collections::VecDeque;

use crate::bitfield::PieceSet;
use crate::pieces::{PartialPiece, PieceMap};
use crate::playback::Playhead;
use crate::random::Rng;

pub use bitos::Bitos;
pub use deadline::Deadline;
pub use global_rarest::GlobalRarest;
pub use mixed::Mixed;
pub use portion::Portion;
pub use random::Random;
pub use rarest_first::RarestFirst;
pub use registry::{Entry, NAMES, PickerError, REGISTRY, make};
pub use sequential::Sequential;
pub use swarm_copies::SwarmCopies;
pub use whole_pieces::WholePieces;
pub use window::Window;

/// Chooses pieces.
pub trait PiecePicker: Send {
    /// A piece that the peer has and of which a block is [free](crate::pieces::BlockState::Free), or `None` if the peer
    /// has none. The answer is either a candidate or a piece in progress; its first free block will be asked for.
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32>;
}

/// What a picker sees.
#[derive(Clone, Copy)]
pub struct PickView<'a> {
    /// The pieces: held, in progress, candidates, and their availability.
    pub pieces: &'a PieceMap,
    /// What may be asked of the peer.
    pub peer: &'a PieceSet,
    /// The number by which pieces in progress know the peer.
    pub contributor: u32,
    /// The piece of which a block was asked of this peer last.
    pub last: Option<u32>,
    /// What the peer suggests (BEP 6), oldest first.
    pub suggested: &'a VecDeque<u32>,
    /// Payload that the peer has sent lately, bytes a second; 0 of one that has sent nothing yet.
    pub bytes_per_s: f64,
    /// What a player needs soon, if somebody watches.
    pub playhead: Option<Playhead>,
}

impl<'a> PickView<'a> {
    /// Pieces in progress with a free block that the peer has and may be asked for.
    pub fn open_partials(&self) -> impl Iterator<Item = &'a PartialPiece> + use<'a> {
        let view = *self;
        self.pieces.partials().iter().filter(move |partial| view.is_open(partial))
    }

    fn is_open(&self, partial: &PartialPiece) -> bool {
        partial.free() > 0 && self.peer.contains(partial.piece) && partial.is_open_to(self.contributor)
    }

    /// A piece that nobody else has a part in: the peer's own, or a fresh one.
    pub fn alone(&self, rng: &mut Rng) -> Option<u32> {
        let own = self.open_partials().find(|partial| partial.is_reserved_for(self.contributor));
        own.map(|partial| partial.piece).or_else(|| self.random_candidate(rng))
    }

    /// The piece asked of this peer last, if there is more to ask for.
    pub fn continue_last(&self) -> Option<u32> {
        let last = self.pieces.partial(self.last?)?;
        self.is_open(last).then_some(last.piece)
    }

    /// The piece in progress with the fewest free blocks, so that pieces become whole soon and can be passed on.
    pub fn nearest_to_whole(&self) -> Option<u32> {
        self.open_partials().min_by_key(|partial| partial.free()).map(|partial| partial.piece)
    }

    /// The first candidate that the peer suggests and may be asked for.
    pub fn suggestion(&self) -> Option<u32> {
        let candidates = self.pieces.candidates();
        let may_begin = |piece: &&u32| candidates.contains(**piece) && self.peer.contains(**piece);
        self.suggested.iter().find(may_begin).copied()
    }

    /// A candidate that the peer has, each equally likely.
    pub fn random_candidate(&self, rng: &mut Rng) -> Option<u32> {
        let choices = self.pieces.candidates().count_and(self.peer);
        let chosen = crate::random::below(rng, choices) as usize;
        self.pieces.candidates().iter_and(self.peer).nth(chosen)
    }
}

#[cfg(test)]
mod tests;
