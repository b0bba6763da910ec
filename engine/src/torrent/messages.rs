//! What a peer says, message by message.

use bytes::Bytes;

use crate::bitfield::PieceSet;
use crate::peer::Stage;
use crate::peer::allowed_fast::{ALLOWED_FAST_PIECES, GRANTS_KEPT_MAX, allowed_fast_set};
use crate::session::context::Context;
use crate::session::{CloseReason, Misbehaviour};
use crate::wire::{BlockRequest, FrameError, Handshake, Message};

use super::Torrent;

type Heard = Result<(), CloseReason>;

fn misbehaved(rule: Misbehaviour) -> Heard {
    Err(CloseReason::Misbehaved(rule))
}

impl Torrent {
    /// Bytes have arrived from a peer.
    pub fn receive(&mut self, cx: &mut Context<'_>, at: usize, data: impl IntoIterator<Item = Bytes>) {
        self.peers[at].last_received = cx.now;
        let mut heard = Ok(false);
        for data in data {
            // Read in time, more fragments than the decoder has places for hardly ever meet.
            if self.peers[at].decoder.is_crowded() {
                heard = self.read_more(cx, at, heard);
            }
            self.peers[at].decoder.push(data);
        }
        match self.read_more(cx, at, heard) {
            Ok(false) => {} // A part of a message changes nothing.
            heard => self.conclude(cx, at, heard.map(drop)),
        }
    }

    /// Reads on, unless there was a reason to part: whether there has been a whole message.
    fn read_more(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        heard: Result<bool, CloseReason>,
    ) -> Result<bool, CloseReason> {
        heard.and_then(|has_read| Ok(self.read_on(cx, at)? | has_read))
    }

    /// All messages of a peer that are whole have been read.
    pub(super) fn conclude(&mut self, cx: &mut Context<'_>, at: usize, heard: Heard) {
        match heard {
            Ok(()) => self.request_more(cx, at),
            Err(reason) => self.part(cx, at, reason),
        }
        self.take_metadata(cx);
    }

    /// Reads every message that is whole: whether there was one.
    pub(super) fn read_on(&mut self, cx: &mut Context<'_>, at: usize) -> Result<bool, CloseReason> {
        let mut has_read = false;
        if self.peers[at].stage != Stage::Established {
            let Some(bytes) = self.peers[at].decoder.handshake() else { return Ok(false) };
            let Some(theirs) = Handshake::decode(&bytes) else {
                return Err(CloseReason::Misbehaved(Misbehaviour::HandshakeMalformed));
            };
            self.meet(cx, at, &theirs)?;
            has_read = true;
        }
        loop {
            let rule = match self.peers[at].decoder.message() {
                Ok(Some(message)) => {
                    self.hear(cx, at, message)?;
                    has_read = true;
                    continue;
                }
                Ok(None) if self.peers[at].is_outbox_full() => Misbehaviour::NotReading,
                Ok(None) => return Ok(has_read),
                Err(FrameError::TooLong { .. }) => Misbehaviour::MessageTooLong,
                Err(FrameError::Malformed(_)) => Misbehaviour::MessageMalformed,
            };
            return Err(CloseReason::Misbehaved(rule));
        }
    }

