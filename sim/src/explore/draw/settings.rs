//! How clients are set, and what honest ones send damaged.

use swarmlab_engine::choker::registry::{Entry, SEEDS};
use swarmlab_engine::choker::{self, Slots};
use swarmlab_engine::picker;

use crate::scenario::{ClientSpec, CorruptBlock};

use super::dice::Dice;
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
    }
    client
}

/// The first block of a piece, which every torrent has.
pub fn corruption(dice: &mut Dice, pieces: u32) -> CorruptBlock {
    CorruptBlock { piece: dice.whole(0..=pieces - 1), block: 0, times: dice.pick(&[1, 1, 2, 5]) }
}
