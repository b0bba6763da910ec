//! Answering requests, and filling sockets.

use crate::peer::PeerConnection;
use crate::peer::serve_queue::Full;
use crate::session::context::Context;
use crate::session::{CloseReason, Misbehaviour, Transmit};
use crate::storage::Work;
use crate::time::Time;
use crate::wire::decoder::PIECE_PAYLOAD_BYTES_MAX;
use crate::wire::message::{PIECE_HEAD_BYTES, piece_head};
use crate::wire::{BlockRequest, Message};

use super::Torrent;
use super::disk::PendingJob;
use super::timers::Timer;

/// Requests beyond what we hold that are dropped before the connection is closed.
const FLOOD_MAX: u16 = 1_000;
/// Bytes of a HAVE on the wire.
const HAVE_BYTES: usize = 9;

impl Torrent {
    /// REQUEST: held, rejected, or a reason to close.
    pub(super) fn hear_request(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        request: BlockRequest,
    ) -> Result<(), CloseReason> {
        let possible = self.geometry().contains(request.piece, request.begin, request.length);
        if !possible || request.length > PIECE_PAYLOAD_BYTES_MAX {
            return Err(CloseReason::Misbehaved(Misbehaviour::RequestOutOfRange));
        }
        let held = self.pieces.held().contains(request.piece);
        let peer = &mut self.peers[at];
        if !held || !peer.knows_of(request.piece) || !peer.may_request(request.piece) {
            return self.refuse_request(cx, at, request);
        }
        match peer.serve.push(request) {
            Ok(()) => {
                self.read_ahead(cx, at);
                self.note_asked(cx, at, request.piece);
            }
            Err(Full) => return self.refuse_request(cx, at, request),
        }
        Ok(())
    }

    /// A request that won't be served now.
    pub(super) fn refuse_request(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        request: BlockRequest,
    ) -> Result<(), CloseReason> {
        self.reject(cx, at, request);
        self.count_flood(at)
    }

    /// Requests that cross with our choke are nobody's fault, as many as fit a queue; far more are.
    pub(super) fn count_flood(&mut self, at: usize) -> Result<(), CloseReason> {
        let peer = &mut self.peers[at];
        peer.floods += 1;
        if peer.floods > FLOOD_MAX {
            return Err(CloseReason::Misbehaved(Misbehaviour::RequestFlood));
        }
        Ok(())
    }

    /// With the fast extension every request is answered (BEP 6); without, silence says no.
    pub(super) fn reject(&mut self, cx: &mut Context<'_>, at: usize, request: BlockRequest) {
        if self.peers[at].fast {
            self.peers[at].say(&Message::RejectRequest(request));
            self.wake(cx, at);
        }
    }

    /// CANCEL: with the fast extension it is answered by a REJECT, unless the block is on its way already (BEP 6).
    pub(super) fn hear_cancel(&mut self, cx: &mut Context<'_>, at: usize, request: &BlockRequest) {
        if self.peers[at].serve.cancel(request) {
            self.reject(cx, at, *request);
            self.read_ahead(cx, at);
            // What stood behind it may have come from the disk before it.
            if self.peers[at].serve.is_ready() {
                self.wake(cx, at);
            }
        }
    }

    /// Has the disk bring the blocks that this peer gets next.
    pub(super) fn read_ahead(&mut self, cx: &mut Context<'_>, at: usize) {
        while let Some(request) = self.peers[at].serve.next_read() {
            let connection = self.peers[at].id;
            let BlockRequest { piece, begin, length } = request;
            let pending = PendingJob::Read { peer: at as u32, connection, request };
            self.disk(cx, pending, Work::Read { piece, begin, length });
        }
    }

