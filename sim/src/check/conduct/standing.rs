//! S37: nobody who keeps to the protocol is turned away for misbehaviour.

use std::collections::BTreeMap;

use swarmlab_engine::session::{CloseReason, ConnectionId, Event};

use crate::check::judge::Bench;
use crate::check::swarm::{View, Watcher};
use crate::check::{Partner, Seen};

use super::clients::{Clients, known};

/// Judges S37.
#[derive(Default)]
pub struct Standing {
    /// By peer that is judged: with whom each of its connections was, ended ones too.
    clients: Clients<BTreeMap<ConnectionId, u32>>,
}

impl Watcher for Standing {
    fn see(&mut self, bench: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        let Some(client) = known(&mut self.clients, peer, seen, BTreeMap::new) else { return };
        match seen {
            Seen::Opened { connection, with: Partner::Peer(with), .. } => {
                client.insert(*connection, *with);
            }
            Seen::Said(Event::PeerDisconnected {
                connection, reason: CloseReason::Misbehaved(how), ..
            }) => {
                let with = client.get(connection).copied();
                if let Some(with) = with.filter(|with| bench.setting.keeps_to_the_protocol(*with)) {
                    let what = format!("peer {with} keeps to the protocol, and is turned away: {how:?}");
                    bench.violated("S37", [peer, with], what, []);
                }
            }
            _ => {}
        }
    }
}
