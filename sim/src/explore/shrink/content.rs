//! Less content: fewer pieces, fewer blocks in each, and whole ones.

use swarmlab_engine::metainfo::BLOCK_BYTES;

use crate::check::Violation;
use crate::scenario::{Scenario, TorrentSpec};

/// One piece, half of them, one less; one block in each, half of them, one less; nothing short.
pub fn smaller(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    let Some(geometry) = scenario.torrent.geometry() else { return Vec::new() };
    let (pieces, length) = (geometry.piece_count, geometry.piece_length);
    let blocks = length.div_ceil(BLOCK_BYTES);
    let last = geometry.piece_size(pieces - 1);
    let mut wanted = Vec::new();
    // The last piece stays as short as it is.
    wanted.extend([1, 2, pieces / 2, pieces - 1].map(|fewer| (fewer, length, last)));
    let shorter = [1, 2, blocks / 2, blocks - 1].map(|fewer| fewer * BLOCK_BYTES);
    wanted.extend(shorter.map(|shorter| (pieces, shorter, last.min(shorter))));
    wanted.push((pieces, length, length));
    wanted.push((pieces, blocks * BLOCK_BYTES, last));
    let mut proposals: Vec<Scenario> = Vec::new();
    for (pieces, length, last) in wanted.into_iter().filter(|(pieces, length, _)| *pieces > 0 && *length > 0)
    {
        let torrent = TorrentSpec::Formula {
            size_bytes: u64::from(pieces - 1) * u64::from(length) + u64::from(last),
            piece_length_bytes: length,
        };
        let proposal = Scenario { torrent, ..scenario.clone() };
        if proposal.torrent != scenario.torrent && !proposals.contains(&proposal) {
            proposals.push(proposal);
        }
    }
    proposals
}
