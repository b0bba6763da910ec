//! Rarest first (BEP 3's client; Legout et al. 2006): what few peers have is fetched first, so that it becomes common.

use crate::pieces::availability::Ranking;
use crate::random::Rng;

use super::{PickView, PiecePicker};

/// So many pieces are chosen at random first, to have something to offer soon: rare pieces are slow to get
/// (libtorrent: 4).
pub(super) const RANDOM_FIRST_PIECES: u32 = 4;
/// With so many pieces in progress none is begun if one of them can be gone on with, however rare: what is in progress
/// can't be passed on yet.
pub(super) const PARTIALS_MAX: usize = 50;

/// First what was begun with this peer, then the rarest piece; of equally rare ones a piece in progress, then what the
/// peer suggests, then any.
///
/// A piece in progress that others have too is left to them: who has something rare, above all a seed, is asked for
/// that. Otherwise a seed's link goes into finishing pieces that are common, and the rare ones stay rare.
pub struct RarestFirst {
    /// So many pieces are chosen at random first.
    pub random_first: u32,
}

impl Default for RarestFirst {
    fn default() -> RarestFirst {
        RarestFirst { random_first: RANDOM_FIRST_PIECES }
    }
}

impl PiecePicker for RarestFirst {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        if let Some(piece) = view.continue_last() {
            return Some(piece);
        }
        let availability = view.pieces.availability();
        let partial = view
            .open_partials()
            .min_by_key(|partial| (availability.of(partial.piece), partial.free()))
            .map(|partial| partial.piece);
        if view.pieces.partials().len() >= PARTIALS_MAX && partial.is_some() {
            return view.nearest_to_whole();
        }
        let suggestion = view.suggestion();
        let fresh = if view.pieces.held().len() < self.random_first {
            suggestion.or(partial).or_else(|| view.random_candidate(rng))
        } else {
            // Whatever is as common as what can be gone on with is of no interest.
            rarest_fresh(
                match partial {
                    Some(partial) => availability.rarer_than(availability.of(partial)),
                    None => availability.rarest_first(),
                },
                view,
            )
        };
        match (partial, fresh) {
            (Some(partial), Some(fresh)) if availability.of(fresh) < availability.of(partial) => Some(fresh),
            (partial, fresh) => partial.or(fresh),
        }
    }
}

/// The rarest of these candidates that the peer has, rarest first; of equally rare ones what it suggests, else any.
pub(super) fn rarest_fresh(candidates: Ranking<'_>, view: &PickView<'_>) -> Option<u32> {
    let (availability, suggestion) = (view.pieces.availability(), view.suggestion());
    let rarest = candidates.first_in(view.peer);
    let copies = |piece: Option<u32>| piece.map(|piece| availability.of(piece));
    suggestion.filter(|_| copies(suggestion) <= copies(rarest)).or(rarest)
}
