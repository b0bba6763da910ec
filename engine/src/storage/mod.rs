//! Disk jobs and who carries them out.

pub mod body;
pub mod job;

pub use body::Body;
pub use job::{DiskDone, DiskError, DiskErrorKind, DiskJob, JobId, Outcome, TorrentKey, Work};
