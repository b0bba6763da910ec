//! What goes into a [`Session`](super::Session) and what comes out: the whole contract between the state machine and
//! its driver.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::Arc;

use bytes::Bytes;

use crate::bitfield::PieceSet;
use crate::metainfo::{InfoHash, Magnet, Metainfo};
use crate::storage::{DiskDone, DiskJob, TorrentKey};
use crate::tracker::SwarmCounts;

use super::config::TorrentConfig;
use super::datagrams::LookupId;

/// One stream of bytes to somebody: a peer or a tracker. Given out by the session; never reused within a run, so that an
/// answer that comes after the end of a connection is recognised and ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

impl ConnectionId {
    /// The place in the session's table: small and dense, reused once a connection has ended. A driver may index by
    /// it, and compares the whole id before it believes the place.
    pub fn slot(self) -> usize {
        self.slot as usize
    }

    /// The id as one number, other than that of any other id, for whoever hands numbers through for a driver, as `epoll` does.
    pub fn number(self) -> NonZeroU64 {
        NonZeroU64::MIN.saturating_add(u64::from(self.slot) << 32 | u64::from(self.generation))
    }

    /// The id that has this number.
    pub fn from_number(number: NonZeroU64) -> ConnectionId {
        let number = number.get() - 1;
        ConnectionId { slot: (number >> 32) as u32, generation: number as u32 }
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.slot, self.generation)
    }
}

/// Everything that can happen to a client.
#[derive(Debug)]
pub enum Input {
    /// Leave all swarms: announces `stopped`, closes the peers. [`Event::Stopped`] follows when nothing is left to send.
    Stop,
    /// An [`Output::Connect`] succeeded.
    Connected {
        /// The connection that the session asked for.
        connection: ConnectionId,
    },
    /// The connection has ended, was refused or reset, or was never made. Not to be said after [`Output::Close`].
    Closed {
        /// The connection that has ended.
        connection: ConnectionId,
    },
    /// A disk job was carried out.
    Disk(DiskDone),
    /// A datagram arrived.
    Datagram {
        /// Who sent it, or somebody who says so.
        from: SocketAddr,
        /// All of it.
        data: Bytes,
    },
    /// The answer to an [`Output::Resolve`].
    Resolved {
        /// The question.
        lookup: LookupId,
        /// The addresses with their port, best first; none if the name stands for none that can be reached.
        addresses: Vec<SocketAddr>,
    },
    /// Ask a tracker how many are in a swarm, without taking part in it. [`Event::Scraped`] or [`Event::ScrapeFailed`]
    /// follows.
    Scrape {
        /// The URL for announces, as a torrent names it.
        tracker: String,
        /// The torrent.
        info_hash: InfoHash,
    },
}

/// How a torrent is given.
#[derive(Clone, Debug)]
pub enum Source {
    /// By its torrent file; shared, since a simulation runs many clients of one torrent.
    Metainfo(Arc<Metainfo>),
    /// By its info-hash: the metadata are fetched from peers first (BEP 9).
    Magnet(Magnet),
}

impl From<Arc<Metainfo>> for Source {
    fn from(metainfo: Arc<Metainfo>) -> Source {
        Source::Metainfo(metainfo)
    }
}

impl From<Magnet> for Source {
    fn from(magnet: Magnet) -> Source {
        Source::Magnet(magnet)
    }
}

/// A torrent to be downloaded or seeded.
#[derive(Debug)]
pub struct AddTorrent {
    /// The torrent.
    pub torrent: Source,
    /// What the storage is known to hold at the start.
    pub start: StartWith,
    /// Peers known beforehand, dialled without asking a tracker.
    pub peers: Vec<SocketAddr>,
    /// How to take part in this swarm.
    pub config: TorrentConfig,
}

/// What the storage is known to hold when a torrent is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartWith {
    /// Nothing: a first download into an empty place.
    Nothing,
    /// Everything, verified before: a seed.
    Everything,
    /// These pieces, verified before and unchanged since. A set that is not of as many pieces as the torrent has counts as
    /// [`Check`](StartWith::Check).
    Pieces(PieceSet),
    /// Unknown: verify every piece first.
    Check,
}

impl StartWith {
    /// What is known to be held without a look, of a torrent of so many pieces.
    pub fn known(&self, piece_count: u32) -> PieceSet {
        match self {
            StartWith::Everything => PieceSet::full(piece_count),
            StartWith::Pieces(held) if held.piece_count() == piece_count => held.clone(),
            StartWith::Nothing | StartWith::Pieces(_) | StartWith::Check => PieceSet::empty(piece_count),
        }
    }

