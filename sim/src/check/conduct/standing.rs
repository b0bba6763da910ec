//! S37: nobody who keeps to the protocol is turned away for misbehaviour.

use std::collections::BTreeMap;

use swarmlab_engine::session::{CloseReason, ConnectionId, Event};

use crate::check::judge::Bench;
use crate::check::swarm::{View, Watcher};
use crate::check::{Partner, Seen};
use crate::scenario::Behaviour;

/// Judges S37.
#[derive(Default)]
pub struct Standing {
    /// By peer that is judged: with whom each of its connections was, ended ones too.
    clients: BTreeMap<u32, BTreeMap<ConnectionId, u32>>,
}

impl Watcher for Standing {
    fn see(&mut self, bench: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Came { is_judged: true, .. } => drop(self.clients.insert(peer, BTreeMap::new())),
            Seen::Gone => drop(self.clients.remove(&peer)),
            Seen::Opened { connection, with: Partner::Peer(with), .. } => {
                if let Some(client) = self.clients.get_mut(&peer) {
                    client.insert(*connection, *with);
                }
            }
            Seen::Said(Event::PeerDisconnected {
                connection, reason: CloseReason::Misbehaved(how), ..
            }) => {
                let with = self.clients.get(&peer).and_then(|client| client.get(connection)).copied();
                let is_honest = |with: &u32| {
                    matches!(bench.setting.group(*with).behaviour, Behaviour::Honest | Behaviour::FreeRides)
                };
                if let Some(with) = with.filter(is_honest) {
                    let what = format!("peer {with} keeps to the protocol, and is turned away: {how:?}");
                    bench.violated("S37", [peer, with], what, []);
                }
            }
            _ => {}
        }
    }
}
