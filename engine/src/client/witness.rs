//! Whoever looks on while a driver works: a world that checks its clients, or counts what they do.

use std::net::SocketAddr;

use bytes::Bytes;
use tokio::time::Instant;

use crate::session::{ConnectionId, Endpoint, Event, Session, Transmit};
use crate::storage::{DiskDone, DiskJob, TorrentKey};
use crate::time::Time;

/// Is told everything that a session is given and does, in the order in which it happens. What it makes of it changes
/// nothing. Nobody, [`()`](unit), is a witness too.
pub trait Witness: Send + 'static {
    /// Something happened. `session` is as it was before it heard of it, or after it did it.
    fn sees(&mut self, now: Time, session: &Session, act: Act<'_>);

    /// Where the session's time begins.
    fn epoch(&self) -> Instant {
        Instant::now()
    }
}

impl Witness for () {
    #[inline]
    fn sees(&mut self, _: Time, _: &Session, _: Act<'_>) {}
}

/// One thing that a session was given, or did.
#[derive(Debug)]
pub enum Act<'a> {
    /// It has this torrent, and has done nothing for it yet.
    Added(TorrentKey),
    /// It has accepted somebody.
    Accepted {
        /// The connection.
        connection: ConnectionId,
        /// Who dialled.
        remote: SocketAddr,
    },
    /// It dials.
    Dialled {
        /// The connection.
        connection: ConnectionId,
        /// Whom.
        to: &'a Endpoint,
    },
    /// A stream that it dialled stands.
    Connected(ConnectionId),
    /// It is given bytes.
    Received(ConnectionId, &'a Bytes),
    /// It has something to say on this connection.
    Ready(ConnectionId),
    /// It gave bytes out for a socket.
    Sent(ConnectionId, &'a Transmit),
    /// There was room for more on this connection, and it had nothing more to say.
    Drained(ConnectionId),
    /// A connection is over.
    Closed {
        /// The connection.
        connection: ConnectionId,
        /// It ended it; otherwise it is told of the end.
        by_itself: bool,
    },
    /// It asks its disk for something.
    DiskAsked(&'a DiskJob),
    /// Its disk answers.
    DiskAnswered(&'a DiskDone),
    /// A datagram leaves.
    DatagramSent {
        /// Where to.
        to: SocketAddr,
        /// What it says.
        data: &'a Bytes,
    },
    /// It is given a datagram.
    DatagramReceived {
        /// From where.
        from: SocketAddr,
        /// What it says.
        data: &'a Bytes,
    },
    /// It says what happened.
    Said(&'a Event),
    /// It is given its time.
    TimedOut,
    /// It has done everything that followed from what it was given.
    Settled,
}
