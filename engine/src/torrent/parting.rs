//! The end of a connection, and of a torrent.

use crate::peer::Stage;
use crate::session::context::Context;
use crate::session::{CloseReason, Event};

use super::{Phase, Torrent};

impl Torrent {
    /// We end the connection.
    pub(super) fn part(&mut self, cx: &mut Context<'_>, at: usize, reason: CloseReason) {
        cx.hang_up(self.peers[at].id);
        self.gone(cx, at, reason);
    }

    /// The other side, or the network, has ended the connection.
    pub fn closed(&mut self, cx: &mut Context<'_>, at: usize) {
        cx.routes.close(self.peers[at].id);
        self.gone(cx, at, CloseReason::Remote);
    }

    fn gone(&mut self, cx: &mut Context<'_>, at: usize, reason: CloseReason) {
        let mut peer = self.peers.remove(at);
        self.met.remove(at);
        self.unchoked -= u32::from(!peer.am_choking);
        self.choker.forget(at as u32);
        self.seed_choker.forget(at as u32);
        for request in peer.pipeline.clear() {
            self.pieces.release(request.piece, request.block, cx.rng);
        }
        match peer.listens_at() {
            Some(address) if reason == CloseReason::BothSeeds => self.addresses.forget(address),
            Some(address) => self.addresses.ended(address, cx.now),
            None => {}
        }
        if peer.stage != Stage::Established {
            return;
        }
        self.pieces.unreserve(peer.contributor);
        self.pieces.availability_mut().remove_peer(&peer.have, peer.counted_as_full, cx.rng);
        self.note_change_of_peers();
        self.seek_elsewhere(cx, peer.contributor);
        cx.event(Event::PeerDisconnected { torrent: self.key, connection: peer.id, reason });
        if self.is_running() {
            if !peer.am_choking {
                self.fill_vacancies(cx);
            }
            self.request_more_everywhere(cx);
        }
    }

    /// Leaves the swarm: closes all peers, and tells the tracker.
    pub fn stop(&mut self, cx: &mut Context<'_>) {
        // Whoever has failed has left, and has said so.
        if !self.is_leaving() {
            self.end(cx, Phase::Stopping);
            self.announce_stopped(cx);
        }
    }

    /// Nothing is left to do.
    pub fn is_stopped(&self) -> bool {
        self.is_leaving() && self.announcer.is_idle()
    }

    pub(super) fn end(&mut self, cx: &mut Context<'_>, phase: Phase) {
        self.phase = phase;
        self.timers.clear();
        let all: Vec<usize> = self.peers.iter().map(|(at, _)| at).collect();
        for at in all {
            self.part(cx, at, CloseReason::Stopping);
        }
    }
}
