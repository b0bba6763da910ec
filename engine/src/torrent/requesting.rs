//! Asking for blocks.

use crate::bitfield::PieceSet;
use crate::metainfo::BLOCK_BYTES;
use crate::peer::PeerConnection;
use crate::picker::PickView;
use crate::pieces::BlockState;
use crate::random::below;
use crate::session::context::Context;
use crate::time::Time;
use crate::wire::{BlockRequest, Message};

use super::Torrent;
use super::timers::Timer;

/// In endgame a peer is asked for so many blocks at a time that others were asked for too.
const ENDGAME_DEPTH: usize = 2;

impl Torrent {
    /// Asks a peer for as much as it bears and has.
    pub(super) fn request_more(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &self.peers[at];
        if !self.is_running() || !peer.may_be_asked() || self.waits_for_room(cx.now) {
            return;
        }
        let mut asked = false;
        for _ in 0..peer.pipeline.room() {
            let not_before = self.allowance.next_down().max(cx.allowance.next_down());
            if not_before > cx.now {
                self.timers.hasten(Timer::Ask, not_before);
                break;
            }
            let Some((piece, block)) = self.choose(cx, at) else { break };
            self.request(cx, at, piece, block);
            asked = true;
        }
        if asked {
            self.wake(cx, at);
        }
    }

