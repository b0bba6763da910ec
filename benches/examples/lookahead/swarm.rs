//! The swarm: a flash crowd, and who knows whom.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::seq::index;

use swarmlab_engine::metainfo::{Geometry, Metainfo, make};
use swarmlab_engine::random::Rng;
use swarmlab_engine::session::{AddTorrent, Endpoint, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::{Content, Hashing, SharedStore};
use swarmlab_engine::wire::PeerId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

// As in `scenarios/flash-crowd.toml`, but that the torrent is smaller, and nobody's downlink limits.
const TORRENT_BYTES: u64 = 64 << 20;
const PIECE_BYTES: u32 = 256 << 10;
pub const LATENCY_MIN: Duration = Duration::from_millis(10);
const LATENCY_MAX: Duration = Duration::from_millis(60);
const SEED_UP_BYTES_PER_S: u64 = 20_000_000 / 8;
const LEECHER_UP_BYTES_PER_S: u64 = 8_000_000 / 8;

/// Others that a host knows from the start, as many as a tracker would name.
const KNOWN: usize = 50;
/// The only seed among the hosts.
const SEED: u32 = 0;

const PORT: u16 = 6881;
const FIRST_ADDRESS: u32 = u32::from_be_bytes([10, 0, 0, 1]);

/// What all hosts share, and nobody changes.
pub struct Swarm {
    pub peers: u32,
    metainfo: Arc<Metainfo>,
    content: Content,
}

impl Swarm {
    pub fn new(peers: u32) -> Swarm {
        let geometry = Geometry::new(TORRENT_BYTES, PIECE_BYTES).expect("a torrent like others");
        let content = Content::formula(1, geometry);
        let metainfo =
            make::from_hashes("content", geometry, content.piece_hashes(), &make::Fields::default());
        Swarm { peers, metainfo: Arc::new(metainfo.expect("a name like others")), content }
    }

    pub fn session_config(&self, host: u32) -> SessionConfig {
        let seed = seed_for(b"client", &[host]);
        let peer_id = PeerId::random(&mut Rng::seed_from_u64(seed));
        SessionConfig { peer_id, listen_port: PORT, seed, limits: Default::default() }
    }

    pub fn torrent(&self, host: u32) -> AddTorrent {
        let start = if host == SEED { StartWith::Everything } else { StartWith::Nothing };
        let config = TorrentConfig { announce: false, peer_exchange: false, ..TorrentConfig::default() };
        AddTorrent { torrent: self.metainfo.clone().into(), start, peers: self.known_to(host), config }
    }

    fn known_to(&self, host: u32) -> Vec<SocketAddr> {
        let mut rng = Rng::seed_from_u64(seed_for(b"knows", &[host]));
        let others = self.peers as usize - 1;
        let drawn = index::sample(&mut rng, others, KNOWN.min(others));
        drawn.iter().map(|other| (host + 1 + other as u32) % self.peers).map(listens_at).collect()
    }

    pub fn store(&self, host: u32) -> SharedStore {
        let make = if host == SEED { SharedStore::full } else { SharedStore::empty };
        make(self.content.clone(), Hashing::Identity).expect("content with its own hashes")
    }

    pub fn up_bytes_per_s(&self, host: u32) -> u64 {
        if host == SEED { SEED_UP_BYTES_PER_S } else { LEECHER_UP_BYTES_PER_S }
    }

    /// The same in both directions.
    pub fn latency(&self, one: u32, other: u32) -> Duration {
        let span = (LATENCY_MAX - LATENCY_MIN).as_nanos() as u64;
        let drawn = seed_for(b"latency", &[one.min(other), one.max(other)]) % (span + 1);
        LATENCY_MIN + Duration::from_nanos(drawn)
    }

    /// The host that is meant, if there is one.
    pub fn host_at(&self, endpoint: &Endpoint) -> Option<u32> {
        let Endpoint::Address(SocketAddr::V4(address)) = endpoint else { return None };
        u32::from(*address.ip()).checked_sub(FIRST_ADDRESS).filter(|host| *host < self.peers)
    }
}

fn listens_at(host: u32) -> SocketAddr {
    (Ipv4Addr::from(FIRST_ADDRESS + host), PORT).into()
}

/// Where a host's own connections come from: not the port on which it listens.
pub fn dials_from(host: u32) -> SocketAddr {
    (Ipv4Addr::from(FIRST_ADDRESS + host), PORT + 1).into()
}

/// A seed for one purpose and these hosts, whoever asks and when.
fn seed_for(purpose: &[u8], hosts: &[u32]) -> u64 {
    hosts
        .iter()
        .fold(xxh3_64_with_seed(purpose, 1), |seed, host| xxh3_64_with_seed(&host.to_le_bytes(), seed))
}
