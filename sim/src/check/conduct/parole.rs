//! L7 and S34: who has sent all of a bad piece is banned at once; who has sent a part of one fetches pieces alone until one
//! of them is good, and not for longer.
//!
//! A connection, not a peer, is what a client remembers: whoever comes again begins anew.

use std::collections::{BTreeMap, BTreeSet};

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, Event, Session};
use swarmlab_engine::storage::Outcome;

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{TORRENT, Told, View, Watcher, Way};
use crate::check::wire::{Block, Said};

use super::clients::{Clients, known};
use super::prompt::Step;

/// Judges S34, and a part of L7.
#[derive(Default)]
pub struct Parole {
    clients: Clients<Client>,
}

struct Client {
    step: Step,
    /// Pieces of which something was asked.
    touched: PieceSet,
    /// Who has sent blocks of each piece in progress.
    senders: BTreeMap<u32, BTreeSet<ConnectionId>>,
    /// Pieces of which blocks came that may not have been asked for, or were lost again.
    unclear: BTreeSet<u32>,
    suspects: BTreeSet<ConnectionId>,
    /// To be judged at the end of the step.
    guilty: Option<(ConnectionId, u32)>,
    cleared: Option<ConnectionId>,
    /// Pieces begun in this step, with whom.
    begun: Vec<(ConnectionId, u32)>,
    /// What suspects were asked for in this step.
    asked: Vec<Asked>,
}

/// A suspect was asked for a piece in which others have a part.
struct Asked {
    connection: ConnectionId,
    with: u32,
    piece: u32,
    /// What it could have fetched alone, as far as this line knows.
    fresh: Vec<u32>,
}

impl Watcher for Parole {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let pieces = bench.setting.geometry().piece_count;
        let Some(client) = known(&mut self.clients, peer, seen, || Client::new(pieces)) else { return };
        match seen {
            Seen::Said(Event::PieceVerified { piece, .. }) => client.verified(*piece),
            Seen::Said(Event::PieceFailed { piece, .. }) => client.failed(*piece),
            Seen::Closed { connection, .. } => {
                client.suspects.remove(connection);
            }
            Seen::DiskAnswered(done) if matches!(done.outcome, Outcome::Written(Err(_))) => {
                // A block is lost again, and with it perhaps who had a part in its piece.
                client.unclear.extend(client.senders.keys());
            }
            Seen::Settled(session) => client.settle(bench, view, peer, session),
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        match (told.way, told.said) {
            (Way::In, Said::Piece(block, _)) if told.line.asked.contains(block) && !told.line.is_doubtful => {
                client.senders.entry(block.piece).or_default().insert(told.connection);
            }
            (Way::In, Said::Piece(block, _)) => {
                client.unclear.insert(block.piece);
            }
            (Way::Out, Said::Request(block)) if block.piece < bench.setting.geometry().piece_count => {
                client.asks(view, told, block);
            }
            _ => {}
        }
    }
}

impl Client {
    fn new(pieces: u32) -> Client {
        Client {
            step: Step::default(),
            touched: PieceSet::empty(pieces),
            senders: BTreeMap::new(),
            unclear: BTreeSet::new(),
            suspects: BTreeSet::new(),
            guilty: None,
            cleared: None,
            begun: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Who has sent blocks of a piece that has now been looked at; nobody, if that is not sure.
    fn senders_of(&mut self, piece: u32) -> BTreeSet<ConnectionId> {
        let senders = self.senders.remove(&piece).unwrap_or_default();
        if self.unclear.remove(&piece) { BTreeSet::new() } else { senders }
    }

    fn verified(&mut self, piece: u32) {
        if self.unclear.contains(&piece) {
            // Any of them may have been cleared, and any suspicion may be older than that.
            self.suspects.clear();
            self.cleared = None;
        }
        let senders = self.senders_of(piece);
        if senders.len() == 1 {
            self.cleared = senders.first().copied();
            self.suspects.retain(|suspect| !senders.contains(suspect));
        }
    }

    fn failed(&mut self, piece: u32) {
        if self.unclear.contains(&piece) {
            // Any of them may be suspected.
            self.cleared = None;
        }
        let senders = self.senders_of(piece);
        match senders.first() {
            Some(only) if senders.len() == 1 => self.guilty = Some((*only, piece)),
            _ => self.suspects.extend(senders),
        }
    }

    fn settle(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, session: &Session) {
        if let Some((connection, piece)) = self.guilty.take()
            && let Some(line) = view.lines.get(peer, connection)
        {
            let what = format!("it alone has sent all of piece {piece}, which is bad, and it is not banned");
            bench.violated("L7", [peer, line.with], what, line.wire());
        }
        if let Some(connection) = self.cleared.take()
            && session.peers(TORRENT).any(|one| one.connection == connection && one.on_parole)
            && !self.suspects.contains(&connection)
        {
            let what = "it has sent a good piece alone, and is still under suspicion";
            bench.violated("S34", [peer], what, []);
        }
        let (begun, asked) = (std::mem::take(&mut self.begun), std::mem::take(&mut self.asked));
        if !self.step.is_seen_through(view, peer) {
            return;
        }
        for Asked { connection, with, piece, fresh } in asked {
            let elsewhere = |fresh: u32| begun.iter().any(|(by, piece)| *by != connection && *piece == fresh);
            if let Some(fresh) = fresh.into_iter().find(|fresh| !elsewhere(*fresh)) {
                let what = format!(
                    "it has sent a part of a bad piece, and is asked for piece {piece}, in which others have a part, \
                     though it could fetch piece {fresh} alone"
                );
                bench.violated("S34", [peer, with], what, []);
            }
        }
    }

    fn asks(&mut self, view: &View, told: &Told<'_>, block: &Block) {
        let (piece, connection) = (block.piece, told.connection);
        let is_suspect = self.suspects.contains(&connection) && told.line.is_unchoking;
        if let Some(resident) = view.roster.get(told.peer)
            && is_suspect
            && self.is_shared(view, told, piece)
        {
            let fresh = told.line.theirs.iter_without(&resident.held);
            let fresh = fresh.filter(|fresh| !self.touched.contains(*fresh)).collect();
            self.asked.push(Asked { connection, with: told.line.with, piece, fresh });
        }
        if self.touched.insert(piece) {
            self.begun.push((connection, piece));
        }
    }

    /// Somebody else has a part in the piece.
    fn is_shared(&self, view: &View, told: &Told<'_>, piece: u32) -> bool {
        let is_other = |connection: &ConnectionId| *connection != told.connection;
        let senders = self.senders.get(&piece).filter(|_| !self.unclear.contains(&piece));
        senders.is_some_and(|senders| senders.iter().any(is_other))
            || view.lines.of(told.peer).any(|(connection, line)| {
                is_other(connection) && line.asked.iter().any(|asked| asked.piece == piece)
            })
    }
}
