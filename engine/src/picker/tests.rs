//! Swarms drawn as strings: `#` a piece that is there, `.` one that is not.

mod documented;
mod machine;
mod streaming;
mod ties;

use proptest::prelude::*;
use rand::SeedableRng;

use super::*;
use crate::metainfo::{BLOCK_BYTES, Geometry};
use crate::random::Rng;

fn set(drawn: &str) -> PieceSet {
    let mut set = PieceSet::empty(drawn.len() as u32);
    drawn.bytes().enumerate().filter(|(_, c)| *c == b'#').for_each(|(at, _)| {
        set.insert(at as u32);
    });
    set
}

/// Our pieces, of two blocks each, in a swarm of these peers.
fn swarm(ours: &str, peers: &[&str], rng: &mut Rng) -> PieceMap {
    swarm_of(2, ours, peers, rng)
}

fn swarm_of(blocks: u32, ours: &str, peers: &[&str], rng: &mut Rng) -> PieceMap {
    let pieces = ours.len() as u32;
    let piece_length = blocks * BLOCK_BYTES;
    let geometry = Geometry::new(u64::from(pieces * piece_length), piece_length).unwrap();
    let mut map = PieceMap::new(geometry, rng);
    set(ours).iter().for_each(|piece| map.found(piece));
    for peer in peers {
        map.availability_mut().add_peer(&set(peer), rng);
    }
    map
}

fn pick(picker: &str, map: &PieceMap, peer: &str, rng: &mut Rng) -> Option<u32> {
    pick_with(picker, map, peer, [], rng)
}

fn pick_with<const N: usize>(
    picker: &str,
    map: &PieceMap,
    peer: &str,
    suggested: [u32; N],
    rng: &mut Rng,
) -> Option<u32> {
    let copies = SwarmCopies::none(map.geometry().piece_count);
    let (peer, suggested) = (set(peer), suggested.into());
    let view = PickView { suggested: &suggested, ..seen(map, &peer) };
    make(picker, Some(&copies)).unwrap().pick(&view, rng)
}

const NO_SUGGESTIONS: &VecDeque<u32> = &VecDeque::new();

/// A peer with these pieces that has sent nothing yet, nor suggested anything; nobody watches.
fn seen<'a>(pieces: &'a PieceMap, peer: &'a PieceSet) -> PickView<'a> {
    let suggested = NO_SUGGESTIONS;
    PickView { pieces, peer, contributor: 0, last: None, suggested, bytes_per_s: 0.0, playhead: None }
}

#[test]
fn the_rarest_piece_that_the_peer_has_comes_first() {
    let mut rng = Rng::seed_from_u64(1);
    let peers = ["##########", "########.#", "####.#####", "#####.####"];
    let map = swarm("####......", &peers, &mut rng);
    assert!([4, 5, 8].contains(&pick("rarest-first", &map, peers[0], &mut rng).unwrap()));
    assert_eq!(pick("rarest-first", &map, "......#.#.", &mut rng), Some(8));
    assert_eq!(pick("sequential", &map, "......#.#.", &mut rng), Some(6));
}

#[test]
fn a_piece_in_progress_is_finished_before_one_as_rare_is_begun() {
    let mut rng = Rng::seed_from_u64(1);
    let mut map = swarm("####......", &["..########"], &mut rng);
    map.request(5, 0);
    assert_eq!(pick("rarest-first", &map, "##########", &mut rng), Some(5));
    assert_eq!(pick("random", &map, "##########", &mut rng), Some(5));
    map.request(5, 1);
    assert_ne!(pick("rarest-first", &map, "##########", &mut rng), Some(5), "all of it was asked for");
}

#[test]
fn who_has_something_rarer_is_asked_for_that_before_a_piece_in_progress() {
    let mut rng = Rng::seed_from_u64(1);
    let mut map = swarm("####......", &["..########", "..######.#"], &mut rng);
    map.request(5, 0);
    assert_eq!(pick("rarest-first", &map, "##########", &mut rng), Some(8));
    assert_eq!(pick("rarest-first", &map, "########.#", &mut rng), Some(5));
}

