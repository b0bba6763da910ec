//! What a peer runs while it is present.

use std::net::SocketAddr;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, Input, Output, Session, Transmit};
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::Progress;

use super::peer_host::TORRENT;

/// A client, and what the world has to remember of it.
pub struct Client {
    /// The engine.
    pub engine: Engine,
    /// For when the engine's next time-out is scheduled.
    pub timer_at: Option<Time>,
    /// For when the end of its disk's next job is scheduled.
    pub disk_at: Option<Time>,
    /// What it holds is known, and counts among the copies of the swarm. Not so while it is being checked.
    pub counted: bool,
    /// It reads what arrives. Not so while it is frozen, or its disk has too much to do.
    pub reads: bool,
}

impl Client {
    /// A client that was just started.
    pub fn new(engine: Engine) -> Client {
        Client { engine, timer_at: None, disk_at: None, counted: false, reads: true }
    }
}

/// Who speaks: the engine as it is shipped, or one that breaks a rule.
pub enum Engine {
    /// The engine.
    Honest(Box<Session>),
}

impl Engine {
    /// The engine itself, for questions.
    pub fn session(&self) -> &Session {
        match self {
            Engine::Honest(session) => session,
        }
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        self.session().progress(TORRENT)
    }

    /// The pieces that it has verified.
    pub fn held(&self) -> &PieceSet {
        self.session().held(TORRENT)
    }

    /// As [`Session::accept`]; so the others.
    pub fn accept(&mut self, now: Time, remote: SocketAddr) -> Option<ConnectionId> {
        match self {
            Engine::Honest(session) => session.accept(now, remote),
        }
    }

    /// Something happened.
    pub fn handle_input(&mut self, now: Time, input: Input) {
        match self {
            Engine::Honest(session) => session.handle_input(now, input),
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        match self {
            Engine::Honest(session) => session.handle_timeout(now),
        }
    }

    /// When it wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Engine::Honest(session) => session.poll_timeout(),
        }
    }

    /// What it asks for.
    pub fn poll_output(&mut self) -> Option<Output> {
        match self {
            Engine::Honest(session) => session.poll_output(),
        }
    }

    /// What it sends.
    pub fn poll_transmit(&mut self, now: Time, connection: ConnectionId, budget: usize) -> Option<Transmit> {
        match self {
            Engine::Honest(session) => session.poll_transmit(now, connection, budget),
        }
    }
}
