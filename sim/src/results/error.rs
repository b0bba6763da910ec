//! Why a run directory could not be written or read. Every message names the path.

use std::io;
use std::path::PathBuf;

use parquet::errors::ParquetError;

/// Why a run directory could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// The directory already holds a complete run, which is never overwritten.
    #[error("{} already holds a complete run", path.display())]
    AlreadyHoldsRun {
        /// The directory.
        path: PathBuf,
    },
    /// A file or folder could not be created or written: no permission, disk full, a file in the way.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file could not be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A table could not be encoded or decoded.
    #[error("{} is no readable table: {source}", path.display())]
    Table {
        /// The table's file.
        path: PathBuf,
        /// What the decoder said.
        source: ParquetError,
    },
    /// The columns of a table are not the ones that this version writes.
    #[error("{} has other columns than this version of swarmlab writes", path.display())]
    Columns {
        /// The table's file.
        path: PathBuf,
    },
    /// A table has more rows than [`ROWS_MAX`](super::ROWS_MAX).
    #[error("{} would have {rows} rows, above the limit of {}", path.display(), super::ROWS_MAX)]
    TooManyRows {
        /// The table's file.
        path: PathBuf,
        /// The rows it has or claims to have.
        rows: i64,
    },
    /// `summary.json` is not what this version writes.
    #[error("{} is no readable summary: {source}", path.display())]
    Summary {
        /// The summary's file.
        path: PathBuf,
        /// What the decoder said, with line and column.
        source: serde_json::Error,
    },
    /// `summary.json` was written in another format than the one this version knows.
    #[error("{} has format {format}; this version of swarmlab reads format {}", path.display(), super::Summary::FORMAT)]
    Format {
        /// The summary's file.
        path: PathBuf,
        /// The format that it says it has.
        format: u32,
    },
}
