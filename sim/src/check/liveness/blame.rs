//! L7: who spoils pieces is found out, and nobody else is banned.
//!
//! A peer that keeps to the protocol and whose disk tells the truth sends no wrong byte, so nobody may ever ban it.
//!
//! Of a piece that fails its hash all who sent a part are suspects. From then on they fetch pieces alone, so that the next
//! bad one tells: a corrupter, which spoils one block in 16, has a part in a bounded number of failures before it is
//! banned. The bound depends on how likely it is that a piece of it alone is bad; it is passed by chance once in 10⁹
//! times. That a failed piece is fetched again is judged with the [requests](super::requests).

use std::collections::{BTreeMap, BTreeSet};

use swarmlab_engine::session::Event;

use crate::check::judge::Bench;
use crate::check::swarm::{Told, View, Watcher, Way};
use crate::check::wire::Said;
use crate::check::{Seen, Setting};
use crate::scenario::{Action, Behaviour, DiskFault};

/// The share of blocks that a corrupter leaves as they are.
const LEFT_RIGHT: f64 = 15.0 / 16.0;
/// −ln 10⁻⁹.
const IMPROBABLE: f64 = 20.7;

/// Judges L7.
#[derive(Default)]
pub struct Blame {
    /// Peers whose disks have lied.
    liars: BTreeSet<u32>,
    clients: BTreeMap<u32, Client>,
}

/// What one client knows of the others.
#[derive(Default)]
struct Client {
    /// Who has sent each piece that isn't verified.
    senders: BTreeMap<u32, BTreeSet<u32>>,
    /// Failures in which each had a part.
    failures: BTreeMap<u32, u32>,
}

impl Watcher for Blame {
    fn scripted(&mut self, _: &mut Bench<'_>, action: &Action, peers: &[u32]) {
        if let Action::Disk { fault: DiskFault::Lying, .. } = action {
            self.liars.extend(peers);
        }
    }

    fn said(&mut self, _: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        if let (Way::In, Said::Piece(block, _)) = (told.way, told.said)
            && told.line.asked.contains(block)
        {
            let client = self.clients.entry(told.peer).or_default();
            client.senders.entry(block.piece).or_default().insert(told.line.with);
        }
    }

    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Gone => drop(self.clients.remove(&peer)),
            Seen::Said(Event::PieceVerified { piece, .. }) => {
                if let Some(client) = self.clients.get_mut(&peer) {
                    client.senders.remove(piece);
                }
            }
            Seen::Said(Event::PieceFailed { piece, .. }) => self.failed(bench, view, peer, *piece),
            Seen::Said(Event::PeerBanned { remote, .. }) => {
                let Some(banned) = bench.setting.peer_at(remote.ip()) else { return };
                if let Some(client) = self.clients.get_mut(&peer) {
                    client.failures.remove(&banned);
                }
                if is_honest(bench.setting, banned)
                    && !self.liars.contains(&banned)
                    && view.roster.judged(peer).is_some()
                {
                    let what = format!("peer {banned} is banned, and has never sent a wrong byte");
                    bench.violated("L7", [peer, banned], what, []);
                }
            }
            _ => {}
        }
    }
}

impl Blame {
    fn failed(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, piece: u32) {
        let client = self.clients.entry(peer).or_default();
        let senders = client.senders.remove(&piece).unwrap_or_default();
        let bound = failures_max(bench.setting.geometry().blocks_in(0));
        for sender in senders {
            let failures = client.failures.entry(sender).or_default();
            *failures += 1;
            let is_culprit = bench.setting.group(sender).behaviour == Behaviour::Corrupts;
            if is_culprit && *failures > bound && view.roster.judged(peer).is_some() {
                let what = format!("peer {sender} had a part in {failures} bad pieces, and is not banned");
                bench.violated("L7", [peer, sender], what, []);
            }
        }
    }
}

/// It keeps to the protocol, and no block of its is damaged on purpose.
fn is_honest(setting: &Setting, peer: u32) -> bool {
    setting.keeps_to_the_protocol(peer) && setting.group(peer).corrupt.is_none()
}

/// Failures in which a corrupter can have a part before one is its alone, with pieces of so many blocks.
fn failures_max(blocks: u32) -> u32 {
    let passes = LEFT_RIGHT.powi(blocks as i32);
    (IMPROBABLE / -passes.ln()).ceil() as u32 + 2
}
