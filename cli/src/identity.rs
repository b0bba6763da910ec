//! What makes this process one that nobody has met. The randomness is the operating system's, by way of the hasher's keys.

use std::hash::{BuildHasher, RandomState};

use rand::SeedableRng;
use swarmlab_engine::random::Rng;
use swarmlab_engine::session::SessionConfig;
use swarmlab_engine::wire::PeerId;

/// A client of its own.
pub fn session_config() -> SessionConfig {
    let peer_id = PeerId::random(&mut Rng::seed_from_u64(seed()));
    SessionConfig { peer_id, listen_port: 0, seed: seed(), limits: Default::default() }
}

/// Where a generator begins.
pub fn seed() -> u64 {
    RandomState::new().hash_one("seed")
}

/// What nobody else knows.
pub fn secret() -> [u8; 16] {
    (u128::from(seed()) << 64 | u128::from(seed())).to_be_bytes()
}
