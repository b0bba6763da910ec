//! S43: a client suggests (BEP 6) what none of its peers has, to somebody whom it serves, and nothing to two at a time: a
//! suggestion is to keep two peers from fetching the same piece of it.
//!
//! Nothing is said of a step in which the client was told who has what, nor where something waits for a socket.

use std::collections::BTreeMap;

use swarmlab_engine::session::ConnectionId;

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{Told, View, Watcher, Way};
use crate::check::wire::Said;

use super::clients::{Clients, known};
use super::prompt::Step;

/// Judges S43.
#[derive(Default)]
pub struct Suggesting {
    clients: Clients<Client>,
}

#[derive(Default)]
struct Client {
    step: Step,
    /// To whom each piece was suggested last; forgotten when the client chokes it.
    suggested: BTreeMap<u32, ConnectionId>,
    /// What was suggested in this step.
    fresh: Vec<Fresh>,
}

/// A suggestion, and what the client knew when it made it.
struct Fresh {
    connection: ConnectionId,
    with: u32,
    piece: u32,
    is_served: bool,
    /// Another peer that has the piece.
    holder: Option<u32>,
}

impl Watcher for Suggesting {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let Some(client) = known(&mut self.clients, peer, seen, Client::default) else { return };
        match seen {
            Seen::Closed { connection, .. } => client.forget(*connection),
            Seen::Settled(_) => client.settle(bench, view, peer),
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, _: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        match (told.way, told.said) {
            (Way::Out, Said::Suggest(piece)) => client.suggests(view, told, *piece),
            (Way::Out, Said::Choke) => client.forget(told.connection),
            _ => {}
        }
    }
}

impl Client {
    /// The client serves the other no more: what it has suggested to it is free again.
    fn forget(&mut self, gone: ConnectionId) {
        self.suggested.retain(|_, connection| *connection != gone);
        self.fresh.retain(|fresh| fresh.connection != gone);
    }

    fn suggests(&mut self, view: &View, told: &Told<'_>, piece: u32) {
        let Told { peer, connection, line, .. } = *told;
        let holds = |line: &&crate::check::swarm::Line| {
            line.stands && piece < line.theirs.piece_count() && line.theirs.contains(piece)
        };
        let holder = view.lines.of(peer).map(|(_, line)| line).find(holds).map(|line| line.with);
        let is_served = line.am_unchoking;
        self.fresh.push(Fresh { connection, with: line.with, piece, is_served, holder });
    }

    fn settle(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32) {
        let is_seen_through = self.step.is_seen_through(view, peer);
        for Fresh { connection, with, piece, is_served, holder } in std::mem::take(&mut self.fresh) {
            let earlier = self.suggested.insert(piece, connection).filter(|earlier| *earlier != connection);
            let what = match (is_served, holder, earlier) {
                _ if !is_seen_through => continue,
                (false, ..) => format!("it suggests piece {piece} to peer {with}, which it chokes"),
                (true, Some(holder), _) => {
                    format!("it suggests piece {piece} to peer {with}, though peer {holder} has it")
                }
                (true, None, Some(_)) => format!("it suggests piece {piece} to peer {with}, and to another"),
                (true, None, None) => continue,
            };
            bench.violated("S43", [peer, with], what, []);
        }
    }
}
