//! The table `transfers`: who gave how much to whom over the run, and for how long whom a slot.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

described! {
    /// One pair of which one sent payload to the other, or unchoked it. Pairs without either have no row.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct TransferRow {
        /// Number of the peer that sent.
        pub uploader: u32,
        /// Number of the peer that received.
        pub downloader: u32,
        /// Payload sent, bytes; what was still on its way when the connection or the run ended is included.
        pub payload_bytes: u64,
        /// For how long the uploader did not choke the downloader, all their connections together, seconds. One that a crash
        /// has left half-open counts until the uploader gives it up.
        pub unchoked_s: f64,
        /// The part of `unchoked_s` in which the uploader held everything, and so could not be paid back, seconds.
        pub unchoked_complete_s: f64,
    }
}

impl Table for TransferRow {
    const NAME: &str = "transfers";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<TransferRow>, ParquetError> {
        table::read_derived(group)
    }
}
