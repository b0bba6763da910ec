//! A stage for tests: a checker that is told whatever a test makes up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use swarmlab_engine::metainfo::make;
use swarmlab_engine::session::{
    AddTorrent, ConnectionId, Event, Input, Output, Session, SessionConfig, StartWith, TorrentConfig,
    Transmit,
};
use swarmlab_engine::storage::{Content, DiskDone, Outcome, TorrentKey, Work};
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::{Handshake, Message, PeerId};

use crate::check::stand::AllIsWell;
use crate::check::swarm::{Onlookers, Watcher};
use crate::check::{Checker, Circumstances, Inhabitant, Partner, Profile, Seen, Setting, Violation};
use crate::event_queue::EventQueue;
use crate::network::{
    AccessLink, Discipline, HostId, Network, NetworkConfig, NetworkEvent, UplinkDiscipline,
};
use crate::scenario::Scenario;

/// Two seeds and three leechers share 8 pieces of 4 blocks.
const SWARM: &str = r#"
    [torrent]
    size = "512 KiB"
    piece_length = "64 KiB"
    [peers.seed]
    count = 2
    has = "all"
    up = "8 Mbit/s"
    down = "8 Mbit/s"
    [peers.leecher]
    count = 3
    up = "8 Mbit/s"
    down = "8 Mbit/s"
"#;

/// A small swarm that a test plays.
pub struct Stage {
    checker: Checker,
    content: Content,
    network: Network,
    now: Time,
    sessions: BTreeMap<u32, Session>,
    queue: EventQueue<NetworkEvent>,
    /// Gives out the ids of connections.
    giver: Session,
}

impl Stage {
    /// Nobody has come.
    pub fn new(judges: Vec<Box<dyn Watcher>>, overrides: &[&str]) -> Stage {
        let overrides: Vec<String> = overrides.iter().map(|set| (*set).to_owned()).collect();
        let scenario = Scenario::parse("stage", SWARM, &overrides).unwrap();
        let content = Content::formula(1, scenario.torrent.geometry().unwrap());
        let mut network = Network::new(NetworkConfig::default(), 1);
        let link = AccessLink {
            up_bits_per_s: 8_000_000,
            down_bits_per_s: 8_000_000,
            queue_up_bytes: 1 << 20,
            queue_down_bytes: 1 << 20,
            discipline_up: UplinkDiscipline::Turns,
            discipline_down: Discipline::TailDrop,
            loss: 0.0,
        };
        let hosts: Vec<HostId> = (0..5).map(|_| network.add_host(link)).collect();
        let inhabitant = |peer: u8| Inhabitant {
            group: usize::from(peer >= 2),
            ip: [10, 0, 0, peer].into(),
            joins: Time::ZERO,
            takes_inbound: true,
        };
        let setting = Setting {
            profile: Profile::Strict,
            scenario: scenario.into(),
            content: content.clone(),
            metadata: bytes::Bytes::new(),
            hosts,
            peers: (0..5).map(inhabitant).collect(),
        };
        let mut giver = session(0);
        giver.add_torrent(Time::ZERO, torrent(&content, TorrentConfig::default())).unwrap();
        Stage {
            checker: Checker::with(setting, vec![Box::new(Onlookers::new(judges))]),
            content,
            network,
            now: Time::ZERO,
            sessions: BTreeMap::new(),
            queue: EventQueue::new(),
            giver,
        }
    }

    /// Something is seen.
    pub fn see(&mut self, peer: u32, seen: &Seen<'_>) {
        self.checker.see(self.now, peer, seen);
    }

    /// A client comes that holds these pieces, and announces.
    pub fn come(&mut self, peer: u32, pieces: impl Fn(u32) -> bool, config: TorrentConfig) {
        self.come_with(peer, StartWith::Check, pieces, config);
    }

    /// A client comes that is told that it has everything, and announces.
    pub fn come_with_everything(&mut self, peer: u32, config: TorrentConfig) {
        self.come_with(peer, StartWith::Everything, |_| true, config);
    }

