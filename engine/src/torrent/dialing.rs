//! Opening connections, and taking those that others open.

use std::cell::OnceCell;
use std::net::SocketAddr;

use crate::peer::{PeerConnection, Stage};
use crate::session::context::Context;
use crate::session::routes::Route;
use crate::session::{ConnectionId, Endpoint, Output};
use crate::wire::Handshake;

use super::Torrent;
use super::priority::Whereabouts;

/// Connections being made at a time. A router of the kind people have at home bears few more.
pub(super) const DIALING_MAX: usize = 20;

/// The table of peers grows by so many, or by all that it may hold if those are fewer.
const PEERS_AT_A_TIME: usize = 64;

impl Torrent {
    /// Dials as many as are wanted and allowed.
    pub(super) fn dial(&mut self, cx: &mut Context<'_>) {
        if !self.takes_connections() {
            return;
        }
        let mut dialing = self.peers.iter().filter(|(_, peer)| peer.stage == Stage::Dialing).count();
        let target = self.config.connections_target.min(self.config.connections_max) as usize;
        // Asked for only if there is somebody to dial.
        let whereabouts = OnceCell::new();
        while self.peers.len() < target && dialing < DIALING_MAX {
            let (peers, port) = (&self.peers, cx.config.listen_port);
            let priority =
                |address| whereabouts.get_or_init(|| Whereabouts::of(peers, port)).priority(address);
            let Some(address) = self.addresses.take(cx.now, cx.rng, priority) else { return };
            if self.banned.contains(&address.ip()) {
                self.addresses.forget(address);
                continue;
            }
            // It stays in use, and is given back when the connection that it has dialled ends.
            if self.peers.iter().any(|(_, peer)| peer.listens_at() == Some(address)) {
                continue;
            }
            self.dial_to(cx, address);
            dialing += 1;
        }
    }

    fn dial_to(&mut self, cx: &mut Context<'_>, remote: SocketAddr) {
        let pieces_at_most = self.pieces_at_most();
        self.make_room();
        let entry = self.peers.vacant_entry();
        let connection = cx.routes.open(Route::Peer { torrent: self.key.0, peer: entry.key() as u32 });
        let pieces = self.pieces.geometry().piece_count;
        let held_max = self.config.request_queue;
        let peer = entry.insert(PeerConnection::new(connection, remote, true, cx.now, pieces, held_max));
        peer.decoder.expect_pieces(pieces_at_most);
        cx.outputs.push_back(Output::Connect { connection, to: Endpoint::Address(remote) });
    }

    /// In a flash crowd all tables are full within seconds, and each time that one grows there are two of it for a moment.
    fn make_room(&mut self) {
        if self.peers.len() == self.peers.capacity() {
            self.peers.reserve_exact(PEERS_AT_A_TIME.min(self.config.connections_max as usize).max(1));
        }
    }

    /// The stream is open: we speak first.
    pub fn connected(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &mut self.peers[at];
        if peer.stage != Stage::Dialing {
            return;
        }
        peer.stage = Stage::Handshaking;
        (peer.since, peer.last_received) = (cx.now, cx.now);
        self.say_handshake(cx, at);
    }

    /// Somebody who dialled us has named this torrent.
    pub fn adopt(&mut self, cx: &mut Context<'_>, id: ConnectionId, theirs: &Handshake) {
        let Some(Route::Inbound(inbound)) = cx.routes.find(id) else { return };
        let remote = inbound.remote;
        if !self.takes_connections()
            || self.banned.contains(&remote.ip())
            || !self.has_room_for(cx, remote, theirs.peer_id)
        {
            return cx.hang_up(id);
        }
        let Some(Route::Inbound(inbound)) = cx.routes.find(id) else { return };
        let decoder = std::mem::take(&mut inbound.decoder);
        let pieces = self.geometry().piece_count;
        let mut peer = PeerConnection::new(id, remote, false, cx.now, pieces, self.config.request_queue);
        peer.decoder = decoder;
        peer.decoder.expect_pieces(self.pieces_at_most());
        peer.stage = Stage::Handshaking;
        self.make_room();
        let at = self.peers.insert(peer);
        if let Some(route) = cx.routes.find(id) {
            *route = Route::Peer { torrent: self.key.0, peer: at as u32 };
        }
        self.say_handshake(cx, at);
        let outcome = self.meet(cx, at, theirs).and_then(|()| self.read_on(cx, at));
        self.conclude(cx, at, outcome.map(drop));
    }

    /// There is no room for another connection.
    pub fn is_full(&self) -> bool {
        self.peers.len() >= self.config.connections_max as usize
    }

    fn say_handshake(&mut self, cx: &mut Context<'_>, at: usize) {
        let ours = Handshake {
            info_hash: self.info_hash,
            peer_id: cx.config.peer_id,
            fast: self.config.fast_extension,
            extended: true,
        };
        self.peers[at].outbox.extend_from_slice(&ours.encode());
        self.wake(cx, at);
    }
}
