//! S36: nothing is taken back from a peer that is not late, whoever brings a block is not late any more, and whoever
//! rejects is not asked again at once.
//!
//! A CANCEL of a block that nobody else has brought gives up on the peer. It is for one that has brought nothing for as
//! long as the client's patience lasts at least, since it was first asked or since a block of its came; a disk that is full
//! is a reason too.
//!
//! After a REJECT of something that it counted on a client waits for its next second. So of times at which it asks again
//! after one, [`TIMES`] are never within [`SPAN`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use swarmlab_engine::session::{ConnectionId, Event, Session};
use swarmlab_engine::time::Time;

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{TORRENT, Told, View, Watcher, Way};
use crate::check::wire::{Block, Said};

use super::clients::{Clients, known};
use super::prompt::Step;

/// A tick, once a second, lies between a REJECT and the next REQUEST: between five of these there are four ticks.
const TIMES: usize = 5;
const SPAN: Duration = Duration::from_millis(2_900);

/// Judges S36.
#[derive(Default)]
pub struct Patience {
    clients: Clients<Client>,
}

#[derive(Default)]
struct Client {
    step: Step,
    /// A piece was judged in this step: of its blocks nobody knows any more that they had come.
    has_judged: bool,
    finding: Option<(ConnectionId, Block, String)>,
    /// Who has brought a block in this step.
    brought: BTreeSet<ConnectionId>,
    rejections: BTreeMap<ConnectionId, Rejections>,
    /// Lines of which nobody knows from outside since when the client waits, until something is asked anew: a request was
    /// said late, when the block may have come already, or what came may have been taken back.
    unclear: BTreeSet<ConnectionId>,
}

#[derive(Default)]
struct Rejections {
    is_rejected: bool,
    asked_again: VecDeque<Time>,
}

impl Watcher for Patience {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let Some(client) = known(&mut self.clients, peer, seen, Client::default) else { return };
        match seen {
            Seen::Said(Event::PieceVerified { .. } | Event::PieceFailed { .. }) => client.has_judged = true,
            Seen::Closed { connection, .. } => {
                client.rejections.remove(connection);
                client.unclear.remove(connection);
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
            (Way::Out, Said::Cancel(_)) => client.takes_back(bench.now, view, told),
            (Way::Out, Said::Request(_)) => client.asks(bench, told),
            (Way::In, Said::Unchoke) => drop(client.rejections.remove(&told.connection)),
            (Way::In, Said::Reject(block))
                if told.line.asked.contains(block) && !told.line.cancelled.contains(block) =>
            {
                client.rejections.entry(told.connection).or_default().is_rejected = true;
            }
            (Way::In, Said::Piece(block, _)) if told.line.asked.contains(block) => {
                if !told.line.is_drained || told.line.is_doubtful {
                    client.unclear.insert(told.connection);
                } else if !client.unclear.contains(&told.connection) {
                    client.brought.insert(told.connection);
                }
            }
            _ => {}
        }
    }
}

impl Client {
    fn takes_back(&mut self, now: Time, view: &View, told: &Told<'_>) {
        let (Said::Cancel(block), Some(resident)) = (told.said, view.roster.get(told.peer)) else { return };
        let waited = now - told.line.progress_at;
        let is_in_vain = view.has_come(told.peer, block.piece, block.begin)
            || resident.held.contains(block.piece)
            || !told.line.asked.contains(block)
            || self.unclear.contains(&told.connection);
        if waited < resident.config.snub_timeout
            && !is_in_vain
            && !told.line.is_doubtful
            && self.step.is_prompt(told.connection)
        {
            let waited_s = waited.as_secs_f64();
            let what =
                format!("CANCEL of {block}, which nobody has brought, after {waited_s:.1} s of waiting");
            self.finding.get_or_insert((told.connection, *block, what));
        }
    }

    fn asks(&mut self, bench: &mut Bench<'_>, told: &Told<'_>) {
        let is_prompt = self.step.is_prompt(told.connection);
        if !is_prompt {
            self.unclear.insert(told.connection);
        } else if told.line.asked.is_empty() {
            self.unclear.remove(&told.connection);
        }
        let Some(rejections) = self.rejections.get_mut(&told.connection) else { return };
        if !std::mem::take(&mut rejections.is_rejected) || !is_prompt {
            return;
        }
        rejections.asked_again.push_back(bench.now);
        if rejections.asked_again.len() > TIMES {
            rejections.asked_again.pop_front();
        }
        let first = rejections.asked_again.front().copied().unwrap_or(bench.now);
        if rejections.asked_again.len() == TIMES && first + SPAN > bench.now {
            let span_s = (bench.now - first).as_secs_f64();
            let what = format!("it rejects, and is asked again {TIMES} times within {span_s:.1} s");
            bench.violated("S36", [told.peer, told.line.with], what, told.line.wire());
        }
    }

    fn settle(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, session: &Session) {
        let (finding, brought) = (self.finding.take(), std::mem::take(&mut self.brought));
        let is_excused = std::mem::take(&mut self.has_judged)
            || view.roster.get(peer).is_none_or(|resident| resident.disk_full_at == Some(bench.now));
        if let Some((connection, block, what)) = finding.filter(|_| !is_excused)
            && !view.has_come(peer, block.piece, block.begin)
            && let Some(line) = view.lines.get(peer, connection)
        {
            bench.violated("S36", [peer, line.with], what, line.wire());
        }
        if brought.is_empty() {
            return;
        }
        let snubs = session.peers(TORRENT).find(|one| one.snubs_us && brought.contains(&one.connection));
        if let Some(line) = snubs.and_then(|one| view.lines.get(peer, one.connection)) {
            let what = "it has just brought a block, and is taken for one that owes";
            bench.violated("S36", [peer, line.with], what, line.wire());
        }
    }
}
