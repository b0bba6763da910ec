//! Why resume data are not believed.

use std::io;

/// Why everything is to be verified again.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It can't be read.
    #[error("they can't be read: {0}")]
    Io(#[from] io::Error),
    /// It is not what was written.
    #[error("they are damaged")]
    Damaged,
    /// Another version of this client wrote it.
    #[error("they are of version {0}, which is not known here")]
    Version(i64),
    /// It is of another torrent.
    #[error("they are of another torrent")]
    OtherTorrent,
    /// A file is not there any more.
    #[error("{0} is gone")]
    Gone(String),
    /// A file has another length, or was written since, or has come since.
    #[error("{0} was changed since")]
    Changed(String),
}
