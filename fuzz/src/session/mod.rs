//! One whole session among a few peers that do what an input says, in any order, while time passes.

mod messages;

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry, Metainfo, make};
use swarmlab_engine::session::{
    AddTorrent, ConnectionId, Endpoint, Input, LookupId, Output, Session, SessionConfig, StartWith,
    TorrentConfig,
};
use swarmlab_engine::storage::{
    Content, DiskDone, DiskError, DiskErrorKind, DiskJob, MemoryStorage, Outcome, Storage, TorrentKey, Work,
};
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::{BlockRequest, Decoder, Handshake, Message, PeerId};

use crate::reader::Reader;

use messages::{message, right, wrong};

/// Pieces of two blocks; the last piece and its second block are short.
const PIECES: u32 = 12;
const PIECE_BYTES: u32 = 2 * BLOCK_BYTES;
const TOTAL_BYTES: u64 = (PIECES * PIECE_BYTES) as u64 - 5_000;
const PEERS: usize = 3;
/// What a session may ask for at most because of one byte, or of one step: it looks at each peer for each block.
const OUTPUTS_MAX: usize = 300;

static TORRENT: LazyLock<(Arc<Metainfo>, Content)> =
    LazyLock::new(|| torrent("http://tracker.example/announce"));
/// The same, with a tracker that is spoken to by datagrams.
static UDP_TORRENT: LazyLock<(Arc<Metainfo>, Content)> =
    LazyLock::new(|| torrent("udp://tracker.example:6969/announce"));

fn torrent(tracker: &str) -> (Arc<Metainfo>, Content) {
    let geometry = Geometry::new(TOTAL_BYTES, PIECE_BYTES).expect("a small torrent");
    let content = Content::formula(7, geometry);
    let tiers = vec![vec![tracker.to_owned()]];
    let fields = make::Fields { tiers, ..make::Fields::default() };
    let metainfo = make::from_hashes("content", geometry, content.piece_hashes(), &fields);
    (Arc::new(metainfo.expect("a torrent")), content)
}

/// Plays an input.
///
/// # Panics
/// When an invariant is broken, a wrong piece counts as right, or the session asks for more than its input explains.
pub fn play(input: &[u8]) {
    let mut input = Reader::new(input);
    let mut bench = Bench::new(&mut input);
    bench.settle();
    while !input.is_at_end() {
        bench.outputs = 0;
        let bytes = bench.step(&mut input);
        bench.settle();
        assert!(bench.outputs <= OUTPUTS_MAX + bytes, "{} outputs for {bytes} bytes", bench.outputs);
    }
    bench.check_content();
}

struct Bench {
    now: Time,
    session: Session,
    storage: MemoryStorage,
    /// The disk does nothing, or has no room.
    disk: u8,
    jobs: VecDeque<DiskJob>,
    ready: BTreeSet<ConnectionId>,
    /// Asked for and not answered: to peers and to the tracker.
    dials: VecDeque<ConnectionId>,
    tracker: Option<ConnectionId>,
    /// The tracker's name, while nobody has said what it stands for.
    lookup: Option<LookupId>,
    /// Where the last datagram went, and its transaction id.
    datagram: Option<(SocketAddr, [u8; 4])>,
    peers: [Peer; PEERS],
    outputs: usize,
}

/// The other end of a connection.
#[derive(Default)]
struct Peer {
    connection: Option<ConnectionId>,
    decoder: Decoder,
    greeted: bool,
    /// What the session has asked of it and was not answered.
    asked: VecDeque<BlockRequest>,
    /// It does not read.
    deaf: bool,
}

fn address(peer: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 1, peer as u8], 50_000))
}

impl Bench {
    fn new(input: &mut Reader<'_>) -> Bench {
        let (choices, held) = (input.byte(), input.word());
        let config = TorrentConfig {
            upload_slots: u32::from(choices & 3),
            connections_max: u32::from(choices >> 2 & 3) + 1,
            fast_extension: choices & 16 == 0,
            announce: choices & 32 == 0,
            ..TorrentConfig::default()
        };
        let mut storage = MemoryStorage::empty(&TORRENT.0.info);
        for piece in (0..PIECES).filter(|piece| held >> piece & 1 == 1) {
            for block in 0..storage.geometry().blocks_in(piece) {
                let data = TORRENT.1.block(piece, block).into();
                storage.write(piece, block * BLOCK_BYTES, data).expect("it fits");
            }
        }
        let mut session = Session::new(SessionConfig {
            peer_id: PeerId([b'u'; 20]),
            listen_port: 6881,
            seed: 1,
            limits: Default::default(),
        });
        let peers = if choices & 64 == 0 { Vec::new() } else { vec![address(0)] };
        let torrent = if choices & 128 == 0 { &TORRENT } else { &UDP_TORRENT };
        let add = AddTorrent { torrent: torrent.0.clone().into(), start: StartWith::Check, peers, config };
        session.add_torrent(Time::ZERO, add).expect("the default picker and choker exist");
        Bench {
            now: Time::ZERO,
            session,
            storage,
            disk: 0,
            jobs: VecDeque::new(),
            ready: BTreeSet::new(),
            dials: VecDeque::new(),
            tracker: None,
            lookup: None,
            datagram: None,
            peers: Default::default(),
            outputs: 0,
        }
    }

