//! Before the first block: what does the storage hold?

use crate::session::Event;
use crate::session::context::Context;
use crate::storage::{DiskError, DiskErrorKind, Work};

use super::disk::PendingJob;
use super::{Phase, Torrent};

/// Pieces that are verified at a time.
pub(super) const CHECKS_AT_A_TIME: u32 = 4;

impl Torrent {
    /// Asks the disk for the next pieces.
    pub(super) fn check_more(&mut self, cx: &mut Context<'_>) {
        let pieces = self.geometry().piece_count;
        while self.checks_begun < pieces && self.checks_begun - self.checks_done < CHECKS_AT_A_TIME {
            let piece = self.checks_begun;
            self.checks_begun += 1;
            self.disk(cx, PendingJob::Check { piece }, Work::Verify { piece });
        }
    }

    /// A piece was looked at. What can't be read because it is not there is missing; other errors end the torrent.
    pub(super) fn checked(&mut self, cx: &mut Context<'_>, piece: u32, result: Result<bool, DiskError>) {
        if self.phase != Phase::Checking {
            return; // Stopped, or failed, while the disk was looking.
        }
        self.checks_done += 1;
        match result {
            Ok(true) => self.pieces.found(piece),
            Ok(false) => {}
            Err(error) if error.kind == DiskErrorKind::Missing => {}
            Err(error) => return self.disk_failed(cx, error),
        }
        cx.event(Event::Checked { torrent: self.key, pieces: self.checks_done });
        if self.checks_done == self.geometry().piece_count {
            self.run(cx);
        } else {
            self.check_more(cx);
        }
    }
}
