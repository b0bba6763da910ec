//! The table `progress`: how far each peer has come, sample by sample.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

described! {
    /// One peer at one sample. Only peers present have a row; after a departure there is none.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct ProgressRow {
        /// Simulated seconds from the start of the run.
        pub time_s: f64,
        /// Number of the peer in the run, from 0.
        pub peer: u32,
        /// Pieces that it holds and has verified.
        pub pieces: u32,
        /// Payload that it has sent so far, bytes.
        pub uploaded_bytes: u64,
        /// Payload that it has received so far, bytes.
        pub downloaded_bytes: u64,
    }
}

impl Table for ProgressRow {
    const NAME: &str = "progress";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<ProgressRow>, ParquetError> {
        table::read_derived(group)
    }
}
