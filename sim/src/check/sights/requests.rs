//! What happens to requests, and to those who wait for a slot.

use std::collections::{BTreeMap, BTreeSet};

use swarmlab_engine::session::{ConnectionId, Event};

use crate::check::judge::Bench;
use crate::check::swarm::{Told, View, Watcher, Way};
use crate::check::wire::{Block, Said};
use crate::check::{Seen, Sight};

/// As many requests as a peer of ours ever has with another (libtorrent's `max_out_request_queue`).
const REQUESTS_MAX: usize = 500;

/// Counts what happens to requests.
#[derive(Default)]
pub struct Requests {
    clients: BTreeMap<u32, Client>,
}

/// What is remembered of a client.
#[derive(Default)]
struct Client {
    /// Blocks that were rejected (piece, begin), with the connection on which.
    rejected: BTreeMap<(u32, u32), ConnectionId>,
    /// Connections from which everything was taken back, as nothing came.
    snubbed: BTreeSet<ConnectionId>,
    /// Every slot is taken, and somebody waits.
    is_crowded: bool,
    is_in_endgame: bool,
}

impl Watcher for Requests {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Gone => drop(self.clients.remove(&peer)),
            Seen::Closed { connection, .. } => {
                if let Some(client) = self.clients.get_mut(&peer) {
                    client.snubbed.remove(connection);
                }
            }
            Seen::Said(Event::PieceFailed { .. }) => {
                self.clients.entry(peer).or_default().is_in_endgame = false;
            }
            Seen::Settled(_) => self.look_at_slots(bench, view, peer),
            _ => {}
        }
    }

    fn said(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        if view.roster.judged(told.peer).is_none() {
            return;
        }
        let client = self.clients.entry(told.peer).or_default();
        match told.way {
            Way::Out => client.says(bench, view, told),
            Way::In => client.hears(bench, told),
        }
    }
}

impl Requests {
    fn look_at_slots(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32) {
        let Some(resident) = view.roster.judged(peer) else { return };
        let lines = || view.lines.of(peer).map(|(_, line)| line);
        let taken = lines().filter(|line| line.am_unchoking).count();
        let is_crowded = taken > 0
            && taken >= resident.config.upload_slots as usize
            && lines().any(|line| line.interested_since.is_some() && !line.am_unchoking);
        let client = self.clients.entry(peer).or_default();
        if is_crowded && !std::mem::replace(&mut client.is_crowded, is_crowded) {
            bench.sometimes(Sight::SlotsTaken);
        }
        client.is_crowded = is_crowded;
    }
}

impl Client {
    fn says(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        match told.said {
            Said::Request(block) => self.asks(bench, view, told, block),
            Said::Cancel(block) if !view.has_come(told.peer, block.piece, block.begin) => {
                self.snubbed.insert(told.connection);
            }
            Said::Piece(..) if !told.line.am_unchoking => bench.sometimes(Sight::AllowedFastUpload),
            _ => {}
        }
    }

    fn asks(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>, block: &Block) {
        if self.rejected.remove(&(block.piece, block.begin)).is_some_and(|by| by != told.connection) {
            bench.sometimes(Sight::RejectedAskedElsewhere);
        }
        let bears = bench.setting.group(told.line.with).client.request_queue as usize;
        if told.line.asked.len() + 1 == bears.min(REQUESTS_MAX) {
            bench.sometimes(Sight::RequestCap);
        }
        let others = view.lines.of(told.peer).filter(|(connection, _)| **connection != told.connection);
        if !self.is_in_endgame && others.into_iter().any(|(_, line)| line.asked.contains(block)) {
            self.is_in_endgame = true;
            bench.sometimes(Sight::Endgame);
        }
    }

    fn hears(&mut self, bench: &mut Bench<'_>, told: &Told<'_>) {
        match told.said {
            Said::Choke if !told.line.asked.is_empty() => bench.sometimes(Sight::ChokeInFlight),
            Said::Reject(block) if told.line.asked.contains(block) => {
                self.rejected.insert((block.piece, block.begin), told.connection);
            }
            Said::Piece(block, _) if told.line.cancelled.contains(block) => {
                bench.sometimes(Sight::CancelLost)
            }
            Said::Piece(block, _)
                if told.line.asked.contains(block) && self.snubbed.remove(&told.connection) =>
            {
                bench.sometimes(Sight::SnubbedRecovered);
            }
            _ => {}
        }
    }
}
