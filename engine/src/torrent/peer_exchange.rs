//! Peer exchange (BEP 11): telling peers of each other.
//!
//! Of private torrents nothing of the kind is said or believed (BEP 27). Peers that the user names are dialled all the
//! same: the rule keeps a swarm to those whom its tracker knows, and whoever gives an address by hand has decided that
//! already, as with every other client.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::peer_exchange::{Heard, PeerExchange};
use crate::session::context::Context;
use crate::session::{CloseReason, Misbehaviour};
use crate::wire::peer_exchange_message::flag;
use crate::wire::{Message, PeerExchangeMessage};

use super::Torrent;

impl Torrent {
    /// Whom we are connected with, and where, has changed.
    pub(super) fn note_change_of_peers(&mut self) {
        self.changes_of_peers += 1;
    }

    /// Tells a peer of the others, if it wants to hear of them and it is time.
    pub(super) fn tell_of_peers(&mut self, cx: &mut Context<'_>, at: usize) {
        let changes = self.changes_of_peers;
        let wants = self.peers[at].ut_pex != 0 && self.exchanges_peers();
        if !wants || !self.exchange(at).told.is_due(cx.now, changes) {
            return;
        }
        let connected = self.connected_besides(at);
        if let Some(message) = self.exchange(at).told.tell(cx.now, changes, &connected) {
            let peer = &mut self.peers[at];
            peer.say(&Message::Extended { id: peer.ut_pex, payload: message.encode() });
            self.wake(cx, at);
        }
    }

    fn exchange(&mut self, at: usize) -> &mut PeerExchange {
        self.peers[at].aside.exchange.get_or_insert_default()
    }

    /// Everybody else whom we are connected with and who can be dialled, as far as we know, with their flags.
    fn connected_besides(&self, at: usize) -> BTreeMap<SocketAddr, u8> {
        let own = self.peers[at].listens_at();
        let others = self.established().filter(|other| *other != at).filter_map(|other| {
            let peer = &self.peers[other];
            let address = peer.listens_at().filter(|address| Some(*address) != own)?;
            let wants_nothing = peer.have.is_full() || peer.upload_only;
            let seed = if wants_nothing { flag::SEED } else { 0 };
            let reachable = if peer.dialed { flag::REACHABLE } else { 0 };
            Some((SocketAddr::new(address.ip().to_canonical(), address.port()), seed | reachable))
        });
        others.collect()
    }

    /// A peer tells of others.
    pub(super) fn hear_of_peers(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        payload: &[u8],
    ) -> Result<(), CloseReason> {
        let Ok(message) = PeerExchangeMessage::decode(payload) else {
            return Err(CloseReason::Misbehaved(Misbehaviour::PexMalformed));
        };
        let from = self.peers[at].remote.ip();
        match self.exchange(at).heard.hear(cx.now, from, &message) {
            Heard::Peers(addresses) => {
                self.addresses.hear_of(addresses);
                Ok(())
            }
            Heard::Flood => Err(CloseReason::Misbehaved(Misbehaviour::PexFlood)),
        }
    }

    /// The torrent has turned out to be private: whom peers have named has no place in it.
    pub(super) fn part_from_hearsay(&mut self, cx: &mut Context<'_>) {
        if !self.is_private() {
            return;
        }
        let is_hearsay = |at: &usize| {
            let peer = &self.peers[*at];
            peer.dialed && self.addresses.is_hearsay(peer.remote)
        };
        let named: Vec<usize> = self.peers.iter().map(|(at, _)| at).filter(is_hearsay).collect();
        named.into_iter().for_each(|at| self.part(cx, at, CloseReason::Private));
        self.addresses.forget_hearsay();
    }
}
