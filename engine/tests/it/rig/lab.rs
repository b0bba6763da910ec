//! One session among peers, and trackers, that speak bytes by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use swarmlab_engine::session::{CloseReason, ConnectionId, Endpoint, Event, Input, StartWith, TorrentConfig};
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::{BlockRequest, Decoder, Handshake, Message};

use super::{Client, Torrent, peer_id, quiet};

/// The address from which the raw peer of this number speaks.
pub fn addr(number: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 1, number], 50_000))
}

/// The other end of a connection.
struct Ear {
    /// What the client sent, the handshake excepted.
    decoder: Decoder,
    greeted: bool,
    heard: Vec<Message>,
    bytes: Vec<u8>,
    /// Reads nothing: its window is zero.
    deaf: bool,
}

/// The client under test, and who talks to it.
pub struct Lab {
    pub now: Time,
    pub torrent: Torrent,
    pub client: Client,
    ears: BTreeMap<ConnectionId, Ear>,
    closed: Vec<ConnectionId>,
}

impl Lab {
    /// A client that has everything.
    pub fn seed(torrent: &Torrent) -> Lab {
        Lab::seed_with(torrent, quiet())
    }

    /// A client that has everything, and is configured so.
    pub fn seed_with(torrent: &Torrent, config: TorrentConfig) -> Lab {
        let storage = torrent.memory(0..torrent.geometry().piece_count);
        Lab::new(torrent, StartWith::Everything, storage, Vec::new(), config)
    }

    /// A client that has nothing.
    pub fn leech(torrent: &Torrent) -> Lab {
        Lab::leech_with(torrent, Vec::new(), quiet())
    }

    /// A client that has nothing, knows these peers, and is configured so.
    pub fn leech_with(torrent: &Torrent, peers: Vec<SocketAddr>, config: TorrentConfig) -> Lab {
        Lab::new(torrent, StartWith::Nothing, torrent.memory([]), peers, config)
    }

    pub fn new(
        torrent: &Torrent,
        start: StartWith,
        storage: Box<dyn swarmlab_engine::storage::Storage>,
        peers: Vec<SocketAddr>,
        config: TorrentConfig,
    ) -> Lab {
        let mut lab = Lab::around(torrent, Client::new(100, torrent, start, storage, peers, config));
        lab.settle();
        lab
    }

    /// A client for which nothing was carried out yet.
    pub fn around(torrent: &Torrent, client: Client) -> Lab {
        let torrent = torrent.clone();
        Lab { now: Time::ZERO, torrent, client, ears: BTreeMap::new(), closed: Vec::new() }
    }

    /// A raw peer dials; its handshake has not been sent.
    pub fn dial_in(&mut self, number: u8) -> Option<ConnectionId> {
        let connection = self.client.session.accept(self.now, addr(number))?;
        self.listen(connection);
        Some(connection)
    }

    /// A raw peer dials and sends its handshake, with the extension protocol off.
    pub fn greet(&mut self, number: u8, fast: bool) -> ConnectionId {
        let connection = self.dial_in(number).expect("there is room");
        self.send(connection, &self.handshake(number, fast).encode());
        connection
    }

    /// A raw peer that has everything, and unchokes.
    pub fn greet_seed(&mut self, number: u8, fast: bool) -> ConnectionId {
        let peer = self.greet(number, fast);
        self.say(peer, &self.full_bitfield());
        self.say(peer, &Message::Unchoke);
        peer
    }

    /// What the raw peer of this number says first.
    pub fn handshake(&self, number: u8, fast: bool) -> Handshake {
        let info_hash = self.torrent.metainfo.info.hash();
        Handshake { info_hash, peer_id: peer_id(number), fast, extended: false }
    }

    pub fn full_bitfield(&self) -> Message {
        let pieces = self.torrent.geometry().piece_count;
        Message::Bitfield(swarmlab_engine::bitfield::PieceSet::full(pieces).to_wire())
    }

    /// The right answer to a request.
    pub fn block(&self, request: BlockRequest) -> Message {
        let BlockRequest { piece, begin, length } = request;
        Message::Piece { piece, begin, data: self.torrent.bytes(piece, begin, length).into() }
    }

    /// The stream that the client asked for longest ago is made: what it says there is heard from now on.
    pub fn answer_dial(&mut self) -> ConnectionId {
        let (connection, _) = self.client.dials.pop_front().expect("the client dialled");
        self.listen(connection);
        self.input(Input::Connected { connection });
        connection
    }

    fn listen(&mut self, connection: ConnectionId) {
        let decoder = Decoder::new(self.torrent.geometry().piece_count);
        let ear = Ear { decoder, greeted: false, heard: Vec::new(), bytes: Vec::new(), deaf: false };
        self.ears.insert(connection, ear);
    }

