//! A session with a storage, and everything that it has asked for.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;

use bytes::Bytes;
use swarmlab_engine::metainfo::Magnet;
use swarmlab_engine::session::{
    AddTorrent, ConnectionId, Endpoint, Event, Input, LookupId, Output, Session, SessionConfig, Source,
    StartWith, TorrentConfig, Transmit,
};
use swarmlab_engine::storage::{
    DiskDone, DiskError, DiskErrorKind, DiskJob, Outcome, Storage, TorrentKey, Work,
};
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::PeerId;

use super::Torrent;

/// How the disk behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// Carries out every job.
    Fine,
    /// Leaves every job for later.
    Stuck,
    /// Writes so many blocks more, and then has no room.
    RoomFor(u32),
    /// Can't read.
    Unreadable,
}

/// What a session asked its driver for, in the order in which it did.
pub struct Client {
    pub session: Session,
    pub key: TorrentKey,
    pub address: SocketAddr,
    pub storage: Box<dyn Storage>,
    pub disk: Disk,
    pub events: Vec<(Time, Event)>,
    pub connects: Vec<(Time, ConnectionId, Endpoint)>,
    /// Those not yet carried out on the other side.
    pub dials: VecDeque<(ConnectionId, Endpoint)>,
    pub closes: VecDeque<ConnectionId>,
    pub ready: BTreeSet<ConnectionId>,
    pub jobs: VecDeque<DiskJob>,
    /// Datagrams that were sent and not looked at.
    pub datagrams: VecDeque<(SocketAddr, Vec<u8>)>,
    /// Names that are being looked up.
    pub lookups: VecDeque<(LookupId, String)>,
    /// The session has asked for the storage to be opened.
    pub opened: bool,
    /// Blocks that the disk was asked to read.
    pub reads: usize,
    /// Outputs of every kind.
    pub outputs: usize,
}

/// The id of the client with this number; greater for a greater number.
pub fn peer_id(number: u8) -> PeerId {
    let mut id = *b"-SL0100-000000000000";
    id[19] = number;
    PeerId(id)
}

impl Client {
    /// A client in the swarm of a torrent.
    pub fn new(
        number: u8,
        torrent: &Torrent,
        start: StartWith,
        storage: Box<dyn Storage>,
        peers: Vec<SocketAddr>,
        config: TorrentConfig,
    ) -> Client {
        let source = torrent.metainfo.clone().into();
        Client::given(number, source, start, storage, peers, config)
    }

    /// A client that knows the torrent's info-hash only, and has nothing.
    pub fn seeking(number: u8, torrent: &Torrent, peers: Vec<SocketAddr>, config: TorrentConfig) -> Client {
        let magnet = Magnet::new(torrent.metainfo.info.hash());
        Client::given(number, magnet.into(), StartWith::Nothing, torrent.memory([]), peers, config)
    }

    /// A client that is given the torrent in one way or the other.
    pub fn given(
        number: u8,
        torrent: Source,
        start: StartWith,
        storage: Box<dyn Storage>,
        peers: Vec<SocketAddr>,
        config: TorrentConfig,
    ) -> Client {
        let address = SocketAddr::from(([10, 0, 0, number], 6881));
        let session_config = SessionConfig {
            peer_id: peer_id(number),
            listen_port: 6881,
            seed: u64::from(number),
            limits: Default::default(),
        };
        let mut session = Session::new(session_config);
        let add = AddTorrent { torrent, start, peers, config };
        let key = session.add_torrent(Time::ZERO, add).unwrap();
        let mut client = Client {
            session,
            key,
            address,
            storage,
            disk: Disk::Fine,
            events: Vec::new(),
            connects: Vec::new(),
            dials: VecDeque::new(),
            closes: VecDeque::new(),
            ready: BTreeSet::new(),
            jobs: VecDeque::new(),
            datagrams: VecDeque::new(),
            lookups: VecDeque::new(),
            opened: false,
            reads: 0,
            outputs: 0,
        };
        client.collect(Time::ZERO);
        client
    }

    pub fn input(&mut self, now: Time, input: Input) {
        self.session.handle_input(now, input);
        self.collect(now);
    }

    pub fn receive(&mut self, now: Time, connection: ConnectionId, data: Bytes) {
        self.session.receive(now, connection, [data]);
        self.collect(now);
    }

    pub fn timeout(&mut self, now: Time) {
        self.session.handle_timeout(now);
        self.collect(now);
    }

    pub fn pull(&mut self, now: Time, connection: ConnectionId, budget: usize) -> Option<Transmit> {
        let pulled = self.session.poll_transmit(now, connection, budget);
        self.collect(now);
        pulled
    }

    /// Takes over what the session asks for.
    fn collect(&mut self, now: Time) {
        self.session.check_invariants().unwrap();
        while let Some(output) = self.session.poll_output() {
            self.outputs += 1;
            match output {
                Output::Connect { connection, to } => {
                    self.connects.push((now, connection, to.clone()));
                    self.dials.push_back((connection, to));
                }
                Output::Ready { connection } => {
                    self.ready.insert(connection);
                }
                Output::Close { connection } => {
                    self.ready.remove(&connection);
                    self.closes.push_back(connection);
                }
                Output::OpenStorage { .. } => {
                    assert!(!std::mem::replace(&mut self.opened, true), "it is opened once");
                }
                Output::Disk(job) => {
                    assert!(self.opened, "there is a storage");
                    self.reads += usize::from(matches!(job.work, Work::Read { .. }));
                    self.jobs.push_back(job);
                }
                Output::Datagram { to, data } => self.datagrams.push_back((to, data.to_vec())),
                Output::Resolve { lookup, host, port } => {
                    self.lookups.push_back((lookup, format!("{host}:{port}")));
                }
                Output::Event(event) => self.events.push((now, event)),
            }
        }
    }

    /// Carries out the oldest disk job, if the disk does.
    pub fn work(&mut self) -> Option<DiskDone> {
        let outcome = match (self.disk, &self.jobs.front()?.work) {
            (Disk::Stuck, _) => return None,
            (Disk::RoomFor(0), Work::Write { .. }) => {
                Some(Outcome::Written(Err(failure(DiskErrorKind::Full, "no space left"))))
            }
            (Disk::RoomFor(blocks), Work::Write { .. }) => {
                self.disk = Disk::RoomFor(blocks - 1);
                None
            }
            (Disk::Unreadable, Work::Read { .. }) => {
                Some(Outcome::Read(Err(failure(DiskErrorKind::Io, "bad sector"))))
            }
            _ => None,
        };
        let job = self.jobs.pop_front()?;
        Some(match outcome {
            Some(outcome) => DiskDone { id: job.id, torrent: job.torrent, outcome },
            None => self.storage.perform(job),
        })
    }

    pub fn is_complete(&self) -> bool {
        let progress = self.session.progress(self.key);
        progress.pieces_held == progress.piece_count && progress.piece_count > 0
    }

    /// How many events are like this one.
    pub fn count(&self, like: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|(_, event)| like(event)).count()
    }
}

fn failure(kind: DiskErrorKind, text: &str) -> DiskError {
    DiskError { kind, text: text.into() }
}