    /// Does the next thing; answers how many bytes the session was given.
    fn step(&mut self, input: &mut Reader<'_>) -> usize {
        let choice = input.byte();
        let at = usize::from(choice >> 4) % PEERS;
        match choice & 15 {
            0 | 1 => self.dial_in(at, choice & 1 == 0),
            2 => self.answer_dial(at, input.byte() & 1 == 0),
            3 => self.send(at, input.bytes()),
            4..=7 => self.say(at, &message(input)),
            8 => self.answer(at, usize::MAX, right),
            9 => self.answer(at, 1, wrong),
            10 => self.answer(at, usize::MAX, |request| Message::RejectRequest(*request)),
            11 => self.wait(Duration::from_millis(u64::from(input.byte()) * 100)),
            12 => self.hang_up(at),
            13 => {
                self.disk = input.byte() % 4;
                0
            }
            14 => {
                self.peers[at].deaf = !self.peers[at].deaf;
                0
            }
            _ if choice >> 4 == 15 => self.input(Input::Stop, 0),
            _ => self.answer_tracker(input.bytes()),
        }
    }

    fn input(&mut self, input: Input, bytes: usize) -> usize {
        self.session.handle_input(self.now, input);
        self.collect();
        bytes
    }

    fn receive(&mut self, connection: ConnectionId, data: Bytes, bytes: usize) -> usize {
        self.session.receive(self.now, connection, [data]);
        self.collect();
        bytes
    }

    fn dial_in(&mut self, at: usize, fast: bool) -> usize {
        if self.peers[at].connection.is_none()
            && let Some(connection) = self.session.accept(self.now, address(at))
        {
            self.greet(at, connection, fast);
        }
        0
    }

    /// A dial of the session to a peer succeeds, or doesn't.
    fn answer_dial(&mut self, at: usize, well: bool) -> usize {
        let Some(connection) = self.dials.pop_front() else { return 0 };
        if !well || self.peers[at].connection.is_some() {
            return self.input(Input::Closed { connection }, 0);
        }
        self.input(Input::Connected { connection }, 0);
        self.greet(at, connection, true)
    }

    fn greet(&mut self, at: usize, connection: ConnectionId, fast: bool) -> usize {
        self.peers[at] =
            Peer { connection: Some(connection), decoder: Decoder::new(PIECES), ..Peer::default() };
        let info_hash = TORRENT.0.info.hash();
        let peer_id = PeerId([b'a' + at as u8; 20]);
        self.send(at, &Handshake { info_hash, peer_id, fast, extended: true }.encode())
    }

    fn say(&mut self, at: usize, message: &Message) -> usize {
        let mut bytes = BytesMut::new();
        message.encode_head(&mut bytes);
        if let Message::Piece { data, .. } = message {
            data.fragments().iter().for_each(|fragment| bytes.extend_from_slice(fragment));
        }
        self.send(at, &bytes)
    }

    fn send(&mut self, at: usize, bytes: &[u8]) -> usize {
        match self.peers[at].connection {
            Some(connection) => {
                let data = Bytes::copy_from_slice(bytes);
                self.receive(connection, data, bytes.len())
            }
            None => 0,
        }
    }

    fn answer(&mut self, at: usize, times: usize, with: fn(&BlockRequest) -> Message) -> usize {
        let asked = &mut self.peers[at].asked;
        let asked: Vec<BlockRequest> = asked.drain(..times.min(asked.len())).collect();
        asked.iter().map(|request| self.say(at, &with(request))).sum()
    }

