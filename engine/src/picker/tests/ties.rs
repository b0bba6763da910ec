//! Ties: who always takes the lowest of equals fetches what everybody fetches.

use super::*;

/// How far counts are from being even, as chi-square, over the degrees of freedom's 99.9% bound for up to eight counts.
fn assert_even(counts: &[u32]) {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    let chi_square: f64 = counts.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    assert!(chi_square < 24.3, "p < 0.001 for 7 degrees of freedom: {counts:?}");
}

/// How often each of the pieces 4 to 11 is picked of `peer` in 4,000 swarms that differ by their seed only.
fn picks(picker: &str, make: impl Fn(&mut Rng) -> PieceMap, peer: &str) -> [u32; 8] {
    let mut counts = [0; 8];
    for seed in 0..4_000 {
        let mut rng = Rng::seed_from_u64(seed);
        let map = make(&mut rng);
        counts[pick(picker, &map, peer, &mut rng).unwrap() as usize - 4] += 1;
    }
    counts
}

#[test]
fn every_rarest_piece_is_as_likely_however_it_came_to_be_rare() {
    let all = "############";
    // Everybody has everything; some had more before; some got theirs one by one.
    for picker in ["rarest-first", "rarest-first-pure", "whole-pieces", "global-rarest", "window"] {
        assert_even(&picks(picker, |rng| swarm("####........", &[all], rng), all));
    }
    let after_departure = |rng: &mut Rng| {
        let mut map = swarm("####........", &["####.#.#.#.#", "....#.#.#.#."], rng);
        map.availability_mut().remove_peer(&set("####.#.#.#.#"), false, rng);
        map.availability_mut().remove_peer(&set("....#.#.#.#."), false, rng);
        map
    };
    assert_even(&picks("rarest-first", after_departure, all));
    let after_haves = |rng: &mut Rng| {
        let mut map = swarm("####........", &[], rng);
        (4..12).for_each(|piece| map.availability_mut().increment(piece, rng));
        map
    };
    assert_even(&picks("rarest-first", after_haves, all));
    let after_failures = |rng: &mut Rng| {
        let mut map = swarm("####........", &[], rng);
        (4..12).for_each(|piece| map.request(piece, 0));
        (4..12).for_each(|piece| map.release(piece, 0, rng));
        map
    };
    assert_even(&picks("rarest-first", after_failures, all));
}

#[test]
fn a_random_pick_is_as_likely_for_each_piece_however_rare() {
    let peers = ["############", "#####.#.#.#.", "######......"];
    let make = |ours: &'static str| move |rng: &mut Rng| swarm(ours, &peers, rng);
    assert_even(&picks("random", make("####........"), peers[0]));
    // With three pieces rarest first still has nothing to offer, and takes what it can get.
    assert_even(&picks("rarest-first", make("###........."), "....########"));
    let with_four = picks("rarest-first", make("####........"), peers[0]);
    assert_eq!(with_four.map(|count| count > 0), [false, false, false, true, false, true, false, true]);
    assert_even(&[with_four[3], with_four[5], with_four[7]]);
}

#[test]
fn on_parole_each_fresh_piece_is_as_likely() {
    let mut rng = Rng::seed_from_u64(1);
    let map = swarm("####........", &["############"], &mut rng);
    let peer = set("############");
    let view = seen(&map, &peer);
    let mut counts = [0; 8];
    (0..4_000).for_each(|_| counts[view.alone(&mut rng).unwrap() as usize - 4] += 1);
    assert_even(&counts);
}
