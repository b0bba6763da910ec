//! The table `acquisitions`: when each peer came to hold each piece.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

/// The most rows of the table: about 100 MB in memory. When a run would have more, only pieces are kept whose number is
/// divisible by two, then four, and so on.
pub const ACQUISITIONS_MAX: usize = 4_000_000;

described! {
    /// One peer that holds one piece from then on, until it leaves. It got it and verified it, or brought it along: a peer
    /// that comes with a part of the content, or comes back, has a row for each piece that it holds by then. Of a peer
    /// that comes for the first time with the whole content there is none.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct AcquisitionRow {
        /// Simulated seconds from the start of the run.
        pub time_s: f64,
        /// Number of the peer in the run, from 0.
        pub peer: u32,
        /// Number of its visit, from 1: it is counted up each time that the peer comes. What it held before counts no more.
        pub visit: u32,
        /// Index of the piece in the torrent, from 0.
        pub piece: u32,
    }
}

impl Table for AcquisitionRow {
    const NAME: &str = "acquisitions";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<AcquisitionRow>, ParquetError> {
        table::read_derived(group)
    }
}
