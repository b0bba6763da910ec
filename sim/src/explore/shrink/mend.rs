//! What has to follow when a part of a scenario has changed: values that hang on each other.

use crate::scenario::{Behaviour, Has, LatencySpec, Region, Scenario};

/// Makes the values agree again where it is plain what was meant. What it can't mend stays wrong.
pub fn mend(scenario: &mut Scenario) {
    let geometry = scenario.torrent.geometry();
    let by_region = scenario.network.latency == LatencySpec::Regions;
    for group in &mut scenario.groups {
        group.region = by_region.then(|| group.region.unwrap_or(Region::NAMES[0].1));
        if group.behaviour != Behaviour::Honest {
            group.corrupt = None;
        }
        if group.has == Has::All {
            group.abort = None;
        }
        if group.abort.is_none() {
            group.returns = None;
        }
        let Some(geometry) = geometry else { continue };
        if let Has::AllBut(lacks) = &mut group.has
            && *lacks >= geometry.piece_count
        {
            *lacks = geometry.piece_count - 1;
        }
        if group.has == Has::AllBut(0) {
            group.has = Has::Nothing;
        }
        if let Some(corrupt) = &mut group.corrupt {
            corrupt.piece = corrupt.piece.min(geometry.piece_count - 1);
            corrupt.block = corrupt.block.min(geometry.blocks_in(corrupt.piece) - 1);
        }
    }
}
