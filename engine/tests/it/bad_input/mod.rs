//! What peers must not say, and what is done about it: one test for each row of the table of bad input.

mod answers;
mod hoarding;
mod messages;
mod requests;

use swarmlab_engine::session::CloseReason::Misbehaved;
use swarmlab_engine::session::{ConnectionId, Misbehaviour, StartWith};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Lab, Torrent, quiet};

/// A client that has the first half of 20 pieces, and one honest peer that has the other half.
fn half() -> (Lab, ConnectionId) {
    let torrent = Torrent::pieces(20);
    let mut lab = Lab::new(&torrent, StartWith::Check, torrent.memory(0..10), Vec::new(), quiet());
    let honest = lab.greet(200, true);
    lab.say(honest, &Message::Bitfield(vec![0, 0b0011_1111, 0b1111_0000].into()));
    (lab, honest)
}

/// Whoever says this is closed for this; the honest peer and what it announced stay as they are.
fn assert_closed_for(rule: Misbehaviour, fast: bool, prelude: &[Message], bytes: &[u8]) {
    let (mut lab, honest) = half();
    let bad = lab.greet(1, fast);
    prelude.iter().for_each(|message| lab.say(bad, message));
    assert!(lab.is_open(bad), "{:?} during the prelude of {}", lab.reason(bad), bytes.escape_ascii());
    let reads = lab.client.reads;
    lab.send(bad, bytes);
    assert_eq!(lab.reason(bad), Some(Misbehaved(rule)), "{}", bytes.escape_ascii());
    assert_eq!(lab.client.reads, reads, "no disk read for {}", bytes.escape_ascii());
    assert!(lab.is_open(honest));
    let announced: Vec<u32> = lab.client.session.peers(lab.client.key).map(|peer| peer.pieces_held).collect();
    assert_eq!(announced, [10]);
}

fn wire(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode_head(&mut bytes);
    bytes
}

fn raw(id: u8, body: &[u8]) -> Vec<u8> {
    let length = 1 + body.len() as u32;
    [&length.to_be_bytes()[..], &[id], body].concat()
}

fn block(piece: u32, begin: u32, length: u32) -> BlockRequest {
    BlockRequest { piece, begin, length }
}