/// What is in progress can't be passed on: of fifty pieces one is finished, though the peer has something rarer.
#[test]
fn with_many_pieces_in_progress_none_is_begun() {
    let mut rng = Rng::seed_from_u64(1);
    let (ours, everything) = ("####".to_owned() + &".".repeat(56), "#".repeat(60));
    let common = "#".repeat(59) + ".";
    let mut map = swarm(&ours, &[&everything, &common], &mut rng);
    (4..53).for_each(|piece| map.request(piece, 0));
    assert_eq!(pick("rarest-first", &map, &everything, &mut rng), Some(59), "49 are few enough");
    map.request(53, 0);
    let finished = pick("rarest-first", &map, &everything, &mut rng);
    assert!(finished.is_some_and(|piece| (4..=53).contains(&piece)), "{finished:?} of 50 begun");
    let unbegun = ".".repeat(59) + "#";
    assert_eq!(pick("rarest-first", &map, &unbegun, &mut rng), Some(59), "nothing else can be had here");
    assert_eq!(pick("rarest-first", &map, &".".repeat(60), &mut rng), None);
}

/// Of fifty in progress, the one with the fewest blocks left; the rarer one can wait.
#[test]
fn with_many_pieces_in_progress_the_nearest_to_whole_comes_first() {
    let mut rng = Rng::seed_from_u64(1);
    let (ours, everything) = ("####".to_owned() + &".".repeat(56), "#".repeat(60));
    let all_but_4 = "####.".to_owned() + &"#".repeat(55);
    let mut map = swarm_of(3, &ours, &[&everything, &all_but_4], &mut rng);
    (4..53).for_each(|piece| map.request(piece, 0));
    map.request(30, 1);
    assert_eq!(pick("rarest-first", &map, &everything, &mut rng), Some(4), "49 are few enough");
    map.request(53, 0);
    assert_eq!(pick("rarest-first", &map, &everything, &mut rng), Some(30));
}

/// Of pieces that nobody else has, the seed knows which it sends to others.
#[test]
fn a_suggestion_decides_between_equally_rare_pieces_and_no_others() {
    let mut rng = Rng::seed_from_u64(1);
    let peers = ["##########", "########.#", "####.#####", "#####.####"];
    for ours in ["####......", ".........."] {
        let map = swarm(ours, &peers, &mut rng);
        for piece in [4, 5, 8] {
            assert_eq!(pick_with("rarest-first", &map, peers[0], [piece], &mut rng), Some(piece));
        }
        assert_eq!(pick_with("rarest-first", &map, "......#.#.", [4, 8], &mut rng), Some(8), "it has no 4");
    }
    let mut map = swarm("####......", &peers, &mut rng);
    let picked = pick_with("rarest-first", &map, peers[0], [9, 2, 7], &mut rng);
    assert!([4, 5, 8].contains(&picked.unwrap()), "neither what is common, nor what we have");
    map.request(5, 0);
    assert_eq!(
        pick_with("rarest-first", &map, peers[0], [8], &mut rng),
        Some(5),
        "5 is in progress, and as rare"
    );
}

#[test]
fn pickers_are_known_by_their_names_only() {
    let first = ["rarest-first", "random", "sequential"];
    assert_eq!(NAMES[..3], first);
    for name in ["rarest", ""] {
        let error = make(name, None).err().unwrap();
        assert_eq!(error, PickerError::Unknown(name.into()));
    }
    for entry in REGISTRY {
        assert_eq!(NAMES.iter().filter(|name| **name == entry.name).count(), 1, "{}", entry.name);
        let without_oracle = make(entry.name, None).err();
        assert_eq!(without_oracle, entry.is_oracle().then_some(PickerError::Oracle(entry.name)));
    }
}

