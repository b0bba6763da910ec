//! A block has come; a piece is whole.

use crate::session::context::Context;
use crate::session::{CloseReason, Event, Misbehaviour};
use crate::storage::{Body, Work};

use super::disk::PendingJob;
use super::{Phase, Torrent};

/// A peer may send so many blocks that were not asked for: cancels and time-outs cross with blocks on their way.
const UNASKED_MAX: u8 = 64;

impl Torrent {
    /// PIECE: what was asked for goes to the disk, anything else is waste.
    pub(super) fn hear_piece(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        piece: u32,
        begin: u32,
        data: Body,
    ) -> Result<(), CloseReason> {
        let bytes = data.len() as u32;
        let peer = &mut self.peers[at];
        peer.downloaded.add(bytes.into());
        self.totals.downloaded += u64::from(bytes);
        let Some(block) = self.pieces.geometry().block_at(piece, begin, bytes) else {
            return self.waste_unasked(at, bytes);
        };
        if !peer.pipeline.arrive(piece, block, bytes, cx.now) {
            if peer.pipeline.settle_cancelled(piece, block) {
                peer.pipeline.came_late(cx.now);
                let wasted = &mut self.totals.wasted;
                let cause =
                    if self.pieces.is_here(piece, block) { &mut wasted.duplicate } else { &mut wasted.late };
                *cause += u64::from(bytes);
                return Ok(());
            }
            return self.waste_unasked(at, bytes);
        }
        let contributor = peer.contributor;
        self.totals.blocks += 1;
        match self.pieces.arrive(piece, block, contributor) {
            Some(0) => {}
            Some(_) => self.cancel_elsewhere(cx, piece, block),
            None => {
                debug_assert!(false, "S5: a block that is here was asked for");
                self.totals.wasted.duplicate += u64::from(bytes);
                return Ok(());
            }
        }
        self.disk(cx, PendingJob::Write { piece, block }, Work::Write { piece, begin, data });
        Ok(())
    }

    fn waste_unasked(&mut self, at: usize, bytes: u32) -> Result<(), CloseReason> {
        self.totals.wasted.unasked += u64::from(bytes);
        let peer = &mut self.peers[at];
        peer.unasked += 1;
        if peer.unasked > UNASKED_MAX {
            return Err(CloseReason::Misbehaved(Misbehaviour::PieceUnasked));
        }
        Ok(())
    }

    fn cancel_elsewhere(&mut self, cx: &mut Context<'_>, piece: u32, block: u32) {
        let all = self.everybody();
        for at in all {
            if self.cancel(cx, at, piece, block) {
                self.totals.cancels += 1;
            }
        }
    }

    /// The disk has a block.
    pub(super) fn written(&mut self, cx: &mut Context<'_>, piece: u32, block: u32) {
        self.found_room();
        if self.pieces.wrote(piece, block) {
            self.disk(cx, PendingJob::Verify { piece }, Work::Verify { piece });
        }
    }

    /// A piece was what its hash says.
    pub(super) fn accept_piece(&mut self, cx: &mut Context<'_>, piece: u32) {
        let contributors = self.pieces.accept(piece);
        if let [alone] = contributors[..] {
            let mut peers = self.peers.iter_mut().map(|(_, peer)| peer);
            peers.find(|peer| peer.contributor == alone).into_iter().for_each(|peer| peer.on_parole = false);
        }
        self.tell_player(cx);
        cx.event(Event::PieceVerified { torrent: self.key, piece });
        self.say_have(cx, piece);
        if self.is_finished() && self.phase == Phase::Running {
            self.complete(cx);
        }
    }

    fn complete(&mut self, cx: &mut Context<'_>) {
        cx.event(Event::Completed { torrent: self.key });
        self.flush_haves(cx);
        self.part_from_seeds(cx);
        self.say_upload_only(cx);
        self.announce_completed(cx);
    }

    /// A piece was not: it is fetched again. Who sent all of it is guilty. Of several one may be innocent: until they
    /// have sent a good one, they fetch pieces alone (libtorrent's parole), so that the next bad one tells them apart.
    pub(super) fn refuse_piece(&mut self, cx: &mut Context<'_>, piece: u32) {
        let contributors = self.pieces.refuse(piece, cx.rng);
        self.totals.hash_failures += 1;
        self.totals.wasted.bad_piece += u64::from(self.geometry().piece_size(piece));
        cx.event(Event::PieceFailed { torrent: self.key, piece });
        let suspects: Vec<usize> = self
            .peers
            .iter()
            .filter(|(_, peer)| contributors.binary_search(&peer.contributor).is_ok())
            .map(|(at, _)| at)
            .collect();
        for at in suspects {
            self.peers[at].on_parole = true;
            if contributors.len() == 1 {
                self.ban(cx, at);
            }
        }
        self.request_more_everywhere(cx);
    }

    fn ban(&mut self, cx: &mut Context<'_>, at: usize) {
        let remote = self.peers[at].remote;
        self.banned.insert(remote.ip());
        cx.event(Event::PeerBanned { torrent: self.key, remote });
        // Whoever is at the address would not be let in again: what is left of an earlier life of the same peer, or is
        // just being dialled, goes too.
        let there: Vec<usize> =
            self.peers.iter().filter(|(_, peer)| peer.remote.ip() == remote.ip()).map(|(at, _)| at).collect();
        there.into_iter().for_each(|at| self.part(cx, at, CloseReason::Banned));
    }
}