    /// What it comes to for a torrent of so many pieces.
    pub(crate) fn for_pieces(self, piece_count: u32) -> StartWith {
        match self {
            StartWith::Pieces(held) if held.piece_count() != piece_count => StartWith::Check,
            start => start,
        }
    }
}

/// Where a connection is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A peer, or a tracker given by its address.
    Address(SocketAddr),
    /// A tracker given by name: the driver resolves it.
    Name {
        /// The host's name.
        host: String,
        /// TCP port.
        port: u16,
    },
}

/// Everything that a client asks of its driver.
#[derive(Debug)]
pub enum Output {
    /// Open a stream. Answer with [`Input::Connected`] or [`Input::Closed`].
    Connect {
        /// The new connection.
        connection: ConnectionId,
        /// Where to.
        to: Endpoint,
    },
    /// There are bytes to send: call [`poll_transmit`](super::Session::poll_transmit) while the socket has room, now and
    /// each time it has room again, until it answers `None`. Said again when there is something new after that.
    Ready {
        /// The connection with something to send.
        connection: ConnectionId,
    },
    /// Close the stream; what was pulled before may still be sent. Its id is dead from now on.
    Close {
        /// The connection to close.
        connection: ConnectionId,
    },
    /// Open the storage of a torrent: disk jobs may follow. Said once for each torrent, before its first job: when it is
    /// added; or when its metadata have come, if it was added by its info-hash.
    OpenStorage {
        /// The torrent.
        torrent: TorrentKey,
        /// What it is.
        metainfo: Arc<Metainfo>,
    },
    /// Carry out a disk job, and answer with [`Input::Disk`]. Jobs of one torrent are carried out in order: each finds what
    /// was written before it, and nothing else. Verifications may be answered later than what was asked for after them.
    Disk(DiskJob),
    /// Send a datagram, from the port at which others reach this client. It may be lost: no answer is needed, and if
    /// there is no room, or no way there, it is.
    Datagram {
        /// Where to.
        to: SocketAddr,
        /// All of it.
        data: Bytes,
    },
    /// Find out what a name stands for. Answer with [`Input::Resolved`].
    Resolve {
        /// The question.
        lookup: LookupId,
        /// The name.
        host: String,
        /// UDP port.
        port: u16,
    },
    /// Something that a user, a log or a test wants to know. Needs no answer.
    Event(Event),
}

/// Bytes for a socket: first the head, then the body. Both may be written with one vectored write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Whole messages, and at the end the head of a PIECE if a body follows.
    pub head: Bytes,
    /// A block as the storage gave it, or nothing.
    pub body: Bytes,
}

impl Transmit {
    /// Bytes in head and body.
    pub fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    /// Never true of what a session gives out.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.body.is_empty()
    }
}

