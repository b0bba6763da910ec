//! How clients are set, and what honest ones send damaged.

use swarmlab_engine::choker::registry::{Entry, SEEDS};
use swarmlab_engine::choker::{self, Slots};
use swarmlab_engine::picker;
use swarmlab_engine::playback::Playback;

use crate::scenario::{ClientSpec, CorruptBlock};

use super::dice::{Dice, two_digits};
use super::features::{Feature, Features};

/// The settings of a group.
pub fn draw(dice: &mut Dice, features: &Features) -> ClientSpec {
    let mut client = ClientSpec::default();
    if features.has(Feature::Selectors) {
        client.picker = dice.pick(picker::NAMES);
        client.choker = dice.pick(choker::LEECHER_NAMES);
        // Where no seed gives anything, all there is to see is that everybody waits, to the end of the run.
        let gives = |entry: &&Entry| entry.promise.slots != Slots::None;
        let givers: Vec<&'static str> = SEEDS.iter().filter(gives).map(|entry| entry.name).collect();
        client.seed_choker = dice.pick(&givers);
        client.endgame_requesters = dice.pick(&[1, 2, 2, 3, 6]);
    }
    if features.has(Feature::Slots) {
        client.upload_slots = dice.whole(1..=4);
    }
    if features.has(Feature::Connections) {
        client.connections_max = dice.pick(&[2, 3, 4, 6, 10]);
    }
    if features.has(Feature::RequestQueues) {
        client.request_queue = dice.pick(&[1, 2, 3, 5, 8, 16]);
    }
    if features.has(Feature::WithoutFast) {
        client.fast_extension = dice.one_in(2);
        client.suggest_pieces = dice.one_in(2);
        client.super_seeding = dice.one_in(3);
    }
    client
}

/// People who watch content that is played at about this rate, in bit/s.
pub fn watching(dice: &mut Dice, pace: f64) -> Playback {
    Playback {
        bits_per_s: two_digits(pace * dice.scale(0.25, 4.0)).max(1),
        start_after: dice.span(0.5, 10.0),
        rebuffer: dice.span(0.5, 10.0),
        window: dice.span(0.5, 20.0),
    }
}

/// The first block of a piece, which every torrent has.
pub fn corruption(dice: &mut Dice, pieces: u32) -> CorruptBlock {
    CorruptBlock { piece: dice.whole(0..=pieces - 1), block: 0, times: dice.pick(&[1, 1, 2, 5]) }
}
