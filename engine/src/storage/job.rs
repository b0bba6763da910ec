//! The vocabulary of disk jobs: the state machine asks, the driver performs, the answer names the job.

use bytes::Bytes;

use super::Body;

/// Names a job within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// The index of a torrent in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TorrentKey(pub u32);

/// Something to be done on a torrent's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskJob {
    /// The job's name, given back in the answer.
    pub id: JobId,
    /// Whose content.
    pub torrent: TorrentKey,
    /// What to do.
    pub work: Work,
}

/// What to do. Offsets and lengths are in bytes, `begin` from the start of the piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Read a range within one piece.
    Read {
        /// The piece.
        piece: u32,
        /// Where in it.
        begin: u32,
        /// How much.
        length: u32,
    },
    /// Keep one whole block.
    Write {
        /// The piece.
        piece: u32,
        /// Where in it; a multiple of 16 KiB.
        begin: u32,
        /// The block.
        data: Body,
    },
    /// Compare the piece with its hash.
    Verify {
        /// The piece.
        piece: u32,
    },
}

/// The answer to a [`DiskJob`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskDone {
    /// The job's name.
    pub id: JobId,
    /// Whose content.
    pub torrent: TorrentKey,
    /// How it went.
    pub outcome: Outcome,
}

/// How a job went, for each kind of [`Work`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The bytes that were asked for.
    Read(Result<Bytes, DiskError>),
    /// The block is kept; not necessarily durable yet.
    Written(Result<(), DiskError>),
    /// Whether the piece is there and matches its hash.
    Verified(Result<bool, DiskError>),
}

/// A job that could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct DiskError {
    /// What can be done about it depends on this.
    pub kind: DiskErrorKind,
    /// For people.
    pub text: String,
}

/// The kinds of disk error that call for different answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskErrorKind {
    /// No room: the user can make some.
    Full,
    /// What should be read is not there: it can be fetched again.
    Missing,
    /// Anything else.
    Io,
}

impl DiskError {
    pub(super) fn missing(piece: u32, begin: u32) -> DiskError {
        DiskError {
            kind: DiskErrorKind::Missing,
            text: format!("nothing was written at piece {piece}, byte {begin}"),
        }
    }

    /// A job that the state machine should not have asked for.
    pub(super) fn out_of_range(piece: u32, begin: u32) -> DiskError {
        let text = format!("piece {piece}, byte {begin}: not a range of this torrent, or not one block");
        DiskError { kind: DiskErrorKind::Io, text }
    }
}
