//! L9: a client that starts again fetches what was lost, and nothing else.
//!
//! It asks its disk for every piece. What the disk then says is good, it never asks anybody for.

use std::collections::{BTreeMap, BTreeSet};

use swarmlab_engine::session::{Event, StartWith};
use swarmlab_engine::storage::{JobId, Outcome, Work};

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{TORRENT, Told, View, Watcher, Way};
use crate::check::wire::Said;

/// Judges L9.
#[derive(Default)]
pub struct Restarts {
    clients: BTreeMap<u32, Client>,
}

/// A client that started with what it would find.
#[derive(Default)]
struct Client {
    asked: BTreeMap<JobId, u32>,
    looked_at: BTreeSet<u32>,
    good: BTreeSet<u32>,
    /// It dials.
    has_begun: bool,
    has_looked: bool,
}

impl Watcher for Restarts {
    fn see(&mut self, bench: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Came { start: StartWith::Check, is_judged: true, .. } => {
                self.clients.insert(peer, Client::default());
            }
            Seen::Gone => drop(self.clients.remove(&peer)),
            _ => {
                if let Some(client) = self.clients.get_mut(&peer).filter(|client| !client.has_looked) {
                    client.see(bench, peer, seen);
                }
            }
        }
    }

    fn said(&mut self, bench: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        let (Way::Out, Said::Request(block)) = (told.way, told.said) else { return };
        if self.clients.get(&told.peer).is_some_and(|client| client.good.contains(&block.piece)) {
            let what = format!("{block} is asked for, though the disk had the piece when the client started");
            bench.violated("L9", [told.peer, told.line.with], what, told.line.wire());
        }
    }
}

impl Client {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::DiskAsked(job) => {
                if let Work::Verify { piece } = job.work {
                    self.asked.insert(job.id, piece);
                }
            }
            Seen::DiskAnswered(done) => {
                let Some(piece) = self.asked.remove(&done.id) else { return };
                self.looked_at.insert(piece);
                if done.outcome == Outcome::Verified(Ok(true)) {
                    self.good.insert(piece);
                }
            }
            Seen::Opened { dialled: true, .. } => self.has_begun = true,
            Seen::Settled(session) if self.has_begun => {
                self.has_looked = true;
                let pieces = bench.setting.geometry().piece_count;
                let held = session.held(TORRENT);
                let kept = self.good.iter().filter(|piece| held.contains(**piece)).count();
                if (self.looked_at.len() as u32) < pieces || kept < self.good.len() {
                    let what = format!(
                        "it begins after a look at {} of {pieces} pieces, and believes {kept} of {} that are good",
                        self.looked_at.len(),
                        self.good.len()
                    );
                    bench.violated("L9", [peer], what, []);
                }
            }
            Seen::Said(Event::DiskFailed { .. }) => self.has_looked = true,
            _ => {}
        }
    }
}