    pub fn say(&mut self, peer: ConnectionId, message: &Message) {
        let mut bytes = BytesMut::new();
        message.encode_head(&mut bytes);
        if let Message::Piece { data, .. } = message {
            data.fragments().iter().for_each(|fragment| bytes.extend_from_slice(fragment));
        }
        self.send(peer, &bytes);
    }

    pub fn send(&mut self, peer: ConnectionId, bytes: &[u8]) {
        self.client.receive(self.now, peer, Bytes::copy_from_slice(bytes));
        self.settle();
    }

    pub fn input(&mut self, input: Input) {
        self.client.input(self.now, input);
        self.settle();
    }

    /// The peer stops reading, or reads again.
    pub fn set_deaf(&mut self, peer: ConnectionId, deaf: bool) {
        self.ears.get_mut(&peer).expect("a known peer").deaf = deaf;
        self.settle();
    }

    /// What the client has said to this peer since the last time.
    pub fn heard(&mut self, peer: ConnectionId) -> Vec<Message> {
        std::mem::take(&mut self.ears.get_mut(&peer).expect("a known peer").heard)
    }

    /// The requests among [`heard`](Lab::heard).
    pub fn asked(&mut self, peer: ConnectionId) -> Vec<BlockRequest> {
        let request = |message| if let Message::Request(request) = message { Some(request) } else { None };
        self.heard(peer).into_iter().filter_map(request).collect()
    }

    /// What the client has sent to a tracker, as text.
    pub fn request_text(&self, tracker: ConnectionId) -> String {
        String::from_utf8_lossy(&self.ears[&tracker].bytes).into_owned()
    }

    /// Answers what the client asks of this peer, until it asks for nothing more.
    pub fn serve(&mut self, peer: ConnectionId) {
        for _ in 0..10_000 {
            let asked = self.asked(peer);
            if asked.is_empty() {
                return;
            }
            asked.into_iter().for_each(|request| self.say(peer, &self.block(request)));
        }
        panic!("the client asks for ever");
    }

    pub fn is_open(&self, connection: ConnectionId) -> bool {
        !self.closed.contains(&connection)
    }

    /// Why an established connection was ended.
    pub fn reason(&self, peer: ConnectionId) -> Option<CloseReason> {
        self.client.events.iter().find_map(|(_, event)| match event {
            Event::PeerDisconnected { connection, reason, .. } if *connection == peer => Some(*reason),
            _ => None,
        })
    }

    /// Everything that happens within so many seconds.
    pub fn advance(&mut self, seconds: u64) {
        self.advance_by(Duration::from_secs(seconds));
    }

    /// Everything that happens within this span.
    pub fn advance_by(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(due) = self.client.session.poll_timeout()
            && due <= end
        {
            self.now = self.now.max(due);
            self.client.timeout(self.now);
            self.settle();
        }
        self.now = end;
    }

    /// When and where the client has dialled so far: seconds, and the name or address.
    pub fn dialled(&self) -> Vec<(u64, String)> {
        let name = |to: &Endpoint| match to {
            Endpoint::Address(address) => address.to_string(),
            Endpoint::Name { host, port } => format!("{host}:{port}"),
        };
        let calls = self.client.connects.iter();
        calls.map(|(at, _, to)| (at.as_nanos() / 1_000_000_000, name(to))).collect()
    }

    /// Carries out the disk's jobs and empties the session's queues, until nothing more happens.
    pub fn settle(&mut self) {
        loop {
            if let Some(done) = self.client.work() {
                self.client.input(self.now, Input::Disk(done));
                continue;
            }
            let ready = self.client.ready.iter().find(|id| self.ears.get(id).is_some_and(|ear| !ear.deaf));
            let Some(&connection) = ready else { break };
            match self.client.pull(self.now, connection, 64 * 1024) {
                None => {
                    self.client.ready.remove(&connection);
                }
                Some(transmit) => self.hear(connection, transmit.head, transmit.body),
            }
        }
        self.closed.extend(self.client.closes.drain(..));
    }

    fn hear(&mut self, connection: ConnectionId, head: Bytes, body: Bytes) {
        let ear = self.ears.get_mut(&connection).expect("only who listens is ready");
        if !ear.bytes.is_empty() || head.starts_with(b"GET ") {
            return ear.bytes.extend_from_slice(&head);
        }
        ear.decoder.push(head);
        ear.decoder.push(body);
        if !ear.greeted {
            ear.greeted = ear.decoder.handshake().is_some();
        }
        while ear.greeted
            && let Some(message) = ear.decoder.message().expect("the client sends whole messages")
        {
            ear.heard.push(message);
        }
    }
}
