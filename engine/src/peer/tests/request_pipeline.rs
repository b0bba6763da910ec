//! What is asked for, against plain lists; and how deep the pipeline is, in figures worked out by hand.

use std::time::Duration;

use proptest::prelude::*;

use crate::metainfo::BLOCK_BYTES;
use crate::peer::request_pipeline::{Outstanding, REQUESTS_MAX};
use crate::peer::{Debt, RequestPipeline};
use crate::time::Time;

const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
enum Step {
    Ask(u32),
    Arrive(u32),
    Cancel(u32),
    Settle(u32),
    Reject(u32),
    Clear,
    Dropped,
    Pause,
    Unchoked,
    /// So many seconds pass, with a tick at their end.
    Tick(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let block = 0..12_u32;
    let step = prop_oneof![
        8 => block.clone().prop_map(Step::Ask),
        4 => block.clone().prop_map(Step::Arrive),
        2 => block.clone().prop_map(Step::Cancel),
        2 => block.clone().prop_map(Step::Settle),
        1 => block.prop_map(Step::Reject),
        1 => Just(Step::Clear),
        1 => Just(Step::Dropped),
        1 => Just(Step::Pause),
        1 => Just(Step::Unchoked),
        4 => (1..12_u64).prop_map(Step::Tick),
    ];
    prop::collection::vec(step, 0..120)
}

/// Piece and index of a block: three to a piece.
fn name(block: u32) -> (u32, u32) {
    (block / 3, block % 3)
}

#[derive(Default)]
struct Model {
    now: Time,
    asked: Vec<Outstanding>,
    cancelled: Vec<(u32, u32)>,
    last_piece: Option<u32>,
    /// The last time when a block came or when nothing was owed.
    progress: Time,
    snubbed: bool,
    is_slow: bool,
    rest_ticks: u32,
    rests: u32,
}

impl Model {
    /// Takes it off the list.
    fn take(&mut self, block: u32) -> bool {
        let before = self.asked.len();
        self.asked.retain(|asked| (asked.piece, asked.block) != name(block));
        self.asked.len() < before
    }

    fn step(&mut self, pipeline: &mut RequestPipeline, step: &Step) {
        match *step {
            Step::Ask(block) => self.ask(pipeline, block),
            Step::Arrive(block) => {
                let (piece, index) = name(block);
                let wanted = self.take(block);
                assert_eq!(pipeline.arrive(piece, index, BLOCK_BYTES, self.now), wanted);
                if wanted {
                    (self.progress, self.snubbed, self.rests) = (self.now, false, 0);
                }
            }
            Step::Cancel(block) => {
                let (piece, index) = name(block);
                let found = self.take(block);
                assert_eq!(pipeline.cancel(piece, index), found);
                self.cancelled.extend(found.then_some((piece, index)));
            }
            Step::Settle(block) => {
                let (piece, index) = name(block);
                let at = self.cancelled.iter().position(|cancelled| *cancelled == (piece, index));
                assert_eq!(pipeline.settle_cancelled(piece, index), at.is_some());
                if let Some(at) = at {
                    self.cancelled.remove(at);
                    pipeline.came_late(self.now);
                    if self.snubbed {
                        (self.is_slow, self.progress, self.snubbed) = (true, self.now, false);
                    }
                }
            }
            Step::Reject(block) => {
                let (piece, index) = name(block);
                let found = self.take(block);
                assert_eq!(pipeline.reject(piece, index), found);
                if found && self.rest_ticks == 0 {
                    (self.rest_ticks, self.rests) = (2_u32.pow(self.rests), 5.min(self.rests + 1));
                }
            }
            Step::Clear => {
                assert_eq!(pipeline.clear(), std::mem::take(&mut self.asked));
                self.cancelled.clear();
            }
            Step::Dropped => {
                let dropped = std::mem::take(&mut self.asked);
                self.cancelled.extend(dropped.iter().map(|asked| (asked.piece, asked.block)));
                assert_eq!(pipeline.dropped(), dropped);
            }
            Step::Pause => {
                pipeline.pause();
                self.rest_ticks = 1.max(self.rest_ticks);
            }
            Step::Unchoked => {
                pipeline.start();
                self.snubbed &= !self.asked.is_empty();
                (self.rest_ticks, self.rests) = (0, 0);
            }
            Step::Tick(seconds) => self.tick(pipeline, Duration::from_secs(seconds)),
        }
    }

