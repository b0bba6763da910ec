//! The streams that are being dialled, are open, or are being closed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::session::{ConnectionId, Endpoint, Transmit};

use super::dial::dial;
use super::reader::read;
use super::task::Task;
use super::writer::{WRITE_BATCHES_MAX, WRITE_CREDIT_BYTES, write};
use super::{Net, NetworkEvent};

/// How long a closed stream may take to write what was pulled for it before.
pub const CLOSE_LINGER: Duration = Duration::from_secs(5);
/// Closed streams that may be lingering; beyond, closing drops what was not written.
pub const LINGERING_MAX: usize = 128;

/// All streams of a client, by the session's places.
pub(super) struct Links<N: Net> {
    net: Arc<N>,
    events: mpsc::Sender<NetworkEvent<N::Stream>>,
    places: Vec<Option<(ConnectionId, Link)>>,
    lingering: JoinSet<()>,
}

enum Link {
    /// Held for its drop: a dial that nobody waits for is given up.
    Dialling {
        _task: Task,
    },
    Open(Stream),
}

struct Stream {
    _reader: Task,
    writer: Task,
    queue: mpsc::Sender<Transmit>,
    /// Bytes pulled from the session and not yet taken by the socket.
    unwritten: usize,
}

impl<N: Net> Links<N> {
    pub(super) fn new(net: Arc<N>, events: mpsc::Sender<NetworkEvent<N::Stream>>) -> Links<N> {
        Links { net, events, places: Vec::new(), lingering: JoinSet::new() }
    }

    pub(super) fn dial(&mut self, connection: ConnectionId, to: Endpoint) {
        let task = Task::spawn(dial(self.net.clone(), connection, to, self.events.clone()));
        self.put(connection, Link::Dialling { _task: task });
    }

    /// Starts to read and write the stream.
    pub(super) fn open(&mut self, connection: ConnectionId, stream: N::Stream) {
        let (reading, writing) = tokio::io::split(stream);
        let (queue, queued) = mpsc::channel(WRITE_BATCHES_MAX);
        let link = Stream {
            _reader: Task::spawn(read(connection, reading, self.events.clone())),
            writer: Task::spawn(write(connection, writing, queued, self.events.clone())),
            queue,
            unwritten: 0,
        };
        self.put(connection, Link::Open(link));
    }

    /// Whether the connection is here: what is told of others comes too late.
    pub(super) fn contains(&self, connection: ConnectionId) -> bool {
        matches!(self.places.get(connection.slot()), Some(Some((id, _))) if *id == connection)
    }

    /// Bytes that may be pulled for the stream now; `None` if there is no room, or no such stream.
    pub(super) fn room(&mut self, connection: ConnectionId) -> Option<usize> {
        let stream = self.stream(connection)?;
        let room = WRITE_CREDIT_BYTES.saturating_sub(stream.unwritten);
        (room > 0 && stream.queue.capacity() > 0).then_some(room)
    }

    /// Hands bytes to the stream's writer. Only after [`room`](Self::room).
    pub(super) fn send(&mut self, connection: ConnectionId, transmit: Transmit) {
        if let Some(stream) = self.stream(connection) {
            stream.unwritten += transmit.len();
            // Refused only by a writer whose socket has failed; the reader is about to say so.
            let _ = stream.queue.try_send(transmit);
        }
    }

    /// The socket took some bytes.
    pub(super) fn written(&mut self, connection: ConnectionId, bytes: usize) {
        if let Some(stream) = self.stream(connection) {
            stream.unwritten -= bytes;
        }
    }

    /// Ends the connection from our side: what was pulled is still written, for a while.
    pub(super) fn close(&mut self, connection: ConnectionId) {
        while self.lingering.try_join_next().is_some() {}
        if let Some(Link::Open(mut stream)) = self.take(connection)
            && self.lingering.len() < LINGERING_MAX
        {
            drop(stream.queue);
            self.lingering.spawn(async move {
                let _ = timeout(CLOSE_LINGER, stream.writer.ended()).await;
            });
        }
    }

    /// Forgets a connection that has ended, or whose dial is over.
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        drop(self.take(connection));
    }

    /// Waits until every closed stream has written the rest, or ran out of time.
    pub(super) async fn settle(&mut self) {
        while self.lingering.join_next().await.is_some() {}
    }

    fn stream(&mut self, connection: ConnectionId) -> Option<&mut Stream> {
        match self.places.get_mut(connection.slot())? {
            Some((id, Link::Open(stream))) if *id == connection => Some(stream),
            _ => None,
        }
    }

    fn put(&mut self, connection: ConnectionId, link: Link) {
        let slot = connection.slot();
        if self.places.len() <= slot {
            self.places.resize_with(slot + 1, || None);
        }
        self.places[slot] = Some((connection, link));
    }

    fn take(&mut self, connection: ConnectionId) -> Option<Link> {
        let place = self.places.get_mut(connection.slot())?;
        place.take_if(|(id, _)| *id == connection).map(|(_, link)| link)
    }
}
