//! SUGGEST PIECE (BEP 6): a seed tells those whom it serves what nobody else is getting from it.
//!
//! Left alone, leechers that fetch from one seed choose the same piece now and then, since none knows what the others
//! have just begun. What the seed then sends twice delays what it has not sent at all, and so everybody's end. The seed
//! knows what it sends to whom. "The intended usage is for 'super-seeding' without throughput reduction, to avoid
//! redundant downloads" (BEP 6).
//!
//! Only what none of our peers has is suggested: as soon as each piece is in the swarm, rarest first does the rest.

use crate::bitfield::PieceSet;
use crate::peer::allowed_fast::ALLOWED_FAST_MAX;
use crate::random::below;
use crate::session::context::Context;
use crate::wire::Message;

use super::Torrent;

impl Torrent {
    /// Suggests as much to a peer as it may have ahead.
    pub(super) fn suggest_more(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &self.peers[at];
        let fetches = peer.fast && !peer.am_choking && peer.peer_interested;
        if !self.config.suggest_pieces || !self.is_seed() || self.super_seeding || !fetches {
            return;
        }
        for _ in 0..peer.suggestions.room() {
            let Some(piece) = self.unsent(cx) else { return };
            let peer = &mut self.peers[at];
            peer.suggestions.suggest(piece);
            peer.say(&Message::SuggestPiece(piece));
            self.wake(cx, at);
        }
    }

    /// A piece that no peer has or is fetching from us, each equally likely.
    fn unsent(&self, cx: &mut Context<'_>) -> Option<u32> {
        let availability = self.pieces.availability();
        if availability.nowhere() == 0 {
            return None;
        }
        let mut spoken_for = PieceSet::empty(self.geometry().piece_count);
        for (_, peer) in &self.peers {
            peer.suggestions.entrusted().for_each(|piece| {
                spoken_for.insert(piece);
            });
        }
        let is_unsent = |piece: &u32| availability.of(*piece) == 0 && !spoken_for.contains(*piece);
        let choices = || (0..self.geometry().piece_count).filter(is_unsent);
        let chosen = below(cx.rng, choices().count() as u32);
        choices().nth(chosen as usize)
    }

    /// A peer asks for a part of a piece, so it is about to fetch it.
    pub(super) fn note_asked(&mut self, cx: &mut Context<'_>, at: usize, piece: u32) {
        let would_suggest = self.config.suggest_pieces && self.is_seed();
        if would_suggest
            && self.pieces.availability().nowhere() > 0
            && self.peers[at].suggestions.asked(piece)
        {
            self.suggest_more(cx, at);
        }
    }

    /// A turn ends in the middle of pieces. Those that nobody else has may be finished (ALLOWED FAST, BEP 6): what is left
    /// of them in here is of no use to anybody until the peer's next turn, and meanwhile others would fetch them again.
    pub(super) fn let_finish(&mut self, at: usize) {
        let peer = &mut self.peers[at];
        if !peer.fast {
            return;
        }
        for piece in peer.suggestions.begun() {
            let granted = &mut peer.aside.allowed_fast_by_us;
            if granted.len() < ALLOWED_FAST_MAX && !granted.contains(&piece) {
                granted.push(piece);
                Message::AllowedFast(piece).encode_head(&mut peer.outbox);
            }
        }
    }

    /// SUGGEST PIECE: kept until we know whether the picker wants it.
    pub(super) fn hear_suggestion(&mut self, at: usize, piece: u32) {
        if self.pieces.candidates().contains(piece) {
            self.peers[at].suggestions.hear(piece);
        }
    }
}