/// What happened, for whoever watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The metadata of a torrent that was added by its info-hash have come from peers.
    MetadataReceived {
        /// The torrent.
        torrent: TorrentKey,
        /// What it is.
        metainfo: Arc<Metainfo>,
    },
    /// The metadata have come, and this client can't take them; the torrent has stopped.
    MetadataUnusable {
        /// The torrent.
        torrent: TorrentKey,
        /// What is wrong with them, for people.
        error: String,
    },
    /// A handshake was completed with a peer.
    PeerConnected {
        /// The torrent.
        torrent: TorrentKey,
        /// The connection.
        connection: ConnectionId,
        /// The peer's address.
        remote: SocketAddr,
    },
    /// A peer that was connected is gone.
    PeerDisconnected {
        /// The torrent.
        torrent: TorrentKey,
        /// The connection.
        connection: ConnectionId,
        /// Why.
        reason: CloseReason,
    },
    /// We choke a peer from now on, or don't any more. Every connection begins choked; its end is not said here.
    Choking {
        /// The torrent.
        torrent: TorrentKey,
        /// The connection.
        connection: ConnectionId,
        /// Whether we choke it.
        choking: bool,
    },
    /// Progress of the check of [`StartWith::Check`]: so many pieces were looked at.
    Checked {
        /// The torrent.
        torrent: TorrentKey,
        /// Pieces verified so far, good or bad.
        pieces: u32,
    },
    /// A piece was verified, and is offered to others from now on.
    PieceVerified {
        /// The torrent.
        torrent: TorrentKey,
        /// The piece's index.
        piece: u32,
    },
    /// A piece did not match its hash; its blocks will be fetched again.
    PieceFailed {
        /// The torrent.
        torrent: TorrentKey,
        /// The piece's index.
        piece: u32,
    },
    /// A peer has contributed to too many bad pieces.
    PeerBanned {
        /// The torrent.
        torrent: TorrentKey,
        /// The peer's address.
        remote: SocketAddr,
    },
    /// Every piece that is wanted is verified. Also said at the start of a seed.
    Completed {
        /// The torrent.
        torrent: TorrentKey,
    },
    /// A tracker answered.
    Announced {
        /// The torrent.
        torrent: TorrentKey,
        /// How many addresses of peers it gave.
        peers: usize,
    },
    /// A tracker could not be reached or refused.
    AnnounceFailed {
        /// The torrent.
        torrent: TorrentKey,
        /// What went wrong, for people.
        error: String,
    },
    /// A tracker says how many are in a swarm.
    Scraped {
        /// The URL, as it was given.
        tracker: String,
        /// The torrent.
        info_hash: InfoHash,
        /// How many there are.
        counts: SwarmCounts,
    },
    /// A tracker does not say how many are in a swarm.
    ScrapeFailed {
        /// The URL, as it was given.
        tracker: String,
        /// The torrent.
        info_hash: InfoHash,
        /// What went wrong, for people.
        error: String,
    },
    /// The disk has no room for what came: nothing is asked for until the next try, at most ten minutes later. What is
    /// held is still served. Said again at each try in vain.
    DiskFull {
        /// The torrent.
        torrent: TorrentKey,
        /// What went wrong, for people.
        error: String,
    },
    /// The disk failed; the torrent has stopped, nothing that was verified is lost.
    DiskFailed {
        /// The torrent.
        torrent: TorrentKey,
        /// What went wrong, for people.
        error: String,
    },
    /// A verified block could not be read back, and so was not served; the torrent goes on.
    ReadFailed {
        /// The torrent.
        torrent: TorrentKey,
        /// What went wrong, for people.
        error: String,
    },
    /// After [`Input::Stop`]: nothing is left to do.
    Stopped,
}

/// Why a connection with a peer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The other side closed, or the network did.
    Remote,
    /// We are leaving the swarm.
    Stopping,
    /// Both sides have everything.
    BothSeeds,
    /// The peer was silent for too long.
    Idle,
    /// No handshake came in time.
    HandshakeTimeout,
    /// There is another connection with the same peer.
    Duplicate,
    /// The peer is this client itself.
    Oneself,
    /// Too many connections.
    Full,
    /// The peer contributed to too many bad pieces.
    Banned,
    /// Another peer had named it, and the torrent has turned out to be private (BEP 27).
    Private,
    /// The peer broke a rule.
    Misbehaved(Misbehaviour),
}

/// The rules that a peer can break so badly that the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misbehaviour {
    /// A HAVE_ALL or HAVE_NONE that is not the first message after the handshake, or a BITFIELD there that takes
    /// something back.
    BitfieldLate,
    /// A BITFIELD of the wrong size, or with spare bits set.
    BitfieldMalformed,
    /// A message of the fast extension (BEP 6) without the agreement.
    FastWithoutAgreement,
    /// The handshake is not BitTorrent's.
    HandshakeMalformed,
    /// The handshake names a torrent that is not here.
    HandshakeUnknownTorrent,
    /// A message with the wrong length for its kind.
    MessageMalformed,
    /// A length prefix above the limit.
    MessageTooLong,
    /// It alone has sent metadata that do not match the info-hash.
    MetadataCorrupt,
    /// A message of the metadata exchange that can't be read, or a piece of the wrong length.
    MetadataMalformed,
    /// Many pieces of the metadata that were not asked for.
    MetadataUnasked,
    /// It makes us say more than it reads.
    NotReading,
    /// Messages of peer exchange far more often than once a minute.
    PexFlood,
    /// A message of peer exchange that can't be read.
    PexMalformed,
    /// HAVE, SUGGEST or ALLOWED_FAST of a piece that does not exist.
    PieceOutOfRange,
    /// Much more PIECE payload than was asked for.
    PieceUnasked,
    /// REJECT of a request that was never sent.
    RejectUnasked,
    /// Many requests beyond what was allowed.
    RequestFlood,
    /// A REQUEST that is no block of an existing piece.
    RequestOutOfRange,
}