    /// Blocks have become free: everybody who could send one is asked.
    pub(super) fn request_more_everywhere(&mut self, cx: &mut Context<'_>) {
        let mut able: Vec<usize> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.may_be_asked() && peer.pipeline.room() > 0)
            .map(|(at, _)| at)
            .collect();
        // Without endgame two that snub us would hand a last block to and fro, and nobody else would ever be asked.
        // Where the user limits what is fetched, who has waited longest for a request comes first.
        let is_limited = self.allowance.limits_down() || cx.allowance.limits_down();
        able.sort_by_key(|at| {
            let peer = &self.peers[*at];
            (peer.pipeline.is_snubbed(), if is_limited { peer.asked_at } else { Time::ZERO })
        });
        able.into_iter().for_each(|at| self.request_more(cx, at));
    }

    fn choose(&mut self, cx: &mut Context<'_>, at: usize) -> Option<(u32, u32)> {
        let peer = &self.peers[at];
        let while_choked;
        let may_ask = if peer.peer_choking {
            while_choked = allowed_while_choked(peer);
            &while_choked
        } else {
            &peer.have
        };
        if self.pieces.is_endgame() {
            return self.choose_in_endgame(cx, at, may_ask);
        }
        let (contributor, last) = (peer.contributor, peer.pipeline.last_piece());
        let view = PickView {
            pieces: &self.pieces,
            peer: may_ask,
            contributor,
            last,
            suggested: peer.suggestions.heard(),
            bytes_per_s: peer.pipeline.bytes_per_s(),
            playhead: self.player.as_ref().map(|player| player.playhead(cx.now)),
        };
        let alone = if peer.on_parole { view.alone(cx.rng) } else { None };
        let piece = alone.or_else(|| self.picker.pick(&view, cx.rng))?;
        let block = self.pieces.partial(piece).map_or(Some(0), |partial| partial.first_free())?;
        Some((piece, block))
    }

    /// Every missing block was asked for: the blocks on which we wait are asked for elsewhere too (BEP 3), those that
    /// the fewest were asked for first, from a random place on.
    fn choose_in_endgame(&self, cx: &mut Context<'_>, at: usize, may_ask: &PieceSet) -> Option<(u32, u32)> {
        let peer = &self.peers[at];
        if peer.pipeline.outstanding().len() >= ENDGAME_DEPTH || peer.pipeline.is_snubbed() {
            return None;
        }
        let partials = self.pieces.partials();
        let start = below(cx.rng, partials.len() as u32) as usize;
        let (before, after) = partials.split_at(start);
        let limit = self.config.endgame_requesters_max;
        after
            .iter()
            .chain(before)
            .filter(|partial| may_ask.contains(partial.piece) && partial.is_open_to(peer.contributor))
            .flat_map(|partial| {
                partial.blocks().iter().enumerate().filter_map(|(block, state)| match state {
                    BlockState::Requested(peers) if *peers < limit => {
                        Some((*peers, partial.piece, block as u32))
                    }
                    _ => None,
                })
            })
            .filter(|(_, piece, block)| !peer.pipeline.contains(*piece, *block))
            .min_by_key(|(peers, ..)| *peers)
            .map(|(_, piece, block)| (piece, block))
    }

    fn request(&mut self, cx: &mut Context<'_>, at: usize, piece: u32, block: u32) {
        let fresh = self.pieces.candidates().contains(piece);
        self.pieces.request(piece, block);
        if fresh && self.peers[at].on_parole {
            self.pieces.reserve(piece, self.peers[at].contributor);
        }
        let request = self.block_request(piece, block);
        let peer = &mut self.peers[at];
        peer.asked_at = cx.now;
        self.allowance.asked(u64::from(request.length), cx.now);
        cx.allowance.asked(u64::from(request.length), cx.now);
        peer.suggestions.settle(piece);
        peer.pipeline.push(piece, block, cx.now);
        peer.say(&Message::Request(request));
    }

    /// Takes back what was asked of a peer that doesn't send it.
    pub(super) fn take_back_requests(&mut self, cx: &mut Context<'_>, at: usize) {
        self.pieces.unreserve(self.peers[at].contributor);
        let asked: Vec<(u32, u32)> = self.peers[at]
            .pipeline
            .outstanding()
            .iter()
            .map(|request| (request.piece, request.block))
            .collect();
        for (piece, block) in asked {
            self.cancel(cx, at, piece, block);
            self.pieces.release(piece, block, cx.rng);
        }
    }

    /// A peer that snubs us has been left with a request, so that it can recover. It may keep that for as long as it is
    /// the only one who could bring the block: a slow one would never be done if it were to begin again. But nobody is
    /// to stand idle who has the block, not even one that has snubbed us too: the others are asked first then.
    pub(super) fn pass_on_requests(&mut self, cx: &mut Context<'_>, at: usize) {
        let outstanding = self.peers[at].pipeline.outstanding();
        let could_bring = |peer: &PeerConnection| {
            peer.may_be_asked()
                && peer.pipeline.room() > 0
                && outstanding.iter().any(|request| may_ask_for(peer, request.piece))
        };
        if self.peers.iter().any(|(_, peer)| could_bring(peer)) {
            self.take_back_requests(cx, at);
            self.peers[at].pipeline.pause();
            self.request_more_everywhere(cx);
        }
    }

    /// Tells a peer that we don't want a block any more. False if it was not asked for it.
    pub(super) fn cancel(&mut self, cx: &mut Context<'_>, at: usize, piece: u32, block: u32) -> bool {
        let request = self.block_request(piece, block);
        let peer = &mut self.peers[at];
        if !peer.pipeline.cancel(piece, block) {
            return false;
        }
        peer.say(&Message::Cancel(request));
        self.wake(cx, at);
        true
    }

    fn block_request(&self, piece: u32, block: u32) -> BlockRequest {
        BlockRequest { piece, begin: block * BLOCK_BYTES, length: self.geometry().block_size(piece, block) }
    }
}

fn may_ask_for(peer: &PeerConnection, piece: u32) -> bool {
    peer.have.contains(piece) && (!peer.peer_choking || peer.granted().contains(piece))
}

fn allowed_while_choked(peer: &PeerConnection) -> PieceSet {
    let mut set = PieceSet::empty(peer.have.piece_count());
    peer.granted().pieces().iter().filter(|piece| peer.have.contains(**piece)).for_each(|piece| {
        set.insert(*piece);
    });
    set
}