    pub(super) fn hear(&mut self, cx: &mut Context<'_>, at: usize, message: Message) -> Heard {
        if self.hear_early(cx, at, &message)? {
            return Ok(());
        }
        match message {
            Message::Bitfield(bits) => return self.hear_bitfield(cx, at, &bits),
            Message::HaveAll => return self.hear_all_or_none(cx, at, true),
            Message::HaveNone => return self.hear_all_or_none(cx, at, false),
            Message::KeepAlive | Message::Extended { .. } | Message::Port(_) | Message::Unknown(_) => {}
            _ if self.is_running() => self.hear_nothing_announced(cx, at),
            _ => {}
        }
        match message {
            Message::Choke => self.hear_choke(cx, at),
            Message::Unchoke => self.hear_unchoke(at),
            Message::Interested => self.hear_interest(cx, at, true),
            Message::NotInterested => self.hear_interest(cx, at, false),
            Message::Have(piece) => return self.hear_have(cx, at, piece),
            Message::Request(request) => return self.hear_request(cx, at, request),
            Message::Piece { piece, begin, data } => return self.hear_piece(cx, at, piece, begin, data),
            Message::Cancel(request) => self.hear_cancel(cx, at, &request),
            Message::RejectRequest(request) => return self.hear_reject(cx, at, &request),
            Message::SuggestPiece(piece) => {
                self.check_fast(at, piece)?;
                self.hear_suggestion(at, piece);
            }
            Message::AllowedFast(piece) => return self.hear_allowed_fast(at, piece),
            Message::Extended { id, payload } => return self.hear_extended(cx, at, id, &payload),
            Message::KeepAlive | Message::Port(_) | Message::Unknown(_) => {}
            Message::Bitfield(_) | Message::HaveAll | Message::HaveNone => unreachable!("returned above"),
        }
        Ok(())
    }

    fn hear_bitfield(&mut self, cx: &mut Context<'_>, at: usize, bits: &[u8]) -> Heard {
        let Some(have) = PieceSet::from_wire(bits, self.geometry().piece_count) else {
            return misbehaved(Misbehaviour::BitfieldMalformed);
        };
        if self.peers[at].announced {
            self.hear_more(cx, at, &have)
        } else {
            self.hear_announcement(cx, at, have)
        }
    }

    /// A BITFIELD in mid-connection breaks BEP 3, but aria2 sends one where several HAVEs would be longer. So it is
    /// taken for these HAVEs, and only what takes something back is refused.
    fn hear_more(&mut self, cx: &mut Context<'_>, at: usize, have: &PieceSet) -> Heard {
        if self.peers[at].have.count_without(have) > 0 {
            return misbehaved(Misbehaviour::BitfieldLate);
        }
        let new: Vec<u32> = have.iter_without(&self.peers[at].have).collect();
        new.into_iter().try_for_each(|piece| self.hear_have(cx, at, piece))
    }

    fn hear_all_or_none(&mut self, cx: &mut Context<'_>, at: usize, all: bool) -> Heard {
        if !self.peers[at].fast {
            return misbehaved(Misbehaviour::FastWithoutAgreement);
        }
        let pieces = self.geometry().piece_count;
        self.hear_announcement(cx, at, if all { PieceSet::full(pieces) } else { PieceSet::empty(pieces) })
    }

    fn hear_announcement(&mut self, cx: &mut Context<'_>, at: usize, have: PieceSet) -> Heard {
        if self.peers[at].announced {
            return misbehaved(Misbehaviour::BitfieldLate);
        }
        if have.is_full() && self.is_finished() {
            return Err(CloseReason::BothSeeds);
        }
        let peer = &mut self.peers[at];
        peer.announced = true;
        peer.counted_as_full = self.pieces.availability_mut().add_peer(&have, cx.rng);
        peer.have = have;
        peer.count_wanted(self.pieces.settled());
        self.update_interest(cx, at);
        self.say_allowed_fast(cx, at);
        self.unveil_more(cx, at);
        self.note_spread(cx);
        Ok(())
    }

    /// A peer without a piece may leave its bitfield out (BEP 3); the time for it has passed now.
    fn hear_nothing_announced(&mut self, cx: &mut Context<'_>, at: usize) {
        if !self.peers[at].announced {
            self.peers[at].announced = true;
            self.say_allowed_fast(cx, at);
            self.unveil_more(cx, at);
        }
    }

