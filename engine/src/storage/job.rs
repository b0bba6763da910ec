//! The vocabulary of disk jobs.
use super::Body;
use bytes::Bytes;

/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TorrentKey(pub u32);
/// x
#[derive(Debug)]
#[allow(missing_docs)]
pub struct DiskJob {
    pub id: JobId,
    pub torrent: TorrentKey,
    pub work: Work,
}
/// x
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Work {
    Read { piece: u32, begin: u32, length: u32 },
    Write { piece: u32, begin: u32, data: Body },
    Verify { piece: u32 },
}
/// x
#[derive(Debug)]
#[allow(missing_docs)]
pub struct DiskDone {
    pub id: JobId,
    pub torrent: TorrentKey,
    pub outcome: Outcome,
}
/// x
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Outcome {
    Read(Result<Bytes, DiskError>),
    Written(Result<(), DiskError>),
    Verified(Result<bool, DiskError>),
}
/// x
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DiskError {
    pub kind: DiskErrorKind,
    pub text: String,
}
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DiskErrorKind {
    Full,
    Missing,
    Io,
}
