//! What is judged on the wire: every message of every honest client, as it is sent, against what the client was given.
//!
//! Bytes come in and go out ([`reader`]), connections and clients change with them ([`conversation`], [`own`]), and each
//! rule is a small function named after its property. What a client knows of itself is not asked: what it holds follows
//! from what its disk has answered.

mod announcement;
mod announces;
mod asked;
mod choking;
mod client;
mod conversation;
mod datagram;
mod dialling;
mod dictionary;
mod extensions;
mod interest;
mod message;
mod own;
mod pending;
mod query;
mod reader;
mod requests;
mod scene;
mod serving;
mod settling;
#[cfg(test)]
mod tests;
mod transcript;
mod verdict;

use super::judge::{Bench, Judge};
use super::{Circumstances, Seen, knows_torrent};

use client::Client;

pub use message::{BLOCK_BYTES, Block, Said};
pub use reader::{Fragment, Reader};
pub use transcript::Transcript;

/// Judges what clients say.
#[derive(Default)]
pub struct Wire {
    /// By the peer's number, while it is there and judged.
    clients: Vec<Option<Client>>,
    /// Who has left something unsaid in this event.
    suspects: Vec<u32>,
}

impl Judge for Wire {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        let at = peer as usize;
        match seen {
            Seen::Came { is_judged: true, session, start, config } => {
                if self.clients.len() <= at {
                    self.clients.resize_with(at + 1, || None);
                }
                self.clients[at] =
                    Some(Client::new(peer, bench.setting.geometry(), start, config, knows_torrent(session)));
            }
            Seen::Gone => self.clients.get_mut(at).into_iter().for_each(|client| *client = None),
            seen => {
                if let Some(Some(client)) = self.clients.get_mut(at) {
                    client.see(bench, seen);
                    if matches!(seen, Seen::Settled(_)) && client.is_suspect {
                        self.suspects.push(peer);
                    }
                }
            }
        }
    }

    /// Of a stream that is over a client may hear later, and it can say nothing there: who seems to keep silent is
    /// judged at the end of the event, when it has heard.
    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        for peer in self.suspects.drain(..) {
            if let Some(client) = &self.clients[peer as usize] {
                client.look_again(bench, circumstances.network);
            }
        }
    }
}
