//! Before the first block: what does the storage hold?

use crate::session::Event;
use crate::session::context::Context;
use crate::storage::{DiskError, DiskErrorKind, Work};

use super::disk::PendingJob;
use super::{Phase, Torrent};

/// Bytes of pieces that the disk is asked to verify at a time. It hashes them beside each other, and should never have to
/// wait for the next; but whatever else is asked of it waits for these.
const CHECK_BYTES: u32 = 32 << 20;
/// Pieces that are verified at a time, however short,
const CHECKS_MAX: u32 = 64;
/// and however long.
const CHECKS_MIN: u32 = 2;

impl Torrent {
    /// Pieces that are verified at a time.
    pub(super) fn checks_at_a_time(&self) -> u32 {
        (CHECK_BYTES / self.geometry().piece_length).clamp(CHECKS_MIN, CHECKS_MAX)
    }

    /// Asks the disk for the next pieces.
    pub(super) fn check_more(&mut self, cx: &mut Context<'_>) {
        let (pieces, at_a_time) = (self.geometry().piece_count, self.checks_at_a_time());
        while self.checks_begun < pieces && self.checks_begun - self.checks_done < at_a_time {
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
