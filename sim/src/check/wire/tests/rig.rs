//! One client, what it is given and what it says, without an engine or a network.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;

use swarmlab_engine::metainfo::{Geometry, make};
use swarmlab_engine::session::{
    AddTorrent, ConnectionId, Event, Session, SessionConfig, StartWith, TorrentConfig, Transmit,
};
use swarmlab_engine::storage::{Content, DiskDone, DiskJob, JobId, Outcome, TorrentKey, Work};
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::PeerId;

use crate::check::judge::{Bench, Judge};
use crate::check::stand;
use crate::check::{Inhabitant, Partner, Profile, Seen, Setting, Sometimes, Violation};
use crate::event_queue::EventQueue;
use crate::network::{AccessLink, Discipline, EndId, Network, NetworkConfig, NetworkEvent, UplinkDiscipline};
use crate::scenario::Scenario;

use super::super::Wire;
use super::words::handshake;

/// Two pieces of two blocks, and one whose second block is short.
pub const TOTAL_BYTES: u64 = 2 * 32_768 + 20_000;
const PIECE_BYTES: u32 = 32_768;
/// The judged one; the others are numbered after it.
const OWN: u32 = 0;
pub const OWN_ID: &[u8; 20] = b"-SW0001-the-judged-1";

/// Something that happens to the client, or that it does.
pub enum Act {
    /// It goes on with this connection, which others dial when it is new; its handshakes are exchanged.
    With(u32),
    /// It is dialled by this peer, and nothing was said.
    Accepts(u32),
    Dials(u32),
    Hears(Vec<u8>),
    Says(Vec<u8>),
    Drained,
    Closes,
    Keeps(u32, u32),
    /// What it asked its disk about this piece.
    Verified(u32, bool),
    TimedOut,
    /// The step is over; so long after it the next begins, in milliseconds.
    Settles(u64),
    Bans(u32),
    DialsTracker,
    /// It sends the tracker a datagram, or is sent one.
    Writes(Vec<u8>),
    Reads(Vec<u8>),
    Announced,
    AnnounceFailed,
    Leaves,
}

pub fn content() -> Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    let make = || Content::formula(1, Geometry::new(TOTAL_BYTES, PIECE_BYTES).unwrap());
    CONTENT.get_or_init(make).clone()
}

/// What the seed of metadata in these tests sends: a piece of 16 KiB, and four bytes.
pub const METADATA: &[u8] = &[b'x'; (1 << 14) + 4];

fn inhabitant(peer: u8) -> Inhabitant {
    Inhabitant { group: 0, ip: [10, 0, 0, peer].into(), joins: Time::ZERO, takes_inbound: true }
}

fn link() -> AccessLink {
    AccessLink {
        up_bits_per_s: 1_000_000,
        down_bits_per_s: 1_000_000,
        queue_up_bytes: 1 << 20,
        queue_down_bytes: 1 << 20,
        discipline_up: UplinkDiscipline::Turns,
        discipline_down: Discipline::TailDrop,
        loss: 0.0,
    }
}

/// What the judge finds.
pub fn judge(start: StartWith, acts: Vec<Act>) -> Option<Violation> {
    let scenario = Scenario::parse("test", SCENARIO, &[]).unwrap_or_else(|error| panic!("{error}"));
    let setting = Setting {
        profile: Profile::Strict,
        scenario: scenario.into(),
        content: content(),
        metadata: METADATA.into(),
        hosts: vec![],
        peers: (0..4).map(inhabitant).collect(),
    };
    let mut rig = Rig {
        session: session(&setting.content),
        network: Network::new(NetworkConfig::default(), 1),
        queue: EventQueue::new(),
        setting,
        wire: Wire::default(),
        now: Time::from_secs(1),
        open: Vec::new(),
        tracker: None,
        at: 0,
        violation: None,
    };
    rig.come(start);
    acts.into_iter().for_each(|act| rig.act(act));
    rig.settle(0);
    rig.violation
}

const SCENARIO: &str = r#"
    [torrent]
    size = "1 MiB"
    piece_length = "32 KiB"
    [network]
    latency = "20 ms"
    [peers.any]
    count = 1
    has = "all"
    up = "1 Mbit/s"
    down = "1 Mbit/s"
    [peers.other]
    count = 1
    up = "1 Mbit/s"
    down = "1 Mbit/s"
"#;

struct Rig {
    /// Gives out ids of connections.
    session: Session,
    network: Network,
    queue: EventQueue<NetworkEvent>,
    setting: Setting,
    wire: Wire,
    now: Time,
    open: Vec<(u32, ConnectionId)>,
    tracker: Option<ConnectionId>,
    at: usize,
    violation: Option<Violation>,
}

impl Rig {
    fn see(&mut self, seen: &Seen<'_>) {
        let mut sometimes = Sometimes::default();
        let mut bench = Bench {
            now: self.now,
            setting: &self.setting,
            violation: &mut self.violation,
            sometimes: &mut sometimes,
        };
        self.wire.see(&mut bench, OWN, seen);
    }

