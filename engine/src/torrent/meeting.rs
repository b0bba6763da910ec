//! The handshake has come: who is it, and what do we tell it of ourselves?

use crate::bitfield::PieceSet;
use crate::metainfo::InfoHash;
use crate::peer::{Stage, Unveiled};
use crate::session::context::Context;
use crate::session::{CloseReason, Event, Misbehaviour};
use crate::wire::{Handshake, Message, PeerId};

use super::Torrent;

impl Torrent {
    /// Takes the peer's handshake, and answers with what we have.
    pub(super) fn meet(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        theirs: &Handshake,
    ) -> Result<(), CloseReason> {
        self.check_torrent(theirs.info_hash)?;
        let remote = self.peers[at].remote;
        if theirs.peer_id == cx.config.peer_id {
            // The side that dialled is closed before it hears who answers: the side that answers takes note for it.
            let own =
                if self.peers[at].dialed { remote } else { (remote.ip(), cx.config.listen_port).into() };
            self.addresses.forget(own);
            return Err(CloseReason::Oneself);
        }
        self.settle_duplicate(cx, at, theirs)?;
        self.contributors += 1;
        let haves_said = self.pieces.verified().len() as u32;
        let unveiled = self.super_seeding.then(|| Box::new(Unveiled::new(self.geometry().piece_count)));
        let peer = &mut self.peers[at];
        peer.stage = Stage::Established;
        self.met.add(at, theirs.peer_id);
        peer.aside.peer_id = theirs.peer_id;
        peer.contributor = self.contributors;
        peer.fast = theirs.fast && self.config.fast_extension;
        peer.extended = theirs.extended;
        peer.haves_said = haves_said;
        peer.unveiled = unveiled;
        if peer.dialed {
            self.addresses.succeeded(remote);
        }
        self.note_change_of_peers();
        cx.event(Event::PeerConnected { torrent: self.key, connection: self.peers[at].id, remote });
        self.say_what_we_have(cx, at);
        self.totals.connections_peak = self.totals.connections_peak.max(self.met.len());
        Ok(())
    }

    fn check_torrent(&self, named: InfoHash) -> Result<(), CloseReason> {
        if named == self.info_hash {
            Ok(())
        } else {
            Err(CloseReason::Misbehaved(Misbehaviour::HandshakeUnknownTorrent))
        }
    }

    /// Two connections with one peer: one has to go, and both sides must choose the same. The one that the greater peer
    /// id dialled stays; of two that the same side dialled, the older.
    fn settle_duplicate(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        theirs: &Handshake,
    ) -> Result<(), CloseReason> {
        let Some(other) = self.who_is(theirs.peer_id) else { return Ok(()) };
        let ours_stays = cx.config.peer_id > theirs.peer_id;
        if self.peers[at].dialed == self.peers[other].dialed || self.peers[at].dialed != ours_stays {
            return Err(CloseReason::Duplicate);
        }
        self.part(cx, other, CloseReason::Duplicate);
        Ok(())
    }

    /// The connection with this peer, if it is established.
    pub(super) fn who_is(&self, id: PeerId) -> Option<usize> {
        self.met.alike(id).find(|at| self.peers[*at].aside.peer_id == id)
    }

    /// First what we have (S20: exactly one of three messages), then the extension handshake.
    fn say_what_we_have(&mut self, cx: &mut Context<'_>, at: usize) {
        let nothing;
        let peer = &mut self.peers[at];
        let held = match peer.unveiled {
            None => self.pieces.held(),
            Some(_) => {
                nothing = PieceSet::empty(peer.have.piece_count());
                &nothing
            }
        };
        match (peer.fast, held.is_full(), held.is_empty()) {
            (true, true, _) => peer.say(&Message::HaveAll),
            (true, _, true) => peer.say(&Message::HaveNone),
            // Nobody knows how long it would be; who has nothing may leave it out (BEP 3).
            (false, _, _) if held.piece_count() == 0 => {}
            _ => peer.say(&Message::Bitfield(held.to_wire())),
        }
        if peer.extended {
            self.say_extension_handshake(cx, at, false);
        }
        self.wake(cx, at);
    }

    /// The connections with both handshakes through, by number.
    pub(super) fn established(&self) -> impl Iterator<Item = usize> + '_ {
        self.peers.iter().filter(|(_, peer)| peer.is_established()).map(|(at, _)| at)
    }

    /// All of them as of now, to do something to each.
    pub(super) fn everybody(&self) -> Vec<usize> {
        let mut all = Vec::with_capacity(self.peers.len());
        all.extend(self.established());
        all
    }
}
