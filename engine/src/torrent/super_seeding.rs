//! Super-seeding (BEP 16): the first seed claims to have nothing, and tells each peer of a piece or two that nobody else
//! was told of. A peer hears of another once its piece was seen at somebody else: so every upload reaches the swarm, and
//! who passes nothing on gets little.
//!
//! It ends by itself: as soon as each piece was seen at a peer, everybody is told of everything, since from then on it would
//! only be slower than rarest first (BEP 16: "not recommended for general use").

use std::time::Duration;

use crate::bitfield::PieceSet;
use crate::peer::{PeerConnection, Unveiled};
use crate::random::below;
use crate::session::context::Context;
use crate::wire::Message;

use super::Torrent;

/// A peer that has had its piece for so long, and nobody else has shown it, is told of another all the same: its only
/// neighbours may be seeds, or people who never finish.
const FORGIVEN_AFTER: Duration = Duration::from_secs(60);
/// A piece is one peer's to spread for so long, and others are told of nothing that they would fetch in its place,
const KEPT_FOR: Duration = Duration::from_secs(5 * 60);
/// but no longer than this in a turn in which it might have fetched it.
const KEPT_IN_A_TURN: Duration = Duration::from_secs(60);

/// Who has said nothing of pieces for so long has none: it may leave that out (BEP 3), and has to who does not know the
/// torrent's size yet.
const SILENT_FOR: Duration = Duration::from_secs(5);
/// Pieces that a peer is told of in one second when all is over, so that few bytes wait for it.
const LIFTED_AT_ONCE: usize = 1_000;

impl Torrent {
    /// Tells a peer of as many pieces as are its own to spread.
    pub(super) fn unveil_more(&mut self, cx: &mut Context<'_>, at: usize) {
        let has_room = |peer: &PeerConnection| peer.unveiled.as_deref().is_some_and(Unveiled::has_room);
        while self.super_seeding && has_room(&self.peers[at]) {
            let Some(piece) = self.veiled(cx, at) else { return };
            let peer = &mut self.peers[at];
            let unveiled = peer.unveiled.as_mut().expect("it has room");
            unveiled.unveil(piece, cx.now);
            peer.say(&Message::Have(piece));
            self.wake(cx, at);
        }
    }

    /// A piece that is nowhere, and nobody else's to spread, each equally likely. If there is none the peer loses interest in
    /// us, and those whose pieces are missing get its slot.
    fn veiled(&self, cx: &mut Context<'_>, at: usize) -> Option<u32> {
        let peer = &self.peers[at];
        let unveiled = peer.unveiled.as_ref()?;
        let mut told = PieceSet::empty(self.geometry().piece_count);
        let keeps = |peer: &&PeerConnection| peer.am_choking || cx.now - peer.choke_changed < KEPT_IN_A_TURN;
        let keepers = self.peers.iter().map(|(_, peer)| peer).filter(keeps);
        for unveiled in keepers.filter_map(|peer| peer.unveiled.as_ref()) {
            unveiled.unseen(cx.now, KEPT_FOR).for_each(|piece| {
                told.insert(piece);
            });
        }
        let availability = self.pieces.availability();
        let choices = || {
            let open = (0..self.geometry().piece_count).filter(|piece| availability.of(*piece) == 0);
            open.filter(|piece| !told.contains(*piece) && !unveiled.contains(*piece))
        };
        let chosen = below(cx.rng, choices().count() as u32);
        choices().nth(chosen as usize)
    }

    /// A peer has said what it has: whoever has passed on what it was told of is told of more.
    pub(super) fn note_spread(&mut self, cx: &mut Context<'_>) {
        if !self.super_seeding {
            return;
        }
        if self.pieces.availability().nowhere() == 0 {
            self.super_seeding = false;
            return self.lift_veils(cx);
        }
        let all = self.everybody();
        for at in all {
            let (availability, peer) = (self.pieces.availability(), &mut self.peers[at]);
            let copies = |piece| (peer.have.contains(piece), availability.of(piece));
            let unveiled = peer.unveiled.as_mut();
            if unveiled.is_some_and(|unveiled| unveiled.settle(cx.now, FORGIVEN_AFTER, copies)) {
                self.unveil_more(cx, at);
            }
        }
    }

    /// Once a second: what was forgiven, or is nobody's any more, can be told; and all, when it is over.
    pub(super) fn tick_super_seeding(&mut self, cx: &mut Context<'_>) {
        self.note_spread(cx);
        if self.super_seeding {
            let is_known = |at: &usize| {
                let peer = &self.peers[*at];
                peer.announced || cx.now - peer.since >= SILENT_FOR
            };
            let known: Vec<usize> = self.established().filter(is_known).collect();
            known.into_iter().for_each(|at| self.unveil_more(cx, at));
        } else {
            self.lift_veils(cx);
        }
    }

    /// Super-seeding is over: everybody is told of everything, a part each second.
    fn lift_veils(&mut self, cx: &mut Context<'_>) {
        let pieces = self.geometry().piece_count;
        let veiled: Vec<usize> = self.established().filter(|at| self.peers[*at].unveiled.is_some()).collect();
        for at in veiled {
            let peer = &mut self.peers[at];
            let Some(mut unveiled) = peer.unveiled.take() else { continue };
            let is_untold = |piece: &u32| !unveiled.contains(*piece) && !peer.have.contains(*piece);
            let untold: Vec<u32> = (0..pieces).filter(is_untold).take(LIFTED_AT_ONCE).collect();
            for piece in &untold {
                unveiled.lift(*piece);
                peer.say(&Message::Have(*piece));
            }
            peer.unveiled = (untold.len() == LIFTED_AT_ONCE).then_some(unveiled);
            self.wake(cx, at);
        }
    }
}
