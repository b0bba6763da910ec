//! Who sits at a host: the client as it is, or one that breaks a rule. Both have the verbs of a [`Session`].

use std::net::SocketAddr;

use bytes::Bytes;

use swarmlab_engine::session::{ConnectionId, Input, Output, Session, Transmit};
use swarmlab_engine::storage::Content;
use swarmlab_engine::time::Time;

use crate::scenario::Behaviour;

use super::byzantine::Byzantine;

/// A client engine, behind its own mouth or somebody else's.
pub enum Actor {
    /// The engine as it is.
    Honest(Box<Session>),
    /// The engine with somebody between it and its streams.
    Byzantine(Box<Byzantine>),
}

impl Actor {
    /// Lets `session`, with its torrent added already, behave like this.
    pub fn new(session: Session, behaviour: Behaviour, content: &Content, seed: u64) -> Actor {
        match behaviour {
            // A free-rider is a client like any other: its settings say that it has no upload slots.
            Behaviour::Honest | Behaviour::FreeRides => Actor::Honest(Box::new(session)),
            _ => Actor::Byzantine(Box::new(Byzantine::new(session, behaviour, content.clone(), seed))),
        }
    }

    /// The engine, to be looked at.
    pub fn session(&self) -> &Session {
        match self {
            Actor::Honest(session) => session,
            Actor::Byzantine(byzantine) => byzantine.session(),
        }
    }

    /// As [`Session::accept`].
    pub fn accept(&mut self, now: Time, remote: SocketAddr) -> Option<ConnectionId> {
        match self {
            Actor::Honest(session) => session.accept(now, remote),
            Actor::Byzantine(byzantine) => byzantine.accept(now, remote),
        }
    }

    /// As [`Session::handle_input`].
    pub fn handle_input(&mut self, now: Time, input: Input) {
        match self {
            Actor::Honest(session) => session.handle_input(now, input),
            Actor::Byzantine(byzantine) => byzantine.handle_input(now, input),
        }
    }

    /// As [`Session::receive`].
    pub fn receive(&mut self, now: Time, connection: ConnectionId, data: impl IntoIterator<Item = Bytes>) {
        match self {
            Actor::Honest(session) => session.receive(now, connection, data),
            Actor::Byzantine(byzantine) => byzantine.receive(now, connection, data),
        }
    }

    /// As [`Session::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Time) {
        match self {
            Actor::Honest(session) => session.handle_timeout(now),
            Actor::Byzantine(byzantine) => byzantine.handle_timeout(now),
        }
    }

    /// As [`Session::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Actor::Honest(session) => session.poll_timeout(),
            Actor::Byzantine(byzantine) => byzantine.poll_timeout(),
        }
    }

    /// As [`Session::poll_output`].
    pub fn poll_output(&mut self) -> Option<Output> {
        match self {
            Actor::Honest(session) => session.poll_output(),
            Actor::Byzantine(byzantine) => byzantine.poll_output(),
        }
    }

    /// As [`Session::poll_transmit`].
    pub fn poll_transmit(&mut self, now: Time, connection: ConnectionId, budget: usize) -> Option<Transmit> {
        match self {
            Actor::Honest(session) => session.poll_transmit(now, connection, budget),
            Actor::Byzantine(byzantine) => byzantine.poll_transmit(now, connection, budget),
        }
    }
}
