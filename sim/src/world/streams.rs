//! What a host knows of its streams.

use std::collections::VecDeque;

use bytes::Bytes;
use swarmlab_engine::session::ConnectionId;

use crate::network::{EndId, HostId};

use super::given::Given;

/// What a host knows of one of its streams: a line of the cache, since something is sent on one of many all the time.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Stream {
    /// The network's name for it.
    pub end: EndId,
    /// The engine's name for it.
    pub connection: ConnectionId,
    /// The host at the other end.
    pub remote: HostId,
    /// What was given on it.
    pub given: Given,
}

impl Stream {
    /// A stream on which nothing was sent.
    pub fn new(end: EndId, connection: ConnectionId, remote: HostId) -> Stream {
        Stream { end, connection, remote, given: Given::default() }
    }

    /// What stands where no stream is.
    fn none(connection: ConnectionId) -> Stream {
        Stream { end: EndId::elsewhere(0), connection, remote: NOBODY, given: Given::default() }
    }

    fn is_there(&self) -> bool {
        self.remote != NOBODY
    }
}

/// At the other end of no stream.
const NOBODY: HostId = HostId(u32::MAX);

/// A host's table of streams grows by so many: doubling it would leave half of it empty.
const STREAMS_AT_A_TIME: usize = 32;

/// The streams of one host, by the slot of their connection.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Streams {
    slots: Vec<Stream>,
    pending: Pending,
}

/// What was pulled from the engine, but is more than the send buffer could take, by connection: those of a few.
#[derive(Debug, Default)]
pub struct Pending(Vec<(ConnectionId, VecDeque<Bytes>)>);

impl Pending {
    /// What waits there.
    pub fn of(&mut self, connection: ConnectionId) -> Option<&mut VecDeque<Bytes>> {
        self.0.iter_mut().find(|(of, _)| *of == connection).map(|(_, waiting)| waiting)
    }

    /// This waits too.
    pub fn extend(&mut self, connection: ConnectionId, chunks: impl Iterator<Item = Bytes>) {
        match self.0.iter_mut().find(|(of, _)| *of == connection) {
            Some((_, waiting)) => waiting.extend(chunks),
            None => self.0.push((connection, chunks.collect())),
        }
    }

    /// Nothing waits there any more.
    pub fn forget(&mut self, connection: ConnectionId) {
        self.0.retain(|(of, _)| *of != connection);
    }
}

impl Streams {
    /// A connection has a stream now.
    pub fn bind(&mut self, stream: Stream) {
        let slot = stream.connection.slot();
        if self.slots.len() <= slot {
            if self.slots.capacity() <= slot {
                self.slots.reserve_exact(slot + STREAMS_AT_A_TIME - self.slots.len());
            }
            self.slots.resize(slot + 1, Stream::none(stream.connection));
        }
        self.slots[slot] = stream;
    }

    /// The stream of a connection.
    pub fn of(&mut self, connection: ConnectionId) -> Option<&mut Stream> {
        self.with_pending(connection).map(|(stream, _)| stream)
    }

    /// The same, with what waits on streams.
    pub fn with_pending(&mut self, connection: ConnectionId) -> Option<(&mut Stream, &mut Pending)> {
        let stream = self.slots.get_mut(connection.slot())?;
        (stream.connection == connection && stream.is_there()).then_some((stream, &mut self.pending))
    }

    /// The connection whose stream ends there.
    pub fn ending_at(&self, end: EndId) -> Option<ConnectionId> {
        self.iter().find(|stream| stream.end == end).map(|stream| stream.connection)
    }

    /// The connection has ended.
    pub fn unbind(&mut self, connection: ConnectionId) -> Option<Stream> {
        let stream = self.of(connection)?;
        let ended = std::mem::replace(stream, Stream::none(connection));
        self.pending.forget(connection);
        Some(ended)
    }

    /// The streams that are open.
    pub fn iter(&self) -> impl Iterator<Item = &Stream> {
        self.slots.iter().filter(|stream| stream.is_there())
    }

    /// The streams that are open, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Stream> {
        self.slots.iter_mut().filter(|stream| stream.is_there())
    }

    /// The streams on which something waits.
    pub fn waiting(&self) -> impl Iterator<Item = &Stream> {
        self.pending.0.iter().filter_map(|(connection, _)| self.slots.get(connection.slot()))
    }

    /// All streams end.
    pub fn drain(&mut self) -> impl Iterator<Item = Stream> + '_ {
        self.pending = Pending::default();
        self.slots.drain(..).filter(Stream::is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_a_line() {
        assert_eq!(size_of::<Stream>(), 64);
    }
}
