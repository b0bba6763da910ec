//! What TCP's headers need beyond what the network model says: ports, first sequence numbers, clocks.

use std::net::SocketAddrV4;

use swarmlab_engine::time::Time;
use swarmlab_sim::network::{EndId, Sent, What};

/// The first of the ports that systems take for connections of their own (RFC 6335, section 6).
const PORT_FIRST: u16 = 49_152;
/// Sequence numbers of streams begin this far apart: streams over the same ports are told apart by it.
const START_STEP: u32 = 0x9e37_79b1;

/// The two sides of a stream, that which connected first.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub sides: [Side; 2],
}

/// One side.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its address and port.
    pub socket: SocketAddrV4,
    /// The sequence number of its attempt, or acceptance.
    start: u32,
    /// What the other side's clock said when it sent what has arrived, in milliseconds.
    pub echo_ms: u32,
    /// It has said that its stream ends.
    has_ended: bool,
}

impl Side {
    fn new(socket: SocketAddrV4, start: u32) -> Side {
        Side { socket, start, echo_ms: 0, has_ended: false }
    }

    /// The number of the byte that so many come before.
    pub fn number(&self, bytes: u64) -> u32 {
        // The attempt counts as one.
        self.start.wrapping_add(1).wrapping_add(bytes as u32)
    }

    /// The number that a packet without bytes has.
    fn next(&self, bytes: u64) -> u32 {
        self.number(bytes).wrapping_add(u32::from(self.has_ended))
    }
}

impl Conversation {
    /// What this packet of the stream is numbered, and notes what it changes.
    pub fn note(&mut self, sent: &Sent) -> u32 {
        let from = usize::from(!sent.dialled);
        match sent.what {
            What::Attempt | What::Acceptance => {
                self.sides[1 - from].echo_ms = clock_ms(sent.at);
                self.sides[from].start
            }
            What::Refusal => 0,
            What::Segment(_) => self.sides[from].number(sent.sequence),
            What::End => {
                self.sides[from].has_ended = true;
                self.sides[from].number(sent.sequence)
            }
            What::Acknowledgement(of) => {
                if let Some(of) = of {
                    self.sides[from].echo_ms = clock_ms(of);
                }
                self.sides[from].next(sent.sequence)
            }
            What::Reset => self.sides[from].next(sent.sequence),
        }
    }
}

/// What a host's clock says, in milliseconds; it wraps around after seven weeks.
pub fn clock_ms(at: Time) -> u32 {
    (at.as_nanos() / 1_000_000) as u32
}

/// The streams that are there.
#[derive(Debug, Default)]
pub struct Conversations {
    /// By the stream's place, with the end that connected: places are used again.
    streams: Vec<Option<(EndId, Conversation)>>,
    /// So many there have been.
    count: u32,
    /// By host, the streams that it began.
    begun: Vec<u16>,
}

impl Conversations {
    /// The conversation that a packet belongs to, begun if it is not there. `listens` tells where a host does.
    pub fn of(&mut self, sent: &Sent, listens: impl Fn(usize) -> SocketAddrV4) -> &mut Conversation {
        let dialling = if sent.dialled { sent.end } else { sent.end.peer() };
        let place = dialling.index() >> 1;
        if self.streams.len() <= place {
            self.streams.resize(place + 1, None);
        }
        let is_there = self.streams[place].as_ref().is_some_and(|(end, _)| *end == dialling);
        if !is_there {
            let hosts = [sent.from.0 as usize, sent.to.0 as usize];
            let [from, to] = if sent.dialled { hosts } else { [hosts[1], hosts[0]] };
            let own = SocketAddrV4::new(*listens(from).ip(), self.port(from));
            self.count = self.count.wrapping_add(1);
            let start = self.count.wrapping_mul(START_STEP);
            let sides = [Side::new(own, start), Side::new(listens(to), !start)];
            self.streams[place] = Some((dialling, Conversation { sides }));
        }
        let (_, conversation) = self.streams[place].as_mut().expect("put there if it was not");
        conversation
    }

    /// The next port of a host.
    fn port(&mut self, host: usize) -> u16 {
        if self.begun.len() <= host {
            self.begun.resize(host + 1, 0);
        }
        let begun = &mut self.begun[host];
        let port = PORT_FIRST + *begun % (u16::MAX - PORT_FIRST + 1);
        *begun = begun.wrapping_add(1);
        port
    }
}
