//! Shared set-ups for the benchmarks in `benches/`.

use std::time::Duration;

use criterion::Criterion;
use rand_xoshiro::rand_core::SeedableRng;
use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::Geometry;
use swarmlab_engine::picker::SwarmCopies;
use swarmlab_engine::pieces::PieceMap;
use swarmlab_engine::random::{Rng, below};

/// Pieces of the torrent, 256 KiB each.
pub const PIECES: u32 = 1_024;
/// Peers that we are connected with.
pub const PEERS: u32 = 50;
/// Pieces in progress, as a client with a dozen uploaders has them.
const IN_PROGRESS: u32 = 24;

/// Short measurements, for benchmarks of many small cases.
pub fn brief() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(30)
}

/// A generator for set-ups.
pub fn rng() -> Rng {
    Rng::seed_from_u64(1)
}

/// What a client knows of a swarm.
pub struct Swarm {
    /// Its own pieces, and the availability of all.
    pub pieces: PieceMap,
    /// What each peer has.
    pub peers: Vec<PieceSet>,
    /// What they have together, which it can't know.
    pub copies: SwarmCopies,
}

/// A swarm in which we hold `held` random pieces, each peer about as many, and others are in progress. Every block of
/// these is asked for, unless they are `open`.
pub fn swarm(held: u32, open: bool) -> Swarm {
    let mut rng = rng();
    let geometry = Geometry::new(u64::from(PIECES) << 18, 1 << 18).expect("a torrent of 256 MiB");
    let mut pieces = PieceMap::new(geometry, &mut rng);
    let mut order: Vec<u32> = (0..PIECES).collect();
    (1..PIECES).rev().for_each(|last| order.swap(last as usize, below(&mut rng, last + 1) as usize));
    order[..held as usize].iter().for_each(|piece| pieces.found(*piece));
    let peers: Vec<PieceSet> = (0..PEERS).map(|_| peer(held.max(PIECES / 16), &mut rng)).collect();
    for peer in &peers {
        pieces.availability_mut().add_peer(peer, &mut rng);
    }
    let blocks = pieces.geometry().blocks_per_piece();
    for piece in order[held as usize..].iter().take(IN_PROGRESS as usize) {
        let asked = if open { 1 + below(&mut rng, blocks - 1) } else { blocks };
        (0..asked).for_each(|block| pieces.request(*piece, block));
    }
    let copies = SwarmCopies::none(PIECES);
    peers.iter().flat_map(PieceSet::iter).for_each(|piece| copies.add(piece));
    Swarm { pieces, peers, copies }
}

fn peer(about: u32, rng: &mut Rng) -> PieceSet {
    let mut set = PieceSet::empty(PIECES);
    (0..PIECES).filter(|_| below(rng, PIECES) < about).for_each(|piece| {
        set.insert(piece);
    });
    set
}
