//! The table `pieces`: how many copies of each piece there are, sample by sample.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

described! {
    /// One piece at one sample.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct PieceRow {
        /// Simulated seconds from the start of the run.
        pub time_s: f64,
        /// Index of the piece in the torrent, from 0.
        pub piece: u32,
        /// Peers present that hold it, seeds included.
        pub copies: u32,
    }
}

impl Table for PieceRow {
    const NAME: &str = "pieces";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<PieceRow>, ParquetError> {
        table::read_derived(group)
    }
}
