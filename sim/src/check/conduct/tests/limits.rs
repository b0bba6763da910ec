//! Limits of the user (S48).

use std::time::Duration;

use swarmlab_engine::allowance::RateLimits;

use crate::check::conduct::limits::Limits;

use super::*;

/// A block a second in each direction.
fn limited() -> TorrentConfig {
    let limit = Some(1 << 14);
    let limits = RateLimits { up_bytes_per_s: limit, down_bytes_per_s: limit };
    TorrentConfig { limits, ..TorrentConfig::default() }
}

fn limited_stage() -> Stage {
    Stage::new(vec![Box::new(Limits::default())], &[])
}

/// Peer 0 has all, and serves another.
fn serving(stage: &mut Stage) -> ConnectionId {
    stage.come(0, |_| true, limited());
    let line = stage.meet(0, 2, &Message::HaveNone);
    stage.hear(0, line, &Message::Interested);
    stage.tell(0, line, &Message::Unchoke);
    stage.settle(0);
    line
}

#[test]
fn s48_blocks_are_sent_at_the_limit() {
    // How long it rests first, and between two blocks.
    for (rests, pauses, expected) in [(0, 1, "none"), (0, 0, "S48"), (60, 1, "none"), (60, 0, "S48")] {
        let mut stage = limited_stage();
        let line = serving(&mut stage);
        stage.wait(rests);
        for piece in 0..4 {
            stage.hear(0, line, &request(piece, 0));
            stage.tell(0, line, &block(piece, 0));
            stage.settle(0);
            stage.wait(pauses);
        }
        assert_eq!(id(stage.wait(1)), expected, "a rest of {rests} s, and pauses of {pauses} s");
    }
}

#[test]
fn s48_blocks_are_asked_for_at_the_limit() {
    for (pauses, expected) in [(1, "none"), (0, "S48")] {
        let mut stage = limited_stage();
        stage.come(2, |_| false, limited());
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        for piece in 0..4 {
            stage.tell(2, line, &request(piece, 0));
            stage.settle(2);
            stage.wait(pauses);
        }
        assert_eq!(id(stage.wait(1)), expected, "pauses of {pauses} s");
    }
}

#[test]
fn s48_a_limit_holds_nobody_back_for_ever() {
    let mut stage = limited_stage();
    let line = serving(&mut stage);
    assert_eq!(id(stage.wait(60)), "none", "nothing is asked for");
    stage.hear(0, line, &request(0, 0));
    assert_eq!(id(stage.wait(4)), "none", "it may wait for others, and for a tick");
    assert_eq!(id(stage.wait(4)), "S48");
    let mut stage = limited_stage();
    stage.come(2, |_| false, limited());
    let line = served_by(&mut stage, 0, &Message::HaveAll);
    stage.tell(2, line, &request(0, 0));
    stage.settle(2);
    assert_eq!(id(stage.wait(60)), "none", "it waits for what it has asked for");
    stage.hear(2, line, &block(0, 0));
    assert_eq!(id(stage.wait(8)), "S48", "there are seven pieces more");
}

#[test]
fn s48_a_tick_is_too_late_again_and_again() {
    // A block takes a quarter of a second.
    let limits = RateLimits { down_bytes_per_s: Some(1 << 16), ..RateLimits::default() };
    for (pause_ms, expected) in [(240, "none"), (1_000, "S48")] {
        let mut stage = limited_stage();
        stage.come(2, |_| false, TorrentConfig { limits, ..TorrentConfig::default() });
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        for piece in 0..7 {
            stage.tell(2, line, &request(piece, 0));
            stage.settle(2);
            stage.hear(2, line, &block(piece, 0));
            stage.settle(2);
            stage.pass(Duration::from_millis(pause_ms));
        }
        assert_eq!(id(stage.wait(1)), expected, "{pause_ms} ms between two requests");
    }
}
