//! When the disk has no room: what is held is still served, and now and then it is tried whether there is room again.

use std::time::Duration;

use crate::session::Event;
use crate::session::context::Context;
use crate::storage::DiskError;
use crate::time::Time;

use super::{Phase, Torrent};

/// From the first refusal to the next try; twice as long after each further one.
const RETRY: Duration = Duration::from_secs(15);
/// The longest time between tries (libtorrent's `optimistic_disk_retry`: 10 min).
const RETRY_MAX: Duration = Duration::from_secs(600);

/// A disk that refused a block for want of room.
#[derive(Clone, Copy, Debug)]
pub(super) struct FullDisk {
    /// Until then nothing is asked for.
    until: Time,
    /// How often in a row it was tried in vain.
    refusals: u32,
}

impl Torrent {
    /// The block is as if it had never come. The first refusal ends all requests until the next try; blocks that are
    /// still on their way find the same.
    pub(super) fn block_without_room(
        &mut self,
        cx: &mut Context<'_>,
        piece: u32,
        block: u32,
        error: DiskError,
    ) {
        self.pieces.lost(piece, block, cx.rng);
        self.totals.wasted.no_room += u64::from(self.geometry().block_size(piece, block));
        if self.phase != Phase::Running || self.waits_for_room(cx.now) {
            return;
        }
        let refusals = self.full_disk.map_or(0, |full| full.refusals);
        let rest = RETRY_MAX.min(RETRY * 2u32.pow(refusals.min(16)));
        self.full_disk = Some(FullDisk { until: cx.now + rest, refusals: refusals + 1 });
        let all = self.everybody();
        all.into_iter().for_each(|at| self.take_back_requests(cx, at));
        cx.event(Event::DiskFull { torrent: self.key, error: error.to_string() });
    }

    /// The disk took a block: there is room.
    pub(super) fn found_room(&mut self) {
        self.full_disk = None;
    }

    /// Whether nothing is to be asked for, since the disk would not take it.
    pub(super) fn waits_for_room(&self, now: Time) -> bool {
        self.full_disk.is_some_and(|full| now < full.until)
    }
}
