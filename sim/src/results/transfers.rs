//! The table `transfers`: who gave how much to whom over the run.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

described! {
    /// One pair that exchanged payload in this direction. Pairs that did not have no row.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct TransferRow {
        /// Number of the peer that sent.
        pub uploader: u32,
        /// Number of the peer that received.
        pub downloader: u32,
        /// Payload sent, bytes; what was still on its way when the connection or the run ended is included.
        pub payload_bytes: u64,
    }
}

impl Table for TransferRow {
    const NAME: &str = "transfers";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<TransferRow>, ParquetError> {
        table::read_derived(group)
    }
}
