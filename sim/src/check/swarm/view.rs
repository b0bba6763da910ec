//! What there is to be seen of a swarm, and who looks at it.

use std::collections::BTreeSet;

use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::storage::{DiskJob, Work};

use crate::check::judge::Bench;
use crate::check::wire::{BLOCK_BYTES, Said};
use crate::check::{Circumstances, Seen};
use crate::scenario::Action;

use super::line::{Line, Lines, Way, bytes};
use super::roster::Roster;

/// The swarm as it is seen from outside.
pub struct View {
    /// Who is there.
    pub roster: Roster,
    /// What they have said to each other.
    pub lines: Lines,
    /// By peer, the blocks (piece, index) that have come and whose piece is not verified.
    come: Vec<BTreeSet<(u32, u32)>>,
}

/// Somebody who looks.
pub trait Watcher: Send {
    /// A peer's client was given something, or did something. What it has said and heard is told one by one by
    /// [`said`](Self::said) before.
    fn see(&mut self, _bench: &mut Bench<'_>, _view: &View, _peer: u32, _seen: &Seen<'_>) {}

    /// A peer has said, or heard, something on a line, which is still as it was before.
    fn said(&mut self, _bench: &mut Bench<'_>, _view: &View, _told: &Told<'_>) {}

    /// The script does something.
    fn scripted(&mut self, _bench: &mut Bench<'_>, _action: &Action, _peers: &[u32]) {}

    /// An event is over.
    fn step(&mut self, _bench: &mut Bench<'_>, _view: &View, _circumstances: &Circumstances<'_>) {}
}

/// One thing said.
pub struct Told<'a> {
    /// By whom, or to whom.
    pub peer: u32,
    /// On which of its connections.
    pub connection: ConnectionId,
    /// The line.
    pub line: &'a Line,
    /// Which way.
    pub way: Way,
    /// What.
    pub said: &'a Said,
}

impl View {
    /// Nobody has come yet.
    pub fn new() -> View {
        View { roster: Roster::new(), lines: Lines::default(), come: Vec::new() }
    }

    /// Whether a block has come to a peer, its piece not being verified.
    pub fn has_come(&self, peer: u32, piece: u32, begin: u32) -> bool {
        let come = self.come.get(peer as usize);
        come.is_some_and(|come| come.contains(&(piece, begin / BLOCK_BYTES)))
    }

    /// Takes note, and lets everybody look.
    pub fn see(
        &mut self,
        bench: &mut Bench<'_>,
        watchers: &mut [Box<dyn Watcher>],
        peer: u32,
        seen: &Seen<'_>,
    ) {
        self.lines.begin(bench.now, peer, seen, bench.setting.geometry().piece_count);
        if let Some((connection, way, parts)) = bytes(seen) {
            for part in parts {
                let line = self.lines.get_mut(peer, connection);
                let all = line.map(|line| line.read(way, part)).unwrap_or_default();
                all.iter().for_each(|said| self.say(bench, watchers, (peer, connection, way), said));
            }
        }
        self.roster.see(bench, peer, seen);
        watchers.iter_mut().for_each(|watcher| watcher.see(bench, self, peer, seen));
        self.lines.end(bench.now, peer, seen);
        if let Seen::DiskAsked(DiskJob { work: Work::Write { piece, begin, .. }, .. }) = seen {
            self.note_come(peer, *piece, *begin);
        }
        let Some(come) = self.come.get_mut(peer as usize) else { return };
        match seen {
            Seen::Gone => come.clear(),
            Seen::Said(Event::PieceVerified { piece, .. } | Event::PieceFailed { piece, .. }) => {
                come.retain(|(own, _)| own != piece);
            }
            _ => {}
        }
    }

    fn note_come(&mut self, peer: u32, piece: u32, begin: u32) {
        if self.come.len() <= peer as usize {
            self.come.resize_with(peer as usize + 1, BTreeSet::new);
        }
        self.come[peer as usize].insert((piece, begin / BLOCK_BYTES));
    }

    fn say(
        &mut self,
        bench: &mut Bench<'_>,
        watchers: &mut [Box<dyn Watcher>],
        (peer, connection, way): (u32, ConnectionId, Way),
        said: &Said,
    ) {
        let Some(line) = self.lines.get(peer, connection) else { return };
        let told = Told { peer, connection, line, way, said };
        watchers.iter_mut().for_each(|watcher| watcher.said(bench, self, &told));
        if let (Way::In, Said::Piece(block, _)) = (way, said)
            && line.asked.contains(block)
        {
            self.note_come(peer, block.piece, block.begin);
        }
        let come = self.come.get(peer as usize);
        if let Some(line) = self.lines.get_mut(peer, connection) {
            let has_come = |piece: u32, begin: u32| {
                come.is_some_and(|come| come.contains(&(piece, begin / BLOCK_BYTES)))
            };
            line.note(bench.now, way, said, |block| has_come(block.piece, block.begin));
        }
    }
}
