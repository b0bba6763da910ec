//! A verification that needs its storage no more.

use bytes::Bytes;
use sha1::{Digest, Sha1};

use crate::metainfo::PieceHash;

use super::{DiskError, DiskErrorKind};

/// What is left to do of a verification once the storage has been read: what costs a processor time, and can be done by
/// another thread.
#[derive(Debug)]
pub enum Verification {
    /// Nothing: this is the answer.
    Done(Result<bool, DiskError>),
    /// The piece as it was read, to be compared with its hash.
    Read {
        /// All of the piece.
        bytes: Bytes,
        /// What it should be.
        hash: PieceHash,
    },
}

impl Verification {
    /// Of a piece as it was read. What is not there does not match.
    pub(super) fn of(read: Result<Bytes, DiskError>, hash: PieceHash) -> Verification {
        match read {
            Ok(bytes) => Verification::Read { bytes, hash },
            Err(error) if error.kind == DiskErrorKind::Missing => Verification::Done(Ok(false)),
            Err(error) => Verification::Done(Err(error)),
        }
    }

    /// Whether the piece is there as a whole and matches its hash.
    pub fn finish(self) -> Result<bool, DiskError> {
        match self {
            Verification::Done(answer) => answer,
            Verification::Read { bytes, hash } => Ok(Sha1::digest(&bytes)[..] == hash),
        }
    }
}
