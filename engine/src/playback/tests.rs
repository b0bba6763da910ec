//! A player against one that is simulated in small steps, and the cases that are easy to get wrong.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::bitfield::PieceSet;
use crate::metainfo::Geometry;
use crate::time::Time;

/// Ten pieces of a second each, the last of half a second.
fn geometry() -> Geometry {
    Geometry::new(9 * 16_384 + 8_192, 16_384).unwrap()
}

fn playback(start_after_s: u64, rebuffer_s: u64) -> Playback {
    Playback {
        bits_per_s: 8 * 16_384,
        start_after: Duration::from_secs(start_after_s),
        rebuffer: Duration::from_secs(rebuffer_s),
        window: Duration::from_secs(3),
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn at(seconds: f64) -> Time {
    Time::ZERO + self::seconds(seconds)
}

/// Pieces come at these times; what has the viewer been through at the end?
fn watch(playback: Playback, pieces: &[(f64, u32)], end_s: f64) -> Viewing {
    let mut player = Player::new(Time::ZERO, playback, geometry());
    let mut held = PieceSet::empty(10);
    for (when, piece) in pieces.iter().filter(|(when, _)| *when <= end_s) {
        held.insert(*piece);
        player.held(at(*when), &held);
    }
    player.viewing(at(end_s))
}

#[test]
fn it_begins_with_enough_in_order_and_waits_where_a_piece_is_missing() {
    // 0 and 2 are no start; at 3 s there are two seconds in order and one beyond.
    let viewing = watch(playback(2, 1), &[(1.0, 0), (2.0, 2), (3.0, 1)], 5.0);
    assert_eq!(
        viewing,
        Viewing { startup: Some(seconds(3.0)), stalls: 0, stalled: seconds(0.0), played: seconds(2.0) }
    );
    // At 6 s it has played all three seconds.
    let viewing = watch(playback(2, 1), &[(1.0, 0), (2.0, 2), (3.0, 1)], 8.5);
    assert_eq!((viewing.stalls, viewing.stalled, viewing.played), (1, seconds(2.5), seconds(3.0)));
    // It goes on with one second more, or with two.
    let more = [(1.0, 0), (2.0, 2), (3.0, 1), (8.0, 3), (9.5, 4)];
    assert_eq!(watch(playback(2, 1), &more, 9.0).stalled, seconds(2.0));
    assert_eq!(watch(playback(2, 2), &more, 10.0).stalled, seconds(3.5));
    assert_eq!(watch(playback(2, 1), &more, 10.5).stalls, 2, "it was dry again at 9 s");
}

#[test]
fn a_piece_that_comes_at_the_last_moment_is_not_late() {
    let viewing = watch(playback(1, 1), &[(1.0, 0), (2.0, 1), (3.0, 2)], 3.5);
    assert_eq!((viewing.startup, viewing.stalls, viewing.played), (Some(seconds(1.0)), 0, seconds(2.5)));
}

#[test]
fn who_has_everything_will_see_the_end() {
    let all: Vec<(f64, u32)> = (0..10).map(|piece| (5.0, piece)).collect();
    let viewing = watch(playback(60, 1), &all, 5.0);
    assert_eq!(
        viewing,
        Viewing { startup: Some(seconds(5.0)), stalls: 0, stalled: seconds(0.0), played: seconds(9.5) }
    );
    assert_eq!(viewing, watch(playback(60, 1), &all, 500.0));
    assert_eq!(viewing.continuity(), Some(1.0));
}

#[test]
fn who_has_nothing_has_seen_nothing() {
    let viewing = watch(playback(2, 1), &[(1.0, 5)], 500.0);
    assert_eq!((viewing, viewing.continuity()), (Viewing::default(), None));
}

#[test]
fn the_playhead_moves_with_time_and_stands_where_a_piece_is_missing() {
    let mut player = Player::new(Time::ZERO, playback(2, 1), geometry());
    let mut held = PieceSet::empty(10);
    assert_eq!(player.playhead(at(7.0)), Playhead { piece: 0, window: 4 });
    (0..3).for_each(|piece| {
        held.insert(piece);
    });
    player.held(at(10.0), &held);
    assert_eq!(player.playhead(at(11.5)), Playhead { piece: 1, window: 4 });
    assert_eq!(player.playhead(at(99.0)), Playhead { piece: 3, window: 4 });
    (3..10).for_each(|piece| {
        held.insert(piece);
    });
    player.held(at(100.0), &held);
    assert_eq!(player.playhead(at(105.0)), Playhead { piece: 8, window: 2 });
    assert_eq!(player.playhead(at(999.0)), Playhead { piece: 9, window: 1 });
}

#[test]
fn a_rate_beyond_all_measure_is_survived() {
    for bits_per_s in [1, u64::MAX] {
        let geometry = Geometry::new(1 << 45, 64 << 20).unwrap();
        let mut player = Player::new(Time::ZERO, Playback { bits_per_s, ..playback(2, 1) }, geometry);
        player.held(at(1.0), &PieceSet::full(geometry.piece_count));
        assert_eq!(player.viewing(at(2.0)).startup, Some(seconds(1.0)));
        assert!(player.playhead(at(1e9)).piece < geometry.piece_count);
    }
}

/// The same player, moved a quarter of a second at a time. Places are quarters of a second too.
fn in_steps(
    start: usize,
    rebuffer: usize,
    comes: &[usize; 10],
    end: usize,
) -> (Option<usize>, u32, usize, usize) {
    let (mut startup, mut stalls, mut stalled, mut played, mut plays) = (None, 0, 0, 0, false);
    let whole = 38;
    for now in 0..end {
        let in_order = comes.iter().take_while(|at| **at <= now).count();
        let loaded = (in_order * 4).min(whole);
        let wanted = if startup.is_none() { start } else { rebuffer };
        if played == whole {
            break;
        }
        if plays && played == loaded {
            (plays, stalls) = (false, stalls + 1);
        }
        if !plays && loaded >= (played + wanted * 4).min(whole) && loaded > played {
            (plays, startup) = (true, startup.or(Some(now)));
        }
        match plays {
            true => played += 1,
            false => stalled += usize::from(startup.is_some()),
        }
    }
    (startup, stalls, stalled, played)
}

proptest! {
    #[test]
    fn it_is_the_player_that_moves_in_small_steps(
        start in 1usize..5,
        rebuffer in 1usize..4,
        comes in prop::array::uniform10(1usize..120),
        end in 1usize..200,
    ) {
        let mut pieces: Vec<(f64, u32)> =
            comes.iter().enumerate().map(|(piece, at)| (*at as f64 / 4.0, piece as u32)).collect();
        pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
        pieces.retain(|piece| piece.0 < end as f64 / 4.0);
        let whole_at = pieces.len() == 10;
        let viewing = watch(playback(start as u64, rebuffer as u64), &pieces, end as f64 / 4.0);
        // Whoever has everything is followed to the end.
        let (startup, stalls, stalled, played) = in_steps(start, rebuffer, &comes, if whole_at { 1_000 } else { end });
        let quarters = |count: usize| seconds(count as f64 / 4.0);
        prop_assert_eq!(viewing.startup, startup.map(quarters));
        prop_assert_eq!((viewing.stalls, viewing.stalled), (stalls, quarters(stalled)));
        prop_assert_eq!(viewing.played, quarters(played));
    }
}
