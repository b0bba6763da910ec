//! What only a session joined by hand can show of bad input: what it counts, what it asks of the disk, how much waits.
//!
//! The table of bad input itself is played against whole clients, in `sim/tests/it/bad_input`.

mod announcements;
mod answers;
mod hoarding;
mod requests;

use swarmlab_engine::session::{ConnectionId, StartWith};
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

fn block(piece: u32, begin: u32, length: u32) -> BlockRequest {
    BlockRequest { piece, begin, length }
}
