//! Who is connected, against who may be.

use std::collections::{BTreeMap, BTreeSet};

use crate::invariant::{Broken, must_hold};
use crate::peer::Stage;
use crate::session::routes::{Route, Routes};
use crate::torrent::dialing::DIALING_MAX;
use crate::torrent::{Phase, Torrent};
use crate::wire::PeerId;

impl Torrent {
    pub(super) fn check_connections(&self, routes: &Routes, own: PeerId) -> Result<(), Broken> {
        self.connections_are_few()?;
        self.nobody_is_here_twice(own)?;
        self.nobody_here_is_banned()?;
        self.addresses_agree()?;
        self.routes_lead_here(routes)
    }

    fn connections_are_few(&self) -> Result<(), Broken> {
        let (connections, most) = (self.peers.len(), self.config.connections_max as usize);
        must_hold!(connections <= most, "S28", "{connections} connections, at most {most} are allowed");
        let dialing = self.peers.iter().filter(|(_, peer)| peer.stage == Stage::Dialing).count();
        must_hold!(dialing <= DIALING_MAX, "S28", "{dialing} connections are being made");
        must_hold!(
            self.takes_connections() || self.has_joined && self.phase == Phase::Checking || connections == 0,
            "S28",
            "{connections} connections while {:?}",
            self.phase
        );
        Ok(())
    }

    fn nobody_is_here_twice(&self, own: PeerId) -> Result<(), Broken> {
        let (established, counted) = (self.established().count(), self.met.len() as usize);
        must_hold!(
            established == counted,
            "S28",
            "{established} peers are established, {counted} are counted"
        );
        let mut met = BTreeMap::new();
        for at in self.established() {
            let peer = &self.peers[at];
            must_hold!(peer.aside.peer_id != own, "S28", "{} is ourselves", peer.remote);
            if let Some(other) = met.insert(peer.aside.peer_id.0, peer.remote) {
                must_hold!(false, "S28", "{other} and {} are the same peer", peer.remote);
            }
            must_hold!(
                self.who_is(peer.aside.peer_id) == Some(at),
                "S28",
                "{} would not be known again",
                peer.remote
            );
        }
        Ok(())
    }

    fn nobody_here_is_banned(&self) -> Result<(), Broken> {
        let banned = self.peers.iter().find(|(_, peer)| self.banned.contains(&peer.remote.ip()));
        must_hold!(
            banned.is_none(),
            "S28",
            "{:?} is banned, and connected",
            banned.map(|(_, peer)| peer.remote)
        );
        Ok(())
    }

    fn addresses_agree(&self) -> Result<(), Broken> {
        let connected: BTreeSet<_> = self.peers.iter().filter_map(|(_, peer)| peer.listens_at()).collect();
        self.addresses.check_invariants(&connected)
    }

    fn routes_lead_here(&self, routes: &Routes) -> Result<(), Broken> {
        for (at, peer) in &self.peers {
            let route = routes.get(peer.id);
            let leads = matches!(route, Some(Route::Peer { torrent, peer }) if (*torrent, *peer) == (self.key.0, at as u32));
            must_hold!(
                leads,
                "S28",
                "what {} sends on connection {} goes to {route:?}",
                peer.remote,
                peer.id
            );
        }
        Ok(())
    }
}