#[test]
fn random_first_ends_after_as_many_pieces_as_the_variant_says() {
    let mut rng = Rng::seed_from_u64(1);
    let mut rarest_of = |picker: &str, held: usize| {
        let ours = "#".repeat(held) + &".".repeat(40 - held);
        let common = "#".repeat(39) + ".";
        let all = "#".repeat(40);
        let picks: Vec<u32> = (0..60)
            .map(|_| pick(picker, &swarm(&ours, &[&all, &common], &mut rng), &all, &mut rng).unwrap())
            .collect();
        picks.iter().all(|piece| *piece == 39)
    };
    for (picker, held) in [("rarest-first-pure", 0), ("rarest-first", 4), ("rarest-first-late", 16)] {
        assert!(rarest_of(picker, held), "{picker} with {held}");
        assert!(held == 0 || !rarest_of(picker, held - 1), "{picker} with {}", held - 1);
    }
}

#[test]
fn who_is_fast_gets_a_piece_of_its_own() {
    let mut rng = Rng::seed_from_u64(1);
    let mut map = swarm("####......", &["..########", "######.###"], &mut rng);
    map.request(6, 0);
    let peer = set("##########");
    // A piece is 32 KiB: at 1,639 bytes a second it takes less than 20 s, and the rarest that nobody has begun is any other.
    for (bytes_per_s, joins) in [(0.0, true), (1_638.0, true), (1_639.0, false)] {
        let view = PickView { bytes_per_s, ..seen(&map, &peer) };
        let picked = WholePieces.pick(&view, &mut rng).unwrap();
        assert_eq!(picked == 6, joins, "at {bytes_per_s} bytes a second: {picked}");
    }
    let own = PickView { bytes_per_s: 1e6, last: Some(6), ..seen(&map, &peer) };
    assert_eq!(WholePieces.pick(&own, &mut rng), Some(6), "what it has begun it goes on with");
}

#[test]
fn the_oracle_sees_beyond_its_peers() {
    let mut rng = Rng::seed_from_u64(1);
    let map = swarm("####......", &["..########", "......####"], &mut rng);
    let copies = SwarmCopies::none(10);
    (0..10).filter(|piece| *piece != 8).for_each(|piece| copies.add(piece));
    let oracle = GlobalRarest::new(copies.clone());
    let peer = set("##########");
    assert_eq!(
        oracle.pick(&seen(&map, &peer), &mut rng),
        Some(8),
        "though more of its peers have it than 4 or 5"
    );
    // It is a view, not a copy.
    copies.add(8);
    copies.remove(5);
    assert_eq!(oracle.pick(&seen(&map, &peer), &mut rng), Some(5));
}

proptest! {
    /// Every picker answers with a missing piece that the peer has and of which a block is free, if there is one.
    #[test]
    fn a_pick_is_always_possible_and_found_if_there_is_one(
        seed in any::<u64>(),
        ours in "[.#]{40}",
        peer in "[.#]{40}",
        others in proptest::collection::vec("[.#]{40}", 0..5),
        asked in proptest::collection::vec((0u32..40, 0u32..2), 0..60),
        name in prop::sample::select(NAMES),
    ) {
        let mut rng = Rng::seed_from_u64(seed);
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let mut map = swarm(&ours, &others, &mut rng);
        for (piece, block) in asked {
            if !map.held().contains(piece) {
                map.request(piece, block);
            }
        }
        let possible = |piece: u32| {
            set(&peer).contains(piece)
                && (map.candidates().contains(piece) || map.partial(piece).is_some_and(|partial| partial.free() > 0))
        };
        match pick(name, &map, &peer, &mut rng) {
            Some(piece) => prop_assert!(possible(piece), "{} picked {}", name, piece),
            None => prop_assert!(!(0..40).any(possible), "{} missed a piece", name),
        }
    }
}
