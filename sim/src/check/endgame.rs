//! Endgame: a block is asked for twice only when nothing is left to ask for once.
//!
//! What was doubled may outlast endgame, when blocks become free again: a peer goes, a piece fails. So a block that is
//! asked for more often than before is judged by the blocks of which nothing was asked, neither then nor now.

#[cfg(test)]
mod tests;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::pieces::BlockState;
use swarmlab_engine::session::{Event, Session};
use swarmlab_engine::storage::TorrentKey;

use super::Seen;
use super::judge::{Bench, Judge};

/// The only torrent of every simulated client.
const TORRENT: TorrentKey = TorrentKey(0);

/// Judges who is asked twice.
#[derive(Default)]
pub struct Endgame {
    /// By the peer's number.
    clients: Vec<Option<Client>>,
}

/// A client when it had last settled.
struct Client {
    candidates: PieceSet,
    /// Of pieces in progress: blocks of which nothing was asked, and blocks that several are asked for.
    free: Vec<(u32, u32)>,
    doubled: Vec<(u32, u32, u8)>,
    /// Peers that were found to owe too much.
    snubs: u32,
    /// Since then a connection has ended or the disk was full: what was asked for meanwhile is free again, and nobody saw
    /// it.
    is_disturbed: bool,
}

impl Judge for Endgame {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        let place = peer as usize;
        if self.clients.len() <= place {
            self.clients.resize_with(place + 1, || None);
        }
        let client = &mut self.clients[place];
        match seen {
            Seen::Came { session, is_judged: true, .. } => {
                *client = Some(Client::look(session));
            }
            Seen::Gone => *client = None,
            Seen::Closed { .. } | Seen::Said(Event::DiskFull { .. }) => {
                if let Some(client) = client {
                    client.is_disturbed = true;
                }
            }
            Seen::Settled(session) => {
                let Some(before) = client else { return };
                let now = Client::look(session);
                if !before.is_disturbed && before.snubs == now.snubs {
                    now.is_legitimate(bench, peer, before);
                }
                *before = now;
            }
            _ => {}
        }
    }
}

impl Client {
    fn look(session: &Session) -> Client {
        let pieces = session.pieces(TORRENT);
        let mut client = Client {
            candidates: pieces.candidates().clone(),
            free: Vec::new(),
            doubled: Vec::new(),
            snubs: session.progress(TORRENT).totals.snubs,
            is_disturbed: false,
        };
        for partial in pieces.partials() {
            for (block, state) in (0..).zip(partial.blocks()) {
                match state {
                    BlockState::Free => client.free.push((partial.piece, block)),
                    BlockState::Requested(peers @ 2..) => {
                        client.doubled.push((partial.piece, block, *peers));
                    }
                    _ => {}
                }
            }
        }
        client
    }

    fn is_legitimate(&self, bench: &mut Bench<'_>, peer: u32, before: &Client) {
        let is_new = |(piece, block, peers): &&(u32, u32, u8)| {
            let earlier = before.doubled.iter().find(|(p, b, _)| (p, b) == (piece, block));
            earlier.is_none_or(|(_, _, earlier)| earlier < peers)
        };
        let Some((piece, block, peers)) = self.doubled.iter().find(is_new) else { return };
        if let Some((piece_left, block_left)) = self.left_alone(before) {
            let what = format!(
                "{peers} peers are asked for block {block} of piece {piece}, \
                 nobody for block {block_left} of piece {piece_left}"
            );
            bench.violated("S7", [peer], what, []);
        }
    }

    /// A block of which nothing was asked all the time.
    fn left_alone(&self, before: &Client) -> Option<(u32, u32)> {
        let candidate = self.candidates.iter_and(&before.candidates).next();
        let in_progress = self.free.iter().find(|free| before.free.contains(free)).copied();
        candidate.map(|piece| (piece, 0)).or(in_progress)
    }
}
