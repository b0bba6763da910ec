//! The world's witness of one client: what it is given and does goes into the books, to the judges, and into the digest.

use std::hash::{Hash, Hasher};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::time::Instant;

use swarmlab_engine::client::{Act, Witness};
use swarmlab_engine::session::{ConnectionId, Endpoint, Event, Session, StartWith, Transmit};
use swarmlab_engine::time::Time;

use crate::check::{Partner, Seen};
use crate::network::{EndId, HostId};
use crate::world::addresses;
use crate::world::event::Visit;
use crate::world::settings::torrent_config;
use crate::world::streams::Stream;
use crate::world::swarm::{Swarm, TRACKER, peer_on};

use super::resident::Resident;

/// A swarm whose clients run on turmoil hosts, seen by all of them. Everything runs on one thread, so nobody ever waits.
#[derive(Clone)]
pub struct Watched(Arc<Mutex<Books>>);

/// The swarm, and what only this world needs to know of it. Hosts run one after the other within a tick, so what is told of
/// several of them comes in the order of their own clocks only; none is ahead of another by more than a tick.
pub struct Books {
    pub swarm: Swarm<'static, Resident>,
    /// Ends of streams so far.
    ends: u32,
    /// The first client that ended by itself, or would not end when it was told to.
    pub broken: Option<Broken>,
}

/// A driver that did not do its duty.
#[derive(Clone, Debug)]
pub struct Broken {
    /// When.
    pub at: Time,
    /// Whose.
    pub peer: u32,
    /// What it did.
    pub what: String,
}

impl Watched {
    /// Nothing has been seen.
    pub fn new(swarm: Swarm<'static, Resident>) -> Watched {
        Watched(Arc::new(Mutex::new(Books { swarm, ends: 0, broken: None })))
    }

    /// The books.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().expect("a judge that panics ends the run")
    }

    /// The books, once nobody looks on any more.
    ///
    /// # Panics
    /// If a host still runs.
    pub fn close(self) -> Books {
        let books = Arc::into_inner(self.0).expect("all hosts are gone");
        books.into_inner().expect("a judge that panics ends the run")
    }
}

impl Books {
    /// A driver did not do its duty.
    pub fn note_broken(&mut self, at: Time, peer: u32, what: impl Into<String>) {
        self.broken.get_or_insert_with(|| Broken { at, peer, what: what.into() });
    }

    /// The host at an address. Whoever dials in comes from a port of its own.
    fn host(&self, address: SocketAddr) -> Option<HostId> {
        let listening = SocketAddr::new(address.ip(), addresses::PEER_PORT);
        addresses::host(listening, self.swarm.peers.len() + 1)
    }

    fn open(&mut self, now: Time, number: u32, connection: ConnectionId, remote: SocketAddr, dialled: bool) {
        let Some(host) = self.host(remote) else { return };
        let with = partner(host);
        let end = EndId::elsewhere(self.ends);
        self.ends += 1;
        self.swarm.tell(now, number, &Seen::Opened { connection, end, with, dialled });
        self.swarm.peers[number as usize].streams.bind(Stream::new(end, connection, host));
    }

    fn sent(&mut self, now: Time, number: u32, connection: ConnectionId, transmit: &Transmit) {
        self.swarm.tell(now, number, &Seen::Sent(connection, transmit));
        let peer = &mut self.swarm.peers[number as usize];
        let Some(stream) = peer.streams.of(connection) else { return };
        stream.given.payload_bytes += transmit.body.len() as u64;
        if stream.remote != TRACKER {
            peer.stream_bytes_sent += transmit.len() as u64;
        }
        if peer.starts_complete {
            self.swarm.seeds_sent += transmit.body.len() as u64;
            self.swarm.script.stir();
        }
    }

    fn received(&mut self, now: Time, number: u32, connection: ConnectionId, data: &bytes::Bytes) {
        let peer = &mut self.swarm.peers[number as usize];
        if peer.streams.of(connection).is_some_and(|stream| stream.remote != TRACKER) {
            peer.stream_bytes_received += data.len() as u64;
        }
        self.swarm.tell(now, number, &Seen::Received(connection, data));
    }

    fn closed(&mut self, now: Time, number: u32, connection: ConnectionId, by_itself: bool) {
        let peer = &mut self.swarm.peers[number as usize];
        let Some(stream) = peer.streams.unbind(connection) else { return };
        peer.note_given(now, stream);
        self.swarm.tell(now, number, &Seen::Closed { connection, by_itself });
    }
}

fn partner(host: HostId) -> Partner {
    if host == TRACKER { Partner::Tracker } else { Partner::Peer(peer_on(host)) }
}

/// Looks at one client during one visit.
pub struct Eyes {
    watched: Watched,
    visit: Visit,
    start: StartWith,
}

