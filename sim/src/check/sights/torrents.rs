//! Unusual torrents, counted once in a run.

use crate::check::judge::Bench;
use crate::check::swarm::{View, Watcher};
use crate::check::wire::BLOCK_BYTES;
use crate::check::{Circumstances, Sight};

/// Counts unusual torrents.
#[derive(Default)]
pub struct Torrents {
    has_looked: bool,
}

impl Watcher for Torrents {
    fn step(&mut self, bench: &mut Bench<'_>, _: &View, _: &Circumstances<'_>) {
        if std::mem::replace(&mut self.has_looked, true) {
            return;
        }
        let geometry = bench.setting.geometry();
        if geometry.piece_count == 1 {
            bench.sometimes(Sight::OnePieceTorrent);
        }
        if !geometry.piece_length.is_multiple_of(BLOCK_BYTES) {
            bench.sometimes(Sight::OddPieceLength);
        }
    }
}
