//! Which end of a stream belongs to which connection of which host.

use std::collections::VecDeque;

use bytes::Bytes;
use swarmlab_engine::session::ConnectionId;

use crate::network::{EndId, HostId};

use super::given::Given;

/// What a host knows of one of its streams.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The network's name for it.
    pub end: EndId,
    /// The engine's name for it.
    pub connection: ConnectionId,
    /// The host at the other end.
    pub remote: HostId,
    /// What was given on it.
    pub given: Given,
    /// Pulled from the engine, but more than the send buffer could take.
    pub pending: VecDeque<Bytes>,
}

impl Stream {
    /// A stream on which nothing was sent.
    pub fn new(end: EndId, connection: ConnectionId, remote: HostId) -> Stream {
        Stream { end, connection, remote, given: Given::default(), pending: VecDeque::new() }
    }
}

/// A host's table of streams grows by so many: doubling it would leave half of it empty.
const STREAMS_AT_A_TIME: usize = 8;

/// The streams of one host, by the slot of their connection.
#[derive(Debug, Default)]
pub struct Streams {
    slots: Vec<Option<Stream>>,
}

impl Streams {
    /// A connection has a stream now.
    pub fn bind(&mut self, stream: Stream) {
        let slot = stream.connection.slot();
        if self.slots.len() <= slot {
            if self.slots.capacity() <= slot {
                self.slots.reserve_exact(slot + STREAMS_AT_A_TIME - self.slots.len());
            }
            self.slots.resize_with(slot + 1, || None);
        }
        self.slots[slot] = Some(stream);
    }

    /// The stream of a connection.
    pub fn of(&mut self, connection: ConnectionId) -> Option<&mut Stream> {
        self.slots.get_mut(connection.slot())?.as_mut().filter(|stream| stream.connection == connection)
    }

    /// The connection has ended.
    pub fn unbind(&mut self, connection: ConnectionId) -> Option<Stream> {
        self.of(connection)?;
        self.slots[connection.slot()].take()
    }

    /// The streams that are open.
    pub fn iter(&self) -> impl Iterator<Item = &Stream> {
        self.slots.iter().flatten()
    }

    /// The streams that are open, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Stream> {
        self.slots.iter_mut().flatten()
    }

    /// All streams end.
    pub fn drain(&mut self) -> impl Iterator<Item = Stream> + '_ {
        self.slots.drain(..).flatten()
    }
}

/// The connection that an end belongs to, for all ends of the network, by the end's slot.
#[derive(Debug, Default)]
pub struct Ends {
    slots: Vec<Option<(EndId, ConnectionId)>>,
}

impl Ends {
    /// The end belongs to this connection of its host.
    pub fn bind(&mut self, end: EndId, connection: ConnectionId) {
        if self.slots.len() <= end.index() {
            self.slots.resize(end.index() + 1, None);
        }
        self.slots[end.index()] = Some((end, connection));
    }

    /// The connection of an end.
    pub fn connection(&self, end: EndId) -> Option<ConnectionId> {
        let (bound, connection) = (*self.slots.get(end.index())?)?;
        (bound == end).then_some(connection)
    }
}