    fn hear_have(&mut self, cx: &mut Context<'_>, at: usize, piece: u32) -> Heard {
        if piece >= self.geometry().piece_count {
            return misbehaved(Misbehaviour::PieceOutOfRange);
        }
        let peer = &mut self.peers[at];
        if !peer.have.insert(piece) {
            return Ok(());
        }
        peer.suggestions.has(piece);
        self.pieces.availability_mut().increment(piece, cx.rng);
        self.note_spread(cx);
        let peer = &mut self.peers[at];
        if !self.pieces.settled().contains(piece) {
            peer.wanted_at_least += 1;
            self.update_interest(cx, at);
        } else if self.peers[at].have.is_full() && self.is_finished() {
            return Err(CloseReason::BothSeeds);
        }
        Ok(())
    }

    fn hear_choke(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &mut self.peers[at];
        peer.peer_choking = true;
        self.pieces.unreserve(peer.contributor);
        // Without the fast extension a choke silently drops all requests; with it, each is answered (BEP 6).
        if !peer.fast {
            for request in peer.pipeline.dropped() {
                self.pieces.release(request.piece, request.block, cx.rng);
            }
            self.request_more_everywhere(cx);
        }
    }

    fn hear_unchoke(&mut self, at: usize) {
        let peer = &mut self.peers[at];
        if peer.peer_choking {
            peer.peer_choking = false;
            peer.pipeline.start();
        }
    }

    fn hear_reject(&mut self, cx: &mut Context<'_>, at: usize, request: &BlockRequest) -> Heard {
        let block = self.geometry().block_at(request.piece, request.begin, request.length);
        let peer = &mut self.peers[at];
        if !peer.fast {
            return misbehaved(Misbehaviour::FastWithoutAgreement);
        }
        let Some(block) = block else { return misbehaved(Misbehaviour::RejectUnasked) };
        // A block that was cancelled and asked for again: answers come in order, so the first is for the cancelled one.
        if peer.pipeline.settle_cancelled(request.piece, block) {
            Ok(())
        } else if peer.pipeline.reject(request.piece, block) {
            peer.revoke(request.piece);
            self.pieces.release(request.piece, block, cx.rng);
            self.request_more_everywhere(cx);
            Ok(())
        } else {
            misbehaved(Misbehaviour::RejectUnasked)
        }
    }

    fn check_fast(&self, at: usize, piece: u32) -> Heard {
        if !self.peers[at].fast {
            misbehaved(Misbehaviour::FastWithoutAgreement)
        } else if piece >= self.geometry().piece_count {
            misbehaved(Misbehaviour::PieceOutOfRange)
        } else {
            Ok(())
        }
    }

    fn hear_allowed_fast(&mut self, at: usize, piece: u32) -> Heard {
        self.check_fast(at, piece)?;
        let peer = &mut self.peers[at];
        if peer.granted().len() < GRANTS_KEPT_MAX && !peer.granted().contains(piece) {
            peer.grant(piece);
        }
        Ok(())
    }

    /// A newcomer may fetch a few pieces while it is choked, so that it has something to offer soon (BEP 6); not of one who
    /// uploads to nobody. What nobody else has is not among them: the sets of newcomers overlap, and it would be sent to
    /// several before it is sent on by one.
    fn say_allowed_fast(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &self.peers[at];
        if !peer.fast
            || peer.unveiled.is_some()
            || self.slots() == 0
            || peer.have.len() >= ALLOWED_FAST_PIECES as u32
        {
            return;
        }
        let pieces = self.geometry().piece_count;
        let set = allowed_fast_set(peer.remote.ip(), self.info_hash, pieces, ALLOWED_FAST_PIECES);
        let (held, availability) = (self.pieces.held(), self.pieces.availability());
        let may_have =
            |piece: &u32| held.contains(*piece) && !peer.have.contains(*piece) && availability.of(*piece) > 0;
        let granted: Vec<u32> = set.into_iter().filter(may_have).collect();
        if granted.is_empty() {
            return;
        }
        let peer = &mut self.peers[at];
        granted.iter().for_each(|piece| peer.say(&Message::AllowedFast(*piece)));
        peer.aside.allowed_fast_by_us = granted;
        self.wake(cx, at);
    }
}
