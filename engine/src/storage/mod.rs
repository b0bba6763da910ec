//! Where a torrent's content is kept, and the jobs that are done on it.
//!
//! The state machine asks with a [`DiskJob`], a driver has a [`Storage`] carry it out, and the [`DiskDone`] goes back as
//! input. There are three storages: [`FilesStorage`] on a file system, [`MemoryStorage`] for small things and as the
//! plain model of the others, and [`SharedStore`], with which many simulated clients share one [`Content`].
//!
//! A storage keeps bytes and hashes them. Which pieces count as held is not its business.

mod block_set;
mod body;
mod content;
mod files;
mod job;
mod memory;
mod shared;
mod verification;

pub use body::Body;
pub use content::{Content, ContentError};
pub use files::{FileStamp, FilesStorage, OPEN_FILES_MAX, stamp_files, sync_files};
pub use job::{DiskDone, DiskError, DiskErrorKind, DiskJob, JobId, Outcome, TorrentKey, Work};
pub use memory::MemoryStorage;
pub use shared::{Hashing, SharedStore, StandInUnhashable};
pub use verification::Verification;

use bytes::Bytes;

use crate::metainfo::Geometry;

/// The bytes of one torrent.
pub trait Storage {
    /// The sizes of the torrent.
    fn geometry(&self) -> Geometry;

    /// Reads a range within a piece. [`DiskErrorKind::Missing`] if any of it was never written.
    fn read(&mut self, piece: u32, begin: u32, length: u32) -> Result<Bytes, DiskError>;

    /// Keeps one whole block, in place of what was there.
    fn write(&mut self, piece: u32, begin: u32, data: Body) -> Result<(), DiskError>;

    /// Whether the piece is there as a whole and matches its hash.
    fn verify(&mut self, piece: u32) -> Result<bool, DiskError>;

    /// As [`verify`](Storage::verify), as far as the storage itself is needed for it: what is left can be done elsewhere,
    /// and whatever is written meanwhile changes nothing about it.
    fn begin_verification(&mut self, piece: u32) -> Verification {
        Verification::Done(self.verify(piece))
    }

    /// Carries out a job. This is what a driver calls; the methods above may rely on the range being checked here: a
    /// read lies within a piece, a write is exactly one block.
    fn perform(&mut self, job: DiskJob) -> DiskDone {
        let geometry = self.geometry();
        let outcome = match job.work {
            Work::Read { piece, begin, length } => {
                Outcome::Read(match geometry.contains(piece, begin, length) {
                    true => self.read(piece, begin, length),
                    false => Err(DiskError::out_of_range(piece, begin)),
                })
            }
            Work::Write { piece, begin, data } => {
                let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
                Outcome::Written(match geometry.block_at(piece, begin, length) {
                    Some(_) => self.write(piece, begin, data),
                    None => Err(DiskError::out_of_range(piece, begin)),
                })
            }
            Work::Verify { piece } => Outcome::Verified(match piece < geometry.piece_count {
                true => self.verify(piece),
                false => Err(DiskError::out_of_range(piece, 0)),
            }),
        };
        DiskDone { id: job.id, torrent: job.torrent, outcome }
    }
}
