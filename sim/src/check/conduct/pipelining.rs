//! S41: a client asks for more than one block at a time, lest the link stand still for a round trip after each.
//!
//! Counted are blocks that come while nothing else is asked of their sender, one after the other. With [`ALONE_MAX`] of
//! them, and a piece all the time of which nothing was asked yet and which the sender has, the client does not pipeline.
//! Nothing is said of a sender that bears one request only, or that was late, nor where a limit on what is fetched says when the
//! next block may be asked for.

use std::collections::BTreeMap;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::ConnectionId;

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{TORRENT, Told, View, Watcher, Way};
use crate::check::wire::Said;

use super::clients::{Clients, known};

/// So many blocks come alone at the beginning, after a time-out, or by chance.
const ALONE_MAX: u32 = 8;

/// Judges S41.
#[derive(Default)]
pub struct Pipelining {
    clients: Clients<Client>,
}

struct Client {
    /// Pieces of which something was asked.
    touched: PieceSet,
    /// Blocks that came alone, one after the other.
    alone: BTreeMap<ConnectionId, u32>,
}

impl Client {
    fn new(pieces: u32) -> Client {
        Client { touched: PieceSet::empty(pieces), alone: BTreeMap::new() }
    }
}

impl Watcher for Pipelining {
    fn see(&mut self, bench: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        let pieces = bench.setting.geometry().piece_count;
        let Some(client) = known(&mut self.clients, peer, seen, || Client::new(pieces)) else { return };
        match seen {
            Seen::Settled(session) if !client.alone.is_empty() => {
                for late in session.peers(TORRENT).filter(|one| one.snubs_us) {
                    client.alone.remove(&late.connection);
                }
            }
            Seen::Closed { connection, .. } => {
                client.alone.remove(connection);
            }
            _ => {}
        }
    }

    fn said(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        match (told.way, told.said) {
            (Way::Out, Said::Request(block)) if block.piece < bench.setting.geometry().piece_count => {
                client.touched.insert(block.piece);
                if !told.line.asked.is_empty() {
                    client.alone.remove(&told.connection);
                }
            }
            (Way::In, Said::Piece(block, _)) if told.line.asked.contains(block) => {
                let is_open = view.roster.get(told.peer).is_some_and(|resident| {
                    let is_free = resident.config.limits.down_bytes_per_s.is_none();
                    let theirs = told.line.theirs.iter_without(&resident.held);
                    is_free && theirs.into_iter().any(|piece| !client.touched.contains(piece))
                });
                let bears = bench.setting.group(told.line.with).client.request_queue;
                let is_alone = told.line.is_drained && told.line.is_unchoking && told.line.asked.len() == 1;
                if !is_open || !is_alone || bears < 2 {
                    client.alone.remove(&told.connection);
                    return;
                }
                let alone = client.alone.entry(told.connection).or_default();
                *alone += 1;
                if *alone > ALONE_MAX {
                    let what =
                        format!("{alone} blocks came, each while nothing else was asked of their sender");
                    bench.violated("S41", [told.peer, told.line.with], what, told.line.wire());
                }
            }
            (_, Said::Choke | Said::Unchoke | Said::Reject(_) | Said::Cancel(_)) => {
                client.alone.remove(&told.connection);
            }
            _ => {}
        }
    }
}
