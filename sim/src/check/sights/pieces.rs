//! What becomes of pieces, of the disks that they are on, and of those who send them.

use std::collections::{BTreeMap, BTreeSet};

use swarmlab_engine::session::{CloseReason, Event};
use swarmlab_engine::storage::{JobId, Outcome, Work};

use crate::check::judge::Bench;
use crate::check::swarm::{Resident, Told, View, Watcher, Way};
use crate::check::wire::Said;
use crate::check::{Seen, Sight};
use crate::scenario::Behaviour;

/// Counts what becomes of pieces.
#[derive(Default)]
pub struct Pieces {
    clients: BTreeMap<u32, Client>,
}

/// What is remembered of a client.
#[derive(Default)]
struct Client {
    /// Who has sent each piece that isn't verified.
    senders: BTreeMap<u32, BTreeSet<u32>>,
    /// Who had a part in a bad piece together with others.
    suspects: BTreeSet<u32>,
    /// The piece that was verified last.
    last: Option<u32>,
    /// Blocks that its disk was given to write, and pieces of which it has some.
    writes: BTreeMap<JobId, u32>,
    written: BTreeSet<u32>,
    disk_is_full: bool,
    has_stopped: bool,
    is_complete: bool,
}

impl Watcher for Pieces {
    fn said(&mut self, _: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        if let (Way::In, Said::Piece(block, _)) = (told.way, told.said)
            && told.line.asked.contains(block)
        {
            let client = self.clients.entry(told.peer).or_default();
            client.senders.entry(block.piece).or_default().insert(told.line.with);
        }
    }

    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let client = self.clients.entry(peer).or_default();
        match seen {
            Seen::Gone => {
                if !client.has_stopped && !client.written.is_empty() {
                    bench.sometimes(Sight::CrashBeforeSync);
                }
                let was_seed = client.is_complete;
                self.clients.remove(&peer);
                if was_seed && leaves_a_single_copy(bench, view) {
                    bench.sometimes(Sight::LastSeedLeft);
                }
            }
            Seen::DiskAsked(job) => {
                if let Work::Write { piece, .. } = job.work {
                    client.writes.insert(job.id, piece);
                }
            }
            Seen::DiskAnswered(done) => client.disk_answers(bench, done.id, &done.outcome),
            Seen::Said(event) => client.says(bench, event),
            _ => {}
        }
    }
}

impl Client {
    fn disk_answers(&mut self, bench: &mut Bench<'_>, id: JobId, outcome: &Outcome) {
        let Some(piece) = self.writes.remove(&id) else { return };
        if let Outcome::Written(Ok(())) = outcome {
            self.written.insert(piece);
            if std::mem::take(&mut self.disk_is_full) {
                bench.sometimes(Sight::DiskRecovered);
            }
        }
    }

    fn says(&mut self, bench: &mut Bench<'_>, event: &Event) {
        let geometry = bench.setting.geometry();
        match event {
            Event::PieceVerified { piece, .. } => {
                let senders = self.senders.remove(piece).unwrap_or_default();
                self.written.remove(piece);
                self.last = Some(*piece);
                if !self.suspects.is_disjoint(&senders) {
                    self.suspects.retain(|suspect| !senders.contains(suspect));
                    bench.sometimes(Sight::InnocentSurvived);
                }
            }
            Event::PieceFailed { piece, .. } => {
                let senders = self.senders.remove(piece).unwrap_or_default();
                if senders.len() > 1 {
                    bench.sometimes(Sight::SharedFailure);
                    let is_innocent =
                        |peer: &u32| bench.setting.group(*peer).behaviour != Behaviour::Corrupts;
                    self.suspects.extend(senders.into_iter().filter(is_innocent));
                }
            }
            Event::Completed { .. } => {
                self.is_complete = true;
                let last = geometry.piece_count - 1;
                let is_short = geometry.piece_size(last) < geometry.piece_length;
                if is_short && geometry.piece_count > 1 && self.last == Some(last) {
                    bench.sometimes(Sight::ShortPieceLast);
                }
            }
            Event::DiskFull { .. } => self.disk_is_full = true,
            Event::PeerBanned { .. } => bench.sometimes(Sight::PeerBanned),
            Event::PeerDisconnected { reason: CloseReason::Duplicate, .. } => {
                bench.sometimes(Sight::DuplicateDropped);
            }
            Event::Stopped => self.has_stopped = true,
            _ => {}
        }
    }
}

/// Whether nobody has everything, all have it together, and of some piece there is one copy.
fn leaves_a_single_copy(bench: &Bench<'_>, view: &View) -> bool {
    let mut copies = vec![0u32; bench.setting.geometry().piece_count as usize];
    let mut all = view.roster.iter().map(|(_, resident)| resident);
    all.clone().for_each(|resident| resident.held.iter().for_each(|piece| copies[piece as usize] += 1));
    !all.any(Resident::is_complete) && copies.iter().min() == Some(&1)
}
