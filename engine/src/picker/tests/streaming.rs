//! What is picked for a player: `>` is the playhead, and the window is that piece and the three behind it.

use std::collections::BTreeSet;

use super::*;
use crate::playback::Playhead;

const WINDOW: u32 = 4;

/// What is picked of a peer with everything, in many swarms that differ by their seed only. `drawn` are our pieces, with the
/// playhead before the piece that is played; `rarer` has what two peers have, all else has three.
fn picks(picker: &str, drawn: &str, rarer: &str, begun: &[u32]) -> BTreeSet<u32> {
    let playhead = drawn.find('>').map(|at| Playhead { piece: at as u32, window: WINDOW });
    let ours = drawn.replace('>', "");
    let all = "#".repeat(ours.len());
    let others = rarer.replace('#', "x").replace('.', "#").replace('x', ".");
    let pick = |seed| {
        let mut rng = Rng::seed_from_u64(seed);
        let mut map = swarm(&ours, &[&all, &all, &others], &mut rng);
        begun.iter().for_each(|piece| map.request(*piece, 0));
        let peer = set(&all);
        let view = PickView { playhead, ..seen(&map, &peer) };
        make(picker, None).unwrap().pick(&view, &mut rng).unwrap()
    };
    (0..200).map(pick).collect()
}

#[test]
fn in_the_window_the_rarest_comes_first_and_beyond_it_when_that_is_full() {
    let ours = "####>#...........";
    assert_eq!(picks("window", ours, ".......#....#...", &[]), [7].into());
    assert_eq!(picks("window", ours, "............#...", &[]), [5, 6, 7].into());
    assert_eq!(picks("window", "####>####........", "............#...", &[]), [12].into());
    assert_eq!(picks("window", ours, "............#...", &[6]), [6].into(), "what is begun is gone on with");
}

/// Where nobody watches the window begins where something is missing, and is eight pieces long.
#[test]
fn without_a_player_the_window_begins_at_the_first_missing_piece() {
    assert_eq!(
        picks("window", "#####.#.............", "...............#..#.", &[]),
        [5, 7, 8, 9, 10, 11, 12].into()
    );
}

#[test]
fn bitos_mostly_picks_of_the_next_missing_pieces_and_sometimes_of_the_others() {
    // The next four missing are 6, 8, 10 and 11.
    let (ours, rarer) = ("####>##.#.#..........", "........#.....#.....");
    assert_eq!(picks("bitos", ours, rarer, &[]), [8, 14].into());
    let soon = (0..2_000).filter(|seed| {
        let mut rng = Rng::seed_from_u64(*seed);
        let map = swarm("####............", &["################"], &mut rng);
        pick("bitos", &map, "################", &mut rng).unwrap() < 12
    });
    let share = soon.count() as f64 / 2_000.0;
    assert!((share - 0.8).abs() < 0.03, "4.5 standard deviations: {share}");
}

#[test]
fn a_coin_decides_between_in_order_and_rarest() {
    assert_eq!(picks("portion", "####>#...........", "............#...", &[]), [5, 12].into());
}

#[test]
fn of_two_halves_the_far_one_is_spread_and_the_near_one_is_fetched_in_order() {
    assert_eq!(picks("mixed", "####>............", "............#...", &[]), [6, 7].into());
    assert_eq!(picks("mixed", "####>..##........", "............#...", &[]), [4].into());
    assert_eq!(picks("mixed", "####>####........", "............#...", &[]), [12].into());
}

#[test]
fn what_is_urgent_is_fetched_in_order_and_nothing_is_urgent_without_a_player() {
    assert_eq!(picks("deadline", "####>#...........", "......#.....#...", &[]), [5].into());
    assert_eq!(picks("deadline", "####>#...........", "......#.....#...", &[5]), [5].into());
    assert_eq!(picks("deadline", "####>####........", "............#...", &[]), [12].into());
    assert_eq!(picks("deadline", "#####...........", "............#...", &[]), [12].into());
}