    fn come_with(
        &mut self,
        peer: u32,
        start: StartWith,
        pieces: impl Fn(u32) -> bool,
        config: TorrentConfig,
    ) {
        let mut session = session(peer);
        let add = AddTorrent { start: start.clone(), ..torrent(&self.content, config.clone()) };
        session.add_torrent(self.now, add).unwrap();
        let came = Seen::Came { session: &session, is_judged: true, start, config: &config };
        self.checker.see(self.now, peer, &came);
        while let Some(output) = session.poll_output() {
            if let Output::Disk(job) = output {
                self.see(peer, &Seen::DiskAsked(&job));
                let Work::Verify { piece } = job.work else { panic!("{job:?}") };
                let outcome = Outcome::Verified(Ok(pieces(piece)));
                let done = DiskDone { id: job.id, torrent: job.torrent, outcome };
                self.see(peer, &Seen::DiskAnswered(&done));
                session.handle_input(self.now, Input::Disk(done));
            }
        }
        self.sessions.insert(peer, session);
        let tracker = self.open(peer, Partner::Tracker);
        self.see(peer, &Seen::Closed { connection: tracker, by_itself: true });
        self.say(peer, &Event::Announced { torrent: TorrentKey(0), peers: 4 });
        self.settle(peer);
    }

    /// A client has done what followed from what it was given.
    pub fn settle(&mut self, peer: u32) {
        self.checker.see(self.now, peer, &Seen::Settled(&self.sessions[&peer]));
    }

    /// A client says that something happened to it.
    pub fn say(&mut self, peer: u32, event: &Event) {
        self.see(peer, &Seen::Said(event));
    }

    /// A connection that nobody else has.
    fn open(&mut self, peer: u32, with: Partner) -> ConnectionId {
        let remote = ([10, 0, 1, 0], 1).into();
        let connection = self.giver.accept(self.now, remote).expect("nobody is refused");
        let end = self.network.connect(&mut self.queue, HostId(0), HostId(1));
        let seen = Seen::Opened { connection, end, with, dialled: true };
        self.see(peer, &seen);
        connection
    }

    /// A client has begun a connection with another peer.
    pub fn open_with(&mut self, peer: u32, with: u32) -> ConnectionId {
        self.open(peer, Partner::Peer(with))
    }

    /// A connection on which both have introduced themselves, and have said what they have.
    pub fn meet(&mut self, peer: u32, with: u32, theirs: &Message) -> ConnectionId {
        let connection = self.open(peer, Partner::Peer(with));
        let greeting = |peer: u32| {
            let info_hash = swarmlab_engine::metainfo::InfoHash([1; 20]);
            let handshake =
                Handshake { info_hash, peer_id: PeerId([peer as u8; 20]), fast: true, extended: false };
            Bytes::copy_from_slice(&handshake.encode())
        };
        self.send(peer, connection, greeting(peer));
        self.see(peer, &Seen::Received(connection, &greeting(with)));
        self.hear(peer, connection, theirs);
        connection
    }

    fn send(&mut self, peer: u32, connection: ConnectionId, head: Bytes) {
        self.see(peer, &Seen::Ready(connection));
        self.see(peer, &Seen::Sent(connection, &Transmit { head, body: Bytes::new() }));
        self.see(peer, &Seen::Drained(connection));
    }

    /// A client sends something, and has nothing more to say.
    pub fn tell(&mut self, peer: u32, connection: ConnectionId, message: &Message) {
        self.send(peer, connection, bytes_of(message));
    }

    /// A client is told something.
    pub fn hear(&mut self, peer: u32, connection: ConnectionId, message: &Message) {
        self.see(peer, &Seen::Received(connection, &bytes_of(message)));
    }

    /// Time passes, and nobody looks.
    pub fn pass(&mut self, span: Duration) {
        self.now += span;
    }

    /// Time passes; the first violation, if there is one by then.
    pub fn wait(&mut self, seconds: u64) -> Option<Violation> {
        for _ in 0..seconds {
            self.now += Duration::from_secs(1);
            let circumstances = Circumstances {
                network: &self.network,
                is_script_over: true,
                surroundings: &AllIsWell,
                forgotten_stream: None,
                is_in_order: true,
                events: 0,
            };
            self.checker.step(self.now, &circumstances);
            if self.checker.violation().is_some() {
                break;
            }
        }
        self.checker.violation().cloned()
    }
}

fn session(peer: u32) -> Session {
    Session::new(SessionConfig {
        peer_id: PeerId([peer as u8; 20]),
        listen_port: 1,
        seed: 1,
        limits: Default::default(),
    })
}

fn torrent(content: &Content, config: TorrentConfig) -> AddTorrent {
    let fields = make::Fields::default();
    let metainfo = make::from_hashes("stage", content.geometry(), content.piece_hashes(), &fields).unwrap();
    AddTorrent { torrent: Arc::new(metainfo).into(), start: StartWith::Check, peers: Vec::new(), config }
}

fn bytes_of(message: &Message) -> Bytes {
    let mut bytes = BytesMut::new();
    message.encode_head(&mut bytes);
    if let Message::Piece { data, .. } = message {
        data.fragments().iter().for_each(|fragment| bytes.extend_from_slice(fragment));
    }
    bytes.freeze()
}
