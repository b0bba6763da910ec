//! What a world tells its checker.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;

use swarmlab_engine::metainfo::Geometry;
use swarmlab_engine::session::{ConnectionId, Event, Session, StartWith, TorrentConfig, Transmit};
use swarmlab_engine::storage::{Content, DiskDone, DiskJob, TorrentKey};
use swarmlab_engine::time::Time;

use crate::network::{EndId, HostId, Network};
use crate::scenario::{Behaviour, Group, Scenario};

use super::Profile;

/// What is known before a run.
pub struct Setting {
    /// What is judged.
    pub profile: Profile,
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The content that all share.
    pub content: Content,
    /// The torrent's info dictionary.
    pub metadata: Bytes,
    /// For each peer its host in the network.
    pub hosts: Vec<HostId>,
    /// For each peer what is known of it.
    pub peers: Vec<Inhabitant>,
}

/// What is known of a peer before a run.
#[derive(Clone, Copy, Debug)]
pub struct Inhabitant {
    /// The place of its group in the scenario.
    pub group: usize,
    /// The address of its host.
    pub ip: IpAddr,
    /// When it comes for the first time.
    pub joins: Time,
    /// Others can connect to it.
    pub takes_inbound: bool,
}

/// Whether a client knows more of its torrent than the info-hash.
pub(crate) fn knows_torrent(session: &Session) -> bool {
    session.pieces(TorrentKey(0)).geometry() != Geometry::UNKNOWN
}

impl Setting {
    /// Pieces and blocks.
    pub fn geometry(&self) -> Geometry {
        self.content.geometry()
    }

    /// The group of a peer.
    pub fn group(&self, peer: u32) -> &Group {
        &self.scenario.groups[self.peers[peer as usize].group]
    }

    /// Its peer says nothing that the protocol forbids, whatever it sends.
    pub fn keeps_to_the_protocol(&self, peer: u32) -> bool {
        matches!(self.group(peer).behaviour, Behaviour::Honest | Behaviour::FreeRides)
    }

    /// The peer at this address.
    pub fn peer_at(&self, ip: IpAddr) -> Option<u32> {
        self.peers.iter().position(|peer| peer.ip == ip).map(|at| at as u32)
    }
}

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partner {
    /// The tracker.
    Tracker,
    /// A peer, by its number.
    Peer(u32),
}

/// One thing that a peer's client was given, or did. Told in the order in which it happened.
pub enum Seen<'a> {
    /// The client was started. `session` has its torrent, and has done nothing yet that others can see.
    Came {
        /// The client as it is.
        session: &'a Session,
        /// It runs the engine as it is, and is judged.
        is_judged: bool,
        /// What it was told about its disk.
        start: StartWith,
        /// How it is set.
        config: &'a TorrentConfig,
    },
    /// The client is gone: it has left, or its host has crashed. Its connections are over without a word.
    Gone,
    /// Its access link has these rates from now on. Said before it comes, and whenever they change.
    Rated {
        /// Away from it.
        up_bits_per_s: u64,
        /// Towards it.
        down_bits_per_s: u64,
        /// What may wait for the uplink, in bytes.
        queue_up_bytes: u64,
    },
    /// It begins to dial, or has accepted.
    Opened {
        /// The connection.
        connection: ConnectionId,
        /// Its end in the network.
        end: EndId,
        /// Who is at the other end.
        with: Partner,
        /// It dialled; the stream does not stand yet.
        dialled: bool,
    },
    /// A stream that it dialled stands.
    Connected(ConnectionId),
    /// It was given bytes.
    Received(ConnectionId, &'a Bytes),
    /// It has something to say on this connection, which waits until the socket has room.
    Ready(ConnectionId),
    /// It gave bytes out: they are on their way.
    Sent(ConnectionId, &'a Transmit),
    /// It has said everything that it has to say on this connection for now.
    Drained(ConnectionId),
    /// A connection is over.
    Closed {
        /// The connection.
        connection: ConnectionId,
        /// It ended it; otherwise it was told of the end.
        by_itself: bool,
    },
    /// It was given a datagram.
    DatagramReceived {
        /// Who sent it.
        from: Partner,
        /// All of it.
        data: &'a Bytes,
    },
    /// It sent a datagram.
    DatagramSent {
        /// To whom.
        to: Partner,
        /// All of it.
        data: &'a Bytes,
    },
    /// It asked its disk for something.
    DiskAsked(&'a DiskJob),
    /// Its disk has answered.
    DiskAnswered(&'a DiskDone),
    /// It says what happened to it.
    Said(&'a Event),
    /// It was given its time.
    TimedOut,
    /// It hears and does nothing until it thaws.
    Frozen,
    /// It goes on.
    Thawed,
    /// It has done everything that followed from what it was given.
    Settled(&'a Session),
}

/// What the checker may look at after each event of a run.
pub struct Circumstances<'a> {
    /// The network.
    pub network: &'a Network,
    /// The script has begun everything that it will, and has undone what it undoes.
    pub is_script_over: bool,
    /// Every event so far came after those of an earlier time, and those of its own time that were scheduled before it.
    pub is_in_order: bool,
    /// What only the world knows.
    pub surroundings: &'a dyn Surroundings,
    /// Bytes wait to be sent on this connection of this peer, and nobody will tell when there is room.
    pub forgotten_stream: Option<(u32, ConnectionId)>,
    /// Events so far.
    pub events: u64,
}

/// What a world knows of its peers while it runs, to be asked for when it is needed.
pub trait Surroundings {
    /// The rates up and down that a present peer's links leave it, in bit/s: what it shares with others is divided by
    /// all who are behind it.
    fn rates(&self, peer: u32) -> (u64, u64);

    /// Nothing is wrong with a peer's disk, and nothing waits for it.
    fn disk_is_well(&self, peer: u32) -> bool;
}
