//! What peers must not say, and what is done about it: one table, played against whole clients in two worlds.
//!
//! A [`Row`] holds scripts of bytes and the answer that each must get. The client under test has one half of the
//! content. One raw peer after the other dials it and plays a script; at the end an honest seed comes, and the client
//! must complete from it as if nothing had happened: nothing that was counted, reserved or kept for the raw peers may
//! stand in its way. `over_the_event_network` does this in simulated time, `over_sockets` with the client that ships.

mod content;
mod over_sockets;
mod over_the_event_network;
mod raw_peer;
mod session_host;
mod table;
mod words;

use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::session::{CloseReason, Misbehaviour};
use swarmlab_engine::wire::{BlockRequest, Message};

/// One line of the table.
pub struct Row {
    pub name: &'static str,
    /// Each is played by a peer of its own, one after the other, against the same client.
    pub scripts: Vec<Script>,
    pub answer: Answer,
    /// Blocks that each script may have the client's disk read at most.
    pub reads_max: usize,
}

/// What a raw peer does, from the open stream on.
pub type Script = Vec<Step>;

/// One thing that a raw peer does.
#[derive(Clone)]
pub enum Step {
    /// Sends the right handshake, with or without the bit of the fast extension.
    Greet { fast: bool },
    /// Sends these bytes.
    Say(Vec<u8>),
    /// Sends them byte by byte.
    Trickle(Vec<u8>),
    /// Sends the bytes of each number in turn, until the connection has ended or the numbers have.
    Flood { numbers: u32, bytes: fn(u32) -> Vec<u8> },
    /// Waits until the client has said so many messages like this.
    Hear { count: usize, like: fn(&Message) -> bool },
    /// Waits for a request, and sends this.
    Answer(fn(BlockRequest) -> Vec<u8>),
    /// Reads nothing from now on.
    StopReading,
    /// Does nothing for so long.
    Wait(Duration),
    /// Has so many others dial and say nothing; the client keeps so many of them at most.
    Crowd { dialers: usize, kept_max: usize },
}

/// What must come of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The client closes the connection for breaking this rule.
    Closed(Misbehaviour),
    /// The client closes the connection before it counts as a peer.
    Refused,
    /// The client goes on as with anybody: asked for a block, it sends the right one.
    Served,
}

/// A client that has one half of the content, those who dial it, and the time that passes.
pub trait World {
    /// The raw peer's end of a stream to the client.
    type Stream;

    fn new() -> Self;

    /// Opens a stream to the client.
    fn dial(&mut self) -> Self::Stream;

    /// Sends all of these bytes, unless the stream ends before: false.
    fn send(&mut self, stream: &mut Self::Stream, bytes: &[u8]) -> bool;

    /// Waits for bytes; `None` if the stream has ended. Panics if neither happens soon.
    fn receive(&mut self, stream: &mut Self::Stream) -> Option<Bytes>;

    /// The raw peer reads nothing until it calls [`receive`](World::receive) again.
    fn stop_reading(&mut self, stream: &mut Self::Stream);

    /// Closes the raw peer's end.
    fn hang_up(&mut self, stream: Self::Stream);

    /// Lets time pass.
    fn wait(&mut self, span: Duration);

    /// Waits until no more than so many of these streams are open, and forgets those that have ended.
    fn outlast(&mut self, crowd: &mut Vec<Self::Stream>, open_max: usize);

    /// Why peers were parted from, oldest first, as far as the client has told by now.
    fn farewells(&mut self) -> &[CloseReason];

    /// Waits until the client has parted from so many peers.
    fn await_farewells(&mut self, count: usize);

    /// What the client's disk was asked for.
    fn disk(&self) -> content::Watched;

    /// An honest seed comes, and dials the client. Waits until the client has everything.
    fn complete(&mut self);
}

/// Makes a test of each part of the table.
macro_rules! play_the_table {
    ($world:ty) => {
        crate::bad_input::play_the_table!(
            $world,
            handshakes framing announcements requests floods pieces fast_messages extensions patience
        );
    };
    ($world:ty, $($part:ident)+) => {
        $(#[test]
        fn $part() {
            crate::bad_input::table::$part().iter().for_each(crate::bad_input::raw_peer::play::<$world>);
        })+
    };
}
use play_the_table;
