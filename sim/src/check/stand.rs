//! Where a judge is tried on its own: a setting of one small torrent, and what the judge finds there.

use std::sync::Arc;

use swarmlab_engine::metainfo::make;
use swarmlab_engine::session::{AddTorrent, Session, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::Content;
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::PeerId;

use crate::network::{HostId, Network};
use crate::scenario::Scenario;

use super::judge::Bench;
use super::{Circumstances, Inhabitant, Profile, Setting, Sometimes, Surroundings};

/// Two seeds, and two pieces of two blocks.
const SCENARIO: &str = r#"
    [torrent]
    size = "64 KiB"
    piece_length = "32 KiB"
    [peers.one]
    count = 2
    has = "all"
    up = "8 Mbit/s"
    down = "8 Mbit/s"
    [peers.two]
    count = 2
    up = "8 Mbit/s"
    down = "8 Mbit/s"
"#;

/// A setting.
pub struct Stand {
    scenario: Arc<Scenario>,
    pub content: Content,
}

impl Stand {
    pub fn new() -> Stand {
        Stand::with("")
    }

    /// With these events.
    pub fn with(events: &str) -> Stand {
        let scenario = Scenario::parse("stand", &format!("{SCENARIO}{events}"), &[]);
        let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
        let geometry = scenario.torrent.geometry().unwrap();
        Stand { scenario: scenario.into(), content: Content::formula(1, geometry) }
    }

    /// The number of the property that is violated, if one is.
    pub fn violation(&self, now: Time, judged: impl FnOnce(&mut Bench<'_>)) -> Option<&'static str> {
        let setting = Setting {
            profile: Profile::Strict,
            scenario: self.scenario.clone(),
            content: self.content.clone(),
            metadata: bytes::Bytes::new(),
            hosts: (1..5).map(HostId).collect(),
            peers: (0..4).map(inhabitant).collect(),
        };
        let (mut violation, mut sometimes) = (None, Sometimes::default());
        judged(&mut Bench { now, setting: &setting, violation: &mut violation, sometimes: &mut sometimes });
        violation.map(|violation| violation.property.id)
    }
}

/// A client of the stand's torrent that asks no tracker.
pub fn session(stand: &Stand, start: StartWith) -> Session {
    let (geometry, hashes) = (stand.content.geometry(), stand.content.piece_hashes());
    let metainfo = make::from_hashes("t", geometry, hashes, &make::Fields::default()).unwrap();
    let mut session = Session::new(SessionConfig {
        peer_id: PeerId([1; 20]),
        listen_port: 1,
        seed: 1,
        limits: Default::default(),
    });
    let config = TorrentConfig { announce: false, ..TorrentConfig::default() };
    let add = AddTorrent { torrent: Arc::new(metainfo).into(), start, peers: Vec::new(), config };
    session.add_torrent(Time::ZERO, add).unwrap();
    session
}

fn inhabitant(peer: u8) -> Inhabitant {
    Inhabitant {
        group: usize::from(peer / 2),
        ip: [10, 0, 0, peer].into(),
        joins: Time::ZERO,
        takes_inbound: true,
    }
}

/// After so many events of a run on this network.
pub fn circumstances(network: &Network, events: u64) -> Circumstances<'_> {
    Circumstances {
        network,
        is_script_over: false,
        is_in_order: true,
        surroundings: &AllIsWell,
        forgotten_stream: None,
        events,
    }
}

/// Links of 8 Mbit/s, and nothing wrong.
pub struct AllIsWell;

impl Surroundings for AllIsWell {
    fn rates(&self, _: u32) -> (u64, u64) {
        (8_000_000, 8_000_000)
    }

    fn disk_is_well(&self, _: u32) -> bool {
        true
    }
}