impl Eyes {
    /// For the client of this visit, which starts so.
    pub fn new(watched: Watched, visit: Visit, start: StartWith) -> Eyes {
        Eyes { watched, visit, start }
    }

    fn came(&self, books: &mut Books, now: Time, session: &Session) {
        let (number, start) = (self.visit.peer, self.start.clone());
        let config = &torrent_config(books.swarm.group(number));
        books.swarm.tell(now, number, &Seen::Came { session, is_judged: true, start: start.clone(), config });
        books.swarm.peers[number as usize].client = Some(Resident::new(now, session));
        books.swarm.settle_in(now, number, &start);
    }
}

impl Witness for Eyes {
    fn sees(&mut self, now: Time, session: &Session, act: Act<'_>) {
        let mut books = self.watched.books();
        let number = self.visit.peer;
        books.swarm.digest.event(now, &Trace(number, &act));
        if let Act::Added(_) = act {
            return self.came(&mut books, now, session);
        }
        // After its goodbye it only settles.
        let peer = &mut books.swarm.peers[number as usize];
        if !peer.is_on(self.visit) {
            return;
        }
        if let (Some(client), Act::Said(_) | Act::Settled) = (&mut peer.client, &act) {
            client.look(now, session);
        }
        match act {
            Act::Added(_) => {}
            Act::Accepted { connection, remote } => books.open(now, number, connection, remote, false),
            Act::Dialled { connection, to: Endpoint::Address(to) } => {
                books.open(now, number, connection, *to, true);
            }
            Act::Dialled { to: Endpoint::Name { .. }, .. } => {}
            Act::Connected(connection) => books.swarm.tell(now, number, &Seen::Connected(connection)),
            Act::Received(connection, data) => books.received(now, number, connection, data),
            Act::Ready(connection) => books.swarm.tell(now, number, &Seen::Ready(connection)),
            Act::Sent(connection, transmit) => books.sent(now, number, connection, transmit),
            Act::Drained(connection) => books.swarm.tell(now, number, &Seen::Drained(connection)),
            Act::Closed { connection, by_itself } => books.closed(now, number, connection, by_itself),
            Act::DiskAsked(job) => books.swarm.tell(now, number, &Seen::DiskAsked(job)),
            Act::DiskAnswered(done) => books.swarm.tell(now, number, &Seen::DiskAnswered(done)),
            Act::DatagramSent { to, data } => {
                if let Some(to) = books.host(to).map(partner) {
                    books.swarm.tell(now, number, &Seen::DatagramSent { to, data });
                }
            }
            Act::DatagramReceived { from, data } => {
                if let Some(from) = books.host(from).map(partner) {
                    books.swarm.tell(now, number, &Seen::DatagramReceived { from, data });
                }
            }
            Act::TimedOut => books.swarm.tell(now, number, &Seen::TimedOut),
            Act::Settled => books.swarm.tell(now, number, &Seen::Settled(session)),
            Act::Said(event) => {
                books.swarm.happened(now, number, event);
                if *event == Event::Stopped {
                    books.swarm.has_left(now, number);
                }
            }
        }
    }

    /// Everybody's time begins when the simulation's does.
    fn epoch(&self) -> Instant {
        let elapsed = turmoil::sim_elapsed().expect("a driver runs on a host");
        Instant::now() - elapsed
    }
}

/// What of an act goes into the digest: whose it is, its kind, its connection, and its size.
struct Trace<'a>(u32, &'a Act<'a>);

impl Hash for Trace<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let slot = |connection: &ConnectionId| connection.slot() as u64;
        let (kind, connection, size) = match self.1 {
            Act::Added(_) => (0, 0, 0),
            Act::Accepted { connection, .. } => (1, slot(connection), 0),
            Act::Dialled { connection, .. } => (2, slot(connection), 0),
            Act::Connected(connection) => (3, slot(connection), 0),
            Act::Received(connection, data) => (4, slot(connection), data.len() as u64),
            Act::Ready(connection) => (5, slot(connection), 0),
            Act::Sent(connection, transmit) => (6, slot(connection), transmit.len() as u64),
            Act::Drained(connection) => (7, slot(connection), 0),
            Act::Closed { connection, by_itself } => (8, slot(connection), u64::from(*by_itself)),
            Act::DiskAsked(job) => (9, 0, job.id.0),
            Act::DiskAnswered(done) => (10, 0, done.id.0),
            Act::Said(_) => (11, 0, 0),
            Act::DatagramSent { data, .. } => (14, 0, data.len() as u64),
            Act::DatagramReceived { data, .. } => (15, 0, data.len() as u64),
            Act::TimedOut => (12, 0, 0),
            Act::Settled => (13, 0, 0),
        };
        (self.0, kind as u8, connection, size).hash(state);
    }
}
