//! Peers that break the rules on purpose, one rule each.
//!
//! A byzantine peer is the real client with somebody between it and its streams: messages are read with the engine's
//! own codec, and dropped, changed, or made up. So it meets others, asks and downloads as any client does, until the one
//! rule matters. It offers the verbs of a [`Session`], and like one it asks no clock.
//!
//! Trackers are told the truth: what doesn't begin with BitTorrent's handshake passes untouched.

mod line;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use rand::{RngExt, SeedableRng};

use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry};
use swarmlab_engine::random::Rng;
use swarmlab_engine::session::{ConnectionId, Input, Output, Session, Transmit};
use swarmlab_engine::storage::Content;
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::Message;

use crate::scenario::Behaviour;

use super::peer_host::TORRENT;
use line::Line;

/// Between two acts of those that act by the clock.
const TICK: Duration = Duration::from_secs(1);
/// Of so many blocks a corrupter spoils one.
const BLOCKS_PER_CORRUPTION: u64 = 16;
/// HAVE messages that a flooder sends on each connection with every tick.
const HAVES_PER_TICK: u32 = 100;

/// A client that breaks one rule.
pub struct Byzantine {
    session: Session,
    behaviour: Behaviour,
    content: Content,
    rng: Rng,
    lines: BTreeMap<ConnectionId, Line>,
    /// Connections that have something to send which the session knows nothing of.
    ready: VecDeque<ConnectionId>,
    /// Blocks sent so far.
    blocks: u64,
    /// Clocked acts done so far.
    ticks: u64,
    tick_at: Option<Time>,
}

impl Byzantine {
    /// A session, with its torrent added already, that commits this misdeed: any but `Honest`, and `FreeRides`, which a client does by its settings. `content` is the torrent's, for what is
    /// sent unasked.
    pub fn new(session: Session, behaviour: Behaviour, content: Content, seed: u64) -> Byzantine {
        Byzantine {
            session,
            behaviour,
            content,
            rng: Rng::seed_from_u64(seed),
            lines: BTreeMap::new(),
            ready: VecDeque::new(),
            blocks: 0,
            ticks: 0,
            tick_at: None,
        }
    }

    /// The client behind it: what it holds, and what it counts.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// As [`Session::accept`].
    pub fn accept(&mut self, now: Time, remote: SocketAddr) -> Option<ConnectionId> {
        self.session.accept(now, remote)
    }

    /// As [`Session::handle_input`].
    pub fn handle_input(&mut self, now: Time, input: Input) {
        if let Input::Closed { connection } = input {
            self.lines.remove(&connection);
        }
        self.session.handle_input(now, input);
    }

    /// As [`Session::receive`].
    pub fn receive(&mut self, now: Time, connection: ConnectionId, data: impl IntoIterator<Item = Bytes>) {
        for data in data {
            // Who dialled us speaks first: what comes before our own handshake begins a line.
            if data.first() == Some(&19) && !self.lines.contains_key(&connection) {
                self.lines.insert(connection, Line::new(self.geometry().piece_count));
            }
            match self.lines.contains_key(&connection) {
                true => self.hear(now, connection, data),
                false => self.session.receive(now, connection, [data]),
            }
        }
        if acts_by_the_clock(self.behaviour) && self.tick_at.is_none() && !self.lines.is_empty() {
            self.tick_at = Some(now + TICK);
        }
    }