    /// S5: the torrent never asks for a block twice.
    fn ask(&mut self, pipeline: &mut RequestPipeline, block: u32) {
        let (piece, index) = name(block);
        if self.asked.iter().any(|asked| (asked.piece, asked.block) == (piece, index)) {
            return;
        }
        if self.asked.is_empty() {
            self.progress = self.now;
        }
        pipeline.push(piece, index, self.now);
        self.asked.push(Outstanding { piece, block: index, sent: self.now });
        self.last_piece = Some(piece);
    }

    fn tick(&mut self, pipeline: &mut RequestPipeline, span: Duration) {
        self.now += span;
        let patience = if self.is_slow { Duration::from_secs(60) } else { PATIENCE };
        let overdue = !self.asked.is_empty() && self.now - self.progress >= patience;
        let debt = match (overdue, self.snubbed) {
            (false, _) => Debt::Bearable,
            (true, false) => Debt::Overdue,
            (true, true) => Debt::OverdueAgain,
        };
        assert_eq!(pipeline.tick(self.now, span, PATIENCE), debt);
        self.rest_ticks = self.rest_ticks.saturating_sub(1);
        if overdue {
            (self.snubbed, self.progress) = (true, self.now);
        }
    }

    fn check(&self, pipeline: &RequestPipeline) {
        assert_eq!(*pipeline.outstanding(), self.asked);
        assert_eq!(pipeline.last_piece(), self.last_piece);
        assert_eq!(pipeline.is_snubbed(), self.snubbed);
        for block in 0..12 {
            let (piece, index) = name(block);
            let asked = self.asked.iter().any(|asked| (asked.piece, asked.block) == (piece, index));
            assert_eq!(pipeline.contains(piece, index), asked);
        }
        if self.rest_ticks > 0 {
            assert_eq!(pipeline.room(), 0, "nothing is asked for while it rests");
        } else if self.snubbed {
            assert_eq!(pipeline.room(), u32::from(self.asked.is_empty()), "one block is tried");
        } else {
            assert!(!self.asked.is_empty() || pipeline.room() >= 2, "the sender knows the next block");
        }
    }
}

proptest! {
    #[test]
    fn the_books_agree_with_plain_lists(steps in steps()) {
        let (mut pipeline, mut model) = (RequestPipeline::default(), Model::default());
        for step in &steps {
            model.step(&mut pipeline, step);
            model.check(&pipeline);
        }
    }
}

/// Asks for blocks `from..to` of piece 0 at once.
fn ask(pipeline: &mut RequestPipeline, blocks: std::ops::Range<u32>, now: Time) {
    blocks.for_each(|block| pipeline.push(0, block, now));
}

/// A pipeline that has ended its slow start: a second at `rate` bytes/s, over a round trip, and another at the same.
fn measured(rate: u32, round_trip: Duration) -> RequestPipeline {
    let mut pipeline = RequestPipeline::default();
    pipeline.limit(REQUESTS_MAX);
    for second in 0..2 {
        let sent = Time::from_secs(100 * second);
        ask(&mut pipeline, 0..1, sent);
        assert!(pipeline.arrive(0, 0, rate, sent + round_trip));
        pipeline.tick(sent + round_trip, SECOND, PATIENCE);
    }
    pipeline
}

#[test]
fn requests_travel_together_once_half_of_the_depth_is_free() {
    let mut pipeline = RequestPipeline::default();
    let rooms: Vec<u32> = (0..6)
        .map(|block| {
            let room = pipeline.room();
            pipeline.push(0, block, Time::ZERO);
            room
        })
        .collect();
    assert_eq!(rooms, [4, 3, 2, 0, 0, 0], "a depth of four at the start");
}

#[test]
fn slow_start_doubles_the_depth_each_round_trip_up_to_the_limit() {
    let mut pipeline = RequestPipeline::default();
    pipeline.limit(10_000);
    for depth in [4, 8, 16, 32, 64, 128, 256, 500, 500] {
        assert_eq!(pipeline.room(), depth);
        ask(&mut pipeline, 0..depth, Time::ZERO);
        assert_eq!(pipeline.room(), 0);
        (0..depth).for_each(|block| assert!(pipeline.arrive(0, block, BLOCK_BYTES, Time::ZERO + SECOND)));
    }
}

#[test]
fn what_the_peer_bears_is_the_limit() {
    for (said, depth) in [(0, 1), (1, 1), (3, 3), (250, 250), (500, 500), (501, 500), (u32::MAX, 500)] {
        let mut pipeline = measured(100_000_000, SECOND);
        pipeline.limit(said);
        assert_eq!(pipeline.room(), depth, "reqq {said}");
    }
    let mut silent = RequestPipeline::default();
    ask(&mut silent, 0..400, Time::ZERO);
    (0..400).for_each(|block| assert!(silent.arrive(0, block, BLOCK_BYTES, Time::ZERO)));
    assert_eq!(silent.room(), 250, "of one that says nothing");
}

/// Rate × (2 round trips + 0.5 s) in blocks of 16 KiB, rounded up, from 2 to 500.
#[test]
fn after_slow_start_the_depth_is_what_the_path_holds_and_half_a_second_more() {
    for (blocks_per_s, round_trip_ms, depth) in
        [(100, 250, 100), (100, 0, 50), (10, 750, 20), (1, 0, 2), (400, 1_000, 500), (2, 20_000, 41)]
    {
        let pipeline = measured(blocks_per_s * BLOCK_BYTES, Duration::from_millis(round_trip_ms));
        assert_eq!(pipeline.bytes_per_s(), f64::from(blocks_per_s * BLOCK_BYTES));
        assert_eq!(pipeline.room(), depth, "{blocks_per_s} blocks/s over {round_trip_ms} ms");
    }
    assert_eq!(measured(100 * BLOCK_BYTES + 1, Duration::from_millis(250)).room(), 101, "rounded up");
}

#[test]
fn the_shortest_round_trip_counts() {
    let mut pipeline = RequestPipeline::default();
    for (block, round_trip_ms) in [(0, 600), (1, 250), (2, 900)] {
        pipeline.push(0, block, Time::ZERO);
        let now = Time::ZERO + Duration::from_millis(round_trip_ms);
        assert!(pipeline.arrive(0, block, 100 * BLOCK_BYTES / 3, now));
    }
    pipeline.tick(Time::ZERO + SECOND, SECOND, PATIENCE);
    ask(&mut pipeline, 0..1, Time::ZERO);
    assert!(pipeline.arrive(0, 0, 99 * BLOCK_BYTES, Time::ZERO + SECOND));
    pipeline.tick(Time::ZERO + SECOND, SECOND, PATIENCE);
    assert_eq!(pipeline.room(), 99);
}

/// One second's payload after the other; answers the depth after each.
fn depths(bytes: &[u32]) -> Vec<u32> {
    let mut pipeline = RequestPipeline::default();
    let mut now = Time::ZERO;
    let second = |bytes: &u32| {
        pipeline.push(0, 0, now);
        assert!(pipeline.arrive(0, 0, *bytes, now));
        now += SECOND;
        pipeline.tick(now, SECOND, PATIENCE);
        pipeline.room()
    };
    bytes.iter().map(second).collect()
}

/// Each arrival adds one to the depth until slow start ends; then the depth is half the blocks of a second.
#[test]
fn slow_start_ends_when_a_second_brings_less_than_a_tenth_more() {
    let blocks = |count: u32| count * BLOCK_BYTES;
    assert_eq!(depths(&[blocks(20), blocks(23), blocks(26)]), [5, 6, 7], "it grows by more than a tenth");
    assert_eq!(depths(&[blocks(20), blocks(22)]), [5, 11], "by a tenth");
    assert_eq!(depths(&[blocks(20), blocks(20)]), [5, 10]);
    assert_eq!(depths(&[blocks(20), blocks(10)]), [5, 5]);
    assert_eq!(depths(&[0, 0, 0]), [5, 6, 7], "nothing was learnt in a second without payload");
    assert_eq!(depths(&[blocks(20), 0, blocks(20)]), [5, 6, 7], "nor after one");
}

/// A second's rate counts for a quarter: 40, 40 + (80 − 40) / 4 = 50, 50 − 20 / 4 = 45 blocks/s.
#[test]
fn the_rate_follows_slowly_after_slow_start() {
    let mut pipeline = measured(40 * BLOCK_BYTES, Duration::ZERO);
    for (blocks, rate) in [(80, 50.0), (30, 45.0)] {
        pipeline.push(0, 0, Time::ZERO);
        assert!(pipeline.arrive(0, 0, blocks * BLOCK_BYTES, Time::ZERO));
        pipeline.tick(Time::ZERO, SECOND, PATIENCE);
        assert_eq!(pipeline.bytes_per_s(), rate * f64::from(BLOCK_BYTES));
    }
    assert_eq!(pipeline.room(), 23, "half of 45, rounded up");
}

#[test]
fn the_rate_is_by_the_second_however_long_a_tick_is() {
    let mut pipeline = RequestPipeline::default();
    pipeline.push(0, 0, Time::ZERO);
    assert!(pipeline.arrive(0, 0, 30_000, Time::ZERO));
    assert!(!pipeline.arrive(0, 0, 1_000_000, Time::ZERO), "what was not asked for is no payload");
    pipeline.tick(Time::from_secs(4), Duration::from_secs(4), PATIENCE);
    assert_eq!(pipeline.bytes_per_s(), 7_500.0);
}

#[test]
fn an_unchoke_begins_anew() {
    let mut pipeline = measured(100 * BLOCK_BYTES, SECOND);
    pipeline.push(0, 0, Time::ZERO);
    assert!(pipeline.arrive(0, 0, BLOCK_BYTES, Time::ZERO));
    pipeline.start();
    assert_eq!(pipeline.room(), 4);
    pipeline.push(0, 0, Time::from_secs(300));
    assert!(pipeline.arrive(0, 0, 0, Time::from_secs(300)));
    assert_eq!(pipeline.room(), 5, "slow start");
    pipeline.tick(Time::from_secs(301), SECOND, PATIENCE);
    assert_eq!(pipeline.bytes_per_s(), 0.0, "what came before does not count");
}

/// From one that snubs us what comes after we have given it up tells that it is slow. What crosses with a CANCEL in endgame
/// tells nothing.
#[test]
fn who_brings_a_block_too_late_is_given_more_time() {
    for (is_late, patience_s) in [(false, 20), (true, 60)] {
        let mut pipeline = RequestPipeline::default();
        pipeline.push(0, 0, Time::ZERO);
        if is_late {
            assert_eq!(pipeline.tick(Time::from_secs(20), SECOND, PATIENCE), Debt::Overdue);
        }
        assert!(pipeline.cancel(0, 0) && pipeline.settle_cancelled(0, 0));
        pipeline.came_late(Time::from_secs(20));
        assert!(!pipeline.is_snubbed(), "a sign of life");
        pipeline.push(0, 1, Time::from_secs(100));
        let mut debt = |waited_s: u64| pipeline.tick(Time::from_secs(100 + waited_s), SECOND, PATIENCE);
        assert_eq!(debt(patience_s - 1), Debt::Bearable);
        assert_ne!(debt(patience_s), Debt::Bearable);
    }
}

/// 1, 2, 4, … 32 s: and from the beginning when a block has come, or when it unchokes us.
#[test]
fn who_rejects_again_and_again_is_asked_less_and_less() {
    let mut pipeline = RequestPipeline::default();
    let rest = |pipeline: &mut RequestPipeline| {
        ask(pipeline, 0..2, Time::ZERO);
        (0..2).for_each(|block| assert!(pipeline.reject(0, block)));
        let mut seconds = 0;
        while pipeline.room() == 0 {
            pipeline.tick(Time::ZERO, SECOND, PATIENCE);
            seconds += 1;
        }
        seconds
    };
    let rests: Vec<u32> = (0..7).map(|_| rest(&mut pipeline)).collect();
    assert_eq!(rests, [1, 2, 4, 8, 16, 32, 32]);
    pipeline.push(0, 0, Time::ZERO);
    assert!(pipeline.arrive(0, 0, BLOCK_BYTES, Time::ZERO));
    assert_eq!([rest(&mut pipeline), rest(&mut pipeline)], [1, 2], "a block has come");
    pipeline.start();
    assert_eq!(rest(&mut pipeline), 1, "it has unchoked us");
}

/// A peer that chokes and unchokes with a block of ours in its hands is as late as one that sits still.
#[test]
fn an_unchoke_forgives_nothing_that_is_owed() {
    let mut pipeline = RequestPipeline::default();
    pipeline.push(0, 0, Time::ZERO);
    let mut debt_after_unchoke = |at: u64| {
        pipeline.start();
        pipeline.tick(Time::from_secs(at), SECOND, PATIENCE)
    };
    assert_eq!(debt_after_unchoke(19), Debt::Bearable);
    assert_eq!(debt_after_unchoke(20), Debt::Overdue);
    assert_eq!(debt_after_unchoke(40), Debt::OverdueAgain);
    assert!(pipeline.cancel(0, 0));
    pipeline.start();
    assert!(!pipeline.is_snubbed(), "it owes nothing");
}

/// S29: only the latest cancelled blocks are remembered.
#[test]
fn cancelled_blocks_are_remembered_up_to_a_bound() {
    let mut pipeline = RequestPipeline::default();
    ask(&mut pipeline, 0..REQUESTS_MAX + 1, Time::ZERO);
    (0..=REQUESTS_MAX).for_each(|block| assert!(pipeline.cancel(0, block)));
    assert!(!pipeline.settle_cancelled(0, 0), "the oldest");
    (1..=REQUESTS_MAX).for_each(|block| assert!(pipeline.settle_cancelled(0, block)));
}

/// Patience lasts to its last nanosecond, and as long again the second time.
#[test]
fn a_peer_snubs_us_after_our_patience_and_not_before() {
    let mut pipeline = RequestPipeline::default();
    pipeline.push(0, 0, Time::from_secs(50));
    let mut debt = |at: Time| pipeline.tick(at, SECOND, PATIENCE);
    assert_eq!(debt(Time::from_nanos(69_999_999_999)), Debt::Bearable);
    assert_eq!(debt(Time::from_secs(70)), Debt::Overdue);
    assert_eq!(debt(Time::from_secs(89)), Debt::Bearable, "it is given as long again");
    assert_eq!(debt(Time::from_secs(90)), Debt::OverdueAgain);
    assert!(pipeline.is_snubbed());
    assert!(pipeline.arrive(0, 0, BLOCK_BYTES, Time::from_secs(91)) && !pipeline.is_snubbed());
    assert_eq!(pipeline.tick(Time::from_secs(200), SECOND, PATIENCE), Debt::Bearable, "it owes nothing");
}