    fn come(&mut self, start: StartWith) {
        let config = TorrentConfig {
            upload_slots: 1,
            connections_max: 3,
            connections_target: 2,
            ..TorrentConfig::default()
        };
        let other = session(&self.setting.content);
        self.see(&Seen::Came { session: &other, is_judged: true, start, config: &config });
        self.settle(0);
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::With(peer) => match self.open.iter().position(|(with, _)| *with == peer) {
                Some(at) => self.at = at,
                None => {
                    self.open(peer, false);
                    self.act(Act::Hears(handshake(peer as u8, true)));
                    self.act(Act::Says(handshake(0, true)));
                }
            },
            Act::Accepts(peer) => self.open(peer, false),
            Act::Dials(peer) => self.open(peer, true),
            Act::Hears(bytes) => {
                let connection = self.tracker.unwrap_or_else(|| self.connection());
                self.see(&Seen::Received(connection, &bytes.into()));
            }
            Act::Says(bytes) => {
                let connection = self.tracker.unwrap_or_else(|| self.connection());
                self.see(&Seen::Sent(connection, &Transmit { head: bytes.into(), body: Bytes::new() }));
            }
            Act::Drained => self.see(&Seen::Drained(self.connection())),
            Act::Closes => {
                let (_, connection) = self.open.remove(self.at);
                self.see(&Seen::Closed { connection, by_itself: true });
            }
            Act::Keeps(piece, block) => {
                let data = self.setting.content.block(piece, block).into();
                self.see(&Seen::DiskAsked(&job(Work::Write { piece, begin: block << 14, data })));
            }
            Act::Verified(piece, is_good) => {
                let job = job(Work::Verify { piece });
                self.see(&Seen::DiskAsked(&job));
                let outcome = Outcome::Verified(Ok(is_good));
                self.see(&Seen::DiskAnswered(&DiskDone { id: job.id, torrent: job.torrent, outcome }));
            }
            Act::TimedOut => self.see(&Seen::TimedOut),
            Act::Settles(ms) => self.settle(ms),
            Act::Bans(peer) => {
                let (torrent, remote) = (TorrentKey(0), ([10, 0, 0, peer as u8], 6881).into());
                let connection = self.connection();
                self.see(&Seen::Said(&Event::PeerConnected { torrent, connection, remote }));
                self.see(&Seen::Said(&Event::PeerBanned { torrent, remote }));
            }
            Act::DialsTracker => {
                let connection = self.session.accept(self.now, ([10, 0, 0, 9], 1).into()).unwrap();
                self.tracker = Some(connection);
                let (end, with) = (self.stream(), Partner::Tracker);
                self.see(&Seen::Opened { connection, end, with, dialled: true });
            }
            Act::Writes(data) => {
                self.see(&Seen::DatagramSent { to: Partner::Tracker, data: &data.into() });
            }
            Act::Reads(data) => {
                self.see(&Seen::DatagramReceived { from: Partner::Tracker, data: &data.into() });
            }
            Act::Announced => {
                self.hang_up_on_tracker();
                self.see(&Seen::Said(&Event::Announced { torrent: TorrentKey(0), peers: 0 }));
            }
            Act::Leaves => self.see(&Seen::Said(&Event::Stopped)),
            Act::AnnounceFailed => {
                self.hang_up_on_tracker();
                let error = String::new();
                self.see(&Seen::Said(&Event::AnnounceFailed { torrent: TorrentKey(0), error }));
            }
        }
    }

    fn hang_up_on_tracker(&mut self) {
        if let Some(connection) = self.tracker.take() {
            self.see(&Seen::Closed { connection, by_itself: true });
        }
    }

    fn settle(&mut self, ms: u64) {
        let other = session(&self.setting.content);
        self.see(&Seen::Settled(&other));
        let mut sometimes = Sometimes::default();
        let mut bench = Bench {
            now: self.now,
            setting: &self.setting,
            violation: &mut self.violation,
            sometimes: &mut sometimes,
        };
        self.wire.step(&mut bench, &stand::circumstances(&self.network, 0));
        self.now += Duration::from_millis(ms);
    }

    /// A stream that stands.
    fn stream(&mut self) -> EndId {
        let hosts = [(); 2].map(|()| self.network.add_host(link()));
        let end = self.network.connect(&mut self.queue, hosts[0], hosts[1]);
        while let Some((_, event)) = self.queue.pop() {
            self.network.handle(&mut self.queue, event);
        }
        end
    }

    fn connection(&self) -> ConnectionId {
        self.open[self.at].1
    }

    fn open(&mut self, peer: u32, dialled: bool) {
        let connection = self.session.accept(self.now, ([10, 0, 0, peer as u8], 1).into()).unwrap();
        self.at = self.open.len();
        self.open.push((peer, connection));
        let (end, with) = (self.stream(), Partner::Peer(peer));
        self.see(&Seen::Opened { connection, end, with, dialled });
    }
}

fn session(content: &Content) -> Session {
    let config =
        SessionConfig { peer_id: PeerId(*OWN_ID), listen_port: 1, seed: 1, limits: Default::default() };
    let mut session = Session::new(config);
    let fields = make::Fields::default();
    let metainfo = make::from_hashes("test", content.geometry(), content.piece_hashes(), &fields).unwrap();
    let add = AddTorrent {
        torrent: Arc::new(metainfo).into(),
        start: StartWith::Nothing,
        peers: Vec::new(),
        config: TorrentConfig::default(),
    };
    session.add_torrent(Time::ZERO, add).unwrap();
    session
}

fn job(work: Work) -> DiskJob {
    DiskJob { id: JobId(0), torrent: TorrentKey(0), work }
}