    /// As [`Session::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Time) {
        if self.tick_at.is_some_and(|at| at <= now) {
            self.tick();
            self.tick_at = (!self.lines.is_empty()).then_some(now + TICK);
        }
        self.session.handle_timeout(now);
    }

    /// As [`Session::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Time> {
        self.session.poll_timeout().into_iter().chain(self.tick_at).min()
    }

    /// As [`Session::poll_output`].
    pub fn poll_output(&mut self) -> Option<Output> {
        if let Some(connection) = self.ready.pop_front() {
            return Some(Output::Ready { connection });
        }
        let output = self.session.poll_output()?;
        if let Output::Close { connection } = output {
            self.lines.remove(&connection);
        }
        Some(output)
    }

    /// As [`Session::poll_transmit`].
    pub fn poll_transmit(&mut self, now: Time, connection: ConnectionId, budget: usize) -> Option<Transmit> {
        if budget == 0 {
            return None;
        }
        loop {
            if let Some(line) = self.lines.get_mut(&connection)
                && line.has_to_send()
            {
                return line.poll(self.behaviour == Behaviour::Trickles);
            }
            let honest = self.session.poll_transmit(now, connection, budget)?;
            let begins = honest.head.first() == Some(&19);
            if !self.lines.contains_key(&connection) {
                if !begins {
                    return Some(honest);
                }
                self.lines.insert(connection, Line::new(self.geometry().piece_count));
            }
            self.speak(connection, honest);
        }
    }

    fn geometry(&self) -> Geometry {
        self.content.geometry()
    }

    /// What the client would say is taken apart, and said differently.
    fn speak(&mut self, connection: ConnectionId, honest: Transmit) {
        let Some(line) = self.lines.get_mut(&connection) else { return };
        for mut message in line.said(honest) {
            match (&mut message, self.behaviour) {
                (Message::Bitfield(_) | Message::HaveNone, Behaviour::LiesHaveAll) => {
                    message = line.have_all(self.content.geometry().piece_count);
                }
                (Message::Have(_), Behaviour::LiesHaveAll) => continue,
                (Message::Piece { data, .. }, Behaviour::Corrupts) => {
                    self.blocks += 1;
                    if self.blocks.is_multiple_of(BLOCKS_PER_CORRUPTION) {
                        let spoilt: Bytes = data.clone().into_bytes().iter().map(|byte| !byte).collect();
                        *data = spoilt.into();
                    }
                }
                _ => {}
            }
            line.say(message);
        }
    }

    /// What comes in is taken apart, and the client is told a part of it.
    fn hear(&mut self, now: Time, connection: ConnectionId, data: Bytes) {
        let Some(line) = self.lines.get_mut(&connection) else { return };
        let (handshake, messages) = line.heard(data);
        if let Some(data) = handshake {
            self.session.receive(now, connection, [data]);
        }
        for message in messages {
            if self.lets_in(connection, &message) {
                for data in line::bytes_of(&message) {
                    self.session.receive(now, connection, [data]);
                }
            }
        }
    }

    /// Whether the client is to hear this message.
    fn lets_in(&mut self, connection: ConnectionId, message: &Message) -> bool {
        match (message, self.behaviour) {
            (Message::Cancel(_), Behaviour::IgnoresCancel) => false,
            (Message::Request(_), Behaviour::NeverSends) => false,
            (Message::Request(block), Behaviour::LiesHaveAll) => {
                self.session.held(TORRENT).contains(block.piece)
            }
            (Message::Request(block), Behaviour::RejectsAll) => {
                self.say(connection, Message::RejectRequest(*block));
                false
            }
            _ => true,
        }
    }

    /// What is done by the clock, on every connection that stands.
    fn tick(&mut self) {
        self.ticks += 1;
        let standing: Vec<ConnectionId> =
            self.lines.iter().filter(|(_, line)| line.stands()).map(|(connection, _)| *connection).collect();
        for connection in standing {
            match self.behaviour {
                Behaviour::FloodsHave => {
                    for _ in 0..HAVES_PER_TICK {
                        let piece = self.rng.random_range(0..self.geometry().piece_count);
                        self.say(connection, Message::Have(piece));
                    }
                }
                Behaviour::RepeatsHave => {
                    let held: Vec<u32> = self.session.held(TORRENT).iter().collect();
                    for piece in held.into_iter().take(HAVES_PER_TICK as usize) {
                        self.say(connection, Message::Have(piece));
                    }
                }
                Behaviour::FlapsChoke if self.ticks.is_multiple_of(2) => {
                    self.say(connection, Message::Unchoke)
                }
                Behaviour::FlapsChoke => self.say(connection, Message::Choke),
                Behaviour::SendsUnasked => {
                    let (piece, block) = self.any_block();
                    let data = self.content.block(piece, block).into();
                    self.say(connection, Message::Piece { piece, begin: block * BLOCK_BYTES, data });
                }
                Behaviour::Trickles => {
                    if let Some(line) = self.lines.get_mut(&connection) {
                        line.allow_byte();
                    }
                    self.ready.push_back(connection);
                }
                _ => {}
            }
        }
    }

    fn any_block(&mut self) -> (u32, u32) {
        let geometry = self.geometry();
        let piece = self.rng.random_range(0..geometry.piece_count);
        (piece, self.rng.random_range(0..geometry.blocks_in(piece)))
    }

    fn say(&mut self, connection: ConnectionId, message: Message) {
        if let Some(line) = self.lines.get_mut(&connection) {
            line.say(message);
            self.ready.push_back(connection);
        }
    }
}

fn acts_by_the_clock(behaviour: Behaviour) -> bool {
    use Behaviour::{FlapsChoke, FloodsHave, RepeatsHave, SendsUnasked, Trickles};
    matches!(behaviour, FloodsHave | RepeatsHave | Trickles | FlapsChoke | SendsUnasked)
}