    /// The next bytes for a peer: all short messages that wait, then at most one block. `None` when there is nothing;
    /// the driver is told when there is again. Exceeds the budget by at most one message.
    pub fn poll_transmit(&mut self, cx: &mut Context<'_>, at: usize, budget: usize) -> Option<Transmit> {
        if budget == 0 {
            return None;
        }
        if self.is_drained(at) {
            self.peers[at].ready = false;
            return None;
        }
        // A few bytes of their own: what the last receiver has let go of is at hand, and still in the cache.
        let mut head = Vec::with_capacity(self.head_bytes(at, budget));
        self.write_messages(&mut head, at, budget);
        self.write_metadata(&mut head, at, budget);
        let not_before = self.may_send_at(cx, &self.peers[at]);
        let peer = &mut self.peers[at];
        let has_room = head.len() < budget;
        let block = if has_room && not_before <= cx.now { peer.serve.pop_loaded() } else { None };
        if head.is_empty() && block.is_none() {
            peer.ready = false;
            if peer.serve.is_ready() && not_before > cx.now {
                self.timers.hasten(Timer::Serve, not_before);
            }
            return None;
        }
        peer.last_sent = cx.now;
        let body = match block {
            Some((request, data)) => {
                peer.uploaded.add(data.len() as u64);
                let bytes = data.len() as u64;
                peer.served_at = cx.now;
                peer.pacer.iter_mut().for_each(|pacer| pacer.sent(bytes, cx.now));
                self.allowance.sent(bytes, cx.now);
                cx.allowance.sent(bytes, cx.now);
                self.totals.uploaded += bytes;
                peer.suggestions.sent(request.piece);
                piece_head(&mut head, request.piece, request.begin, data.len() as u32);
                self.read_ahead(cx, at);
                data
            }
            None => bytes::Bytes::new(),
        };
        Some(Transmit { head: head.into(), body })
    }

    /// What the short messages that wait take, and the head of a block.
    fn head_bytes(&self, at: usize, budget: usize) -> usize {
        let peer = &self.peers[at];
        let unsaid = self.pieces.verified().len() - peer.haves_said as usize;
        let haves = if peer.is_established() { HAVE_BYTES * unsaid } else { 0 };
        let block = if peer.serve.is_ready() { PIECE_HEAD_BYTES } else { 0 };
        (peer.outbox.len() + haves).min(budget) + block
    }

    /// Nothing at all waits for a peer. Drivers ask until that is so, so it is looked at first.
    fn is_drained(&self, at: usize) -> bool {
        let peer = &self.peers[at];
        let is_told = peer.haves_said as usize == self.pieces.verified().len();
        is_told && peer.outbox.is_empty() && peer.metadata.is_none() && !peer.serve.is_ready()
    }

    /// From when on a peer may be sent a block: its choker, and the user, may have limits.
    pub(super) fn may_send_at(&self, cx: &Context<'_>, peer: &PeerConnection) -> Time {
        peer.next_block_at().max(self.allowance.next_up()).max(cx.allowance.next_up())
    }

    /// Tells the driver of those whose next block may be sent now, and sets the timer for the others. Where all together are
    /// limited that is one at a time, who has waited longest first: a driver asks in an order of its own. Of whom the driver
    /// knows already, it knows that the socket is full.
    pub(super) fn serve_limited(&mut self, cx: &mut Context<'_>) {
        let all_are = self.allowance.limits_up() || cx.allowance.limits_up();
        let waits = |peer: &PeerConnection| match all_are {
            true => peer.serve.is_ready() && !peer.ready,
            false => peer.serve.is_ready() && peer.pacer.is_some(),
        };
        let mut waiting: Vec<usize> =
            self.peers.iter().filter(|(_, peer)| waits(peer)).map(|(at, _)| at).collect();
        if all_are {
            waiting.sort_by_key(|at| self.peers[*at].served_at);
        }
        let mut is_taken = false;
        for at in waiting {
            let next = self.may_send_at(cx, &self.peers[at]);
            if next > cx.now {
                self.timers.hasten(Timer::Serve, next);
            } else if is_taken {
                let pause = self.allowance.block_up().max(cx.allowance.block_up());
                self.timers.hasten(Timer::Serve, cx.now + pause);
            } else {
                self.wake(cx, at);
                is_taken = all_are;
            }
        }
    }

    /// Metadata that a peer has asked for, once nothing else waits but blocks: without them it can do nothing at all.
    fn write_metadata(&mut self, head: &mut Vec<u8>, at: usize, budget: usize) {
        while head.len() < budget && self.peers[at].outbox.is_empty() {
            let Some(message) = self.next_metadata(at) else { return };
            message.encode_head(head);
        }
    }

    fn write_messages(&mut self, head: &mut Vec<u8>, at: usize, budget: usize) {
        let peer = &mut self.peers[at];
        let written = peer.outbox.len().min(budget);
        head.extend_from_slice(&peer.outbox[..written]);
        peer.outbox.drain(..written);
        if !peer.is_established() || !peer.outbox.is_empty() {
            return;
        }
        let room = (budget - written).div_ceil(HAVE_BYTES);
        let unsaid = &self.pieces.verified()[peer.haves_said as usize..];
        let said = unsaid.len().min(room);
        unsaid[..said].iter().for_each(|piece| Message::Have(*piece).encode_head(head));
        peer.haves_said += said as u32;
    }
}