    fn answer_tracker(&mut self, bytes: &[u8]) -> usize {
        if let Some(lookup) = self.lookup.take() {
            let addresses = (0..bytes.len() % 3).map(address).collect();
            return self.input(Input::Resolved { lookup, addresses }, 0);
        }
        if let Some((from, transaction)) = self.datagram.take()
            && let Some((action, rest)) = bytes.split_first()
        {
            let data = [&[0, 0, 0, action % 4], &transaction, rest].concat().into();
            return self.input(Input::Datagram { from, data }, bytes.len());
        }
        let Some(connection) = self.tracker.take() else { return 0 };
        self.input(Input::Connected { connection }, 0);
        let answer = [b"HTTP/1.0 200 OK\r\n\r\n", bytes].concat();
        let given = self.receive(connection, answer.into(), bytes.len());
        self.input(Input::Closed { connection }, given)
    }

    fn wait(&mut self, span: Duration) -> usize {
        let end = self.now + span;
        while let Some(due) = self.session.poll_timeout()
            && due <= end
        {
            self.now = self.now.max(due);
            self.session.handle_timeout(self.now);
            self.settle();
            self.outputs = 0;
        }
        self.now = end;
        0
    }

    fn hang_up(&mut self, at: usize) -> usize {
        match self.peers[at].connection.take() {
            Some(connection) => self.input(Input::Closed { connection }, 0),
            None => 0,
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.session.poll_output() {
            self.outputs += 1;
            match output {
                Output::Connect { connection, to: Endpoint::Address(_) } => self.dials.push_back(connection),
                Output::Connect { connection, .. } => self.tracker = Some(connection),
                Output::Ready { connection } => drop(self.ready.insert(connection)),
                Output::Close { connection } => self.forget(connection),
                Output::Disk(job) => self.jobs.push_back(job),
                Output::Resolve { lookup, .. } => self.lookup = Some(lookup),
                Output::Datagram { to, data } => {
                    self.datagram = Some((to, *data[12..].first_chunk().expect("a request is longer")));
                }
                Output::OpenStorage { .. } | Output::Event(_) => {}
            }
        }
        self.session.check_invariants().unwrap();
    }

    fn forget(&mut self, connection: ConnectionId) {
        self.ready.remove(&connection);
        self.dials.retain(|dialled| *dialled != connection);
        self.tracker.take_if(|tracker| *tracker == connection);
        for peer in &mut self.peers {
            peer.connection.take_if(|connected| *connected == connection);
        }
    }

    /// Carries out what the session has asked for, until it asks for nothing more.
    fn settle(&mut self) {
        self.collect();
        loop {
            if let Some(done) = self.work() {
                self.input(Input::Disk(done), 0);
                continue;
            }
            let deaf =
                |id: &&ConnectionId| self.peers.iter().any(|peer| peer.deaf && peer.connection == Some(**id));
            let Some(&connection) = self.ready.iter().find(|id| !deaf(id)) else { return };
            match self.session.poll_transmit(self.now, connection, 32 * 1024) {
                None => drop(self.ready.remove(&connection)),
                Some(transmit) => self.hear(connection, [transmit.head, transmit.body]),
            }
            self.collect();
        }
    }

    fn work(&mut self) -> Option<DiskDone> {
        let error = |kind| DiskError { kind, text: "as the input says".into() };
        let job = match self.disk {
            1 => return None,
            _ => self.jobs.pop_front()?,
        };
        let outcome = match (self.disk, &job.work) {
            (2, Work::Write { .. }) => Outcome::Written(Err(error(DiskErrorKind::Full))),
            (3, Work::Read { .. }) => Outcome::Read(Err(error(DiskErrorKind::Io))),
            _ => return Some(self.storage.perform(job)),
        };
        Some(DiskDone { id: job.id, torrent: job.torrent, outcome })
    }

    fn hear(&mut self, connection: ConnectionId, bytes: [Bytes; 2]) {
        let Some(peer) = self.peers.iter_mut().find(|peer| peer.connection == Some(connection)) else {
            return;
        };
        bytes.into_iter().for_each(|bytes| peer.decoder.push(bytes));
        peer.greeted = peer.greeted || peer.decoder.handshake().is_some();
        while peer.greeted
            && let Some(message) = peer.decoder.message().expect("the session speaks the protocol")
        {
            if let Message::Request(request) = message {
                peer.asked.push_back(request);
            }
        }
    }

    /// What counts as verified is what it should be.
    fn check_content(&mut self) {
        for piece in self.session.held(TorrentKey(0)).iter() {
            let size = TORRENT.1.geometry().piece_size(piece);
            let stored = self.storage.read(piece, 0, size).expect("a verified piece is there");
            assert!(stored == TORRENT.1.range(piece, 0, size).into_bytes(), "piece {piece} is wrong");
        }
    }
}
