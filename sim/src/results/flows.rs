//! The table `flows`: payload between each pair, interval by interval.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

/// The most whole intervals of the table. Their length is one second, doubled until there are so few.
pub const FLOW_INTERVALS_MAX: usize = 120;

/// The most rows of the table as long as it has more than one interval: about 40 MB in memory. Their length is doubled
/// until there are so few.
pub const FLOW_ROWS_MAX: usize = 1_000_000;

described! {
    /// One pair that exchanged payload in this direction in an interval. Pairs that did not have no row.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct FlowRow {
        /// Where the interval begins, simulated seconds from the start of the run.
        pub from_s: f64,
        /// Where it ends, simulated seconds from the start of the run. All intervals are of one length but the last, which
        /// ends with the run.
        pub until_s: f64,
        /// Number of the peer that sent.
        pub uploader: u32,
        /// Number of the peer that received.
        pub downloader: u32,
        /// Payload handed to the stream in this interval, bytes.
        pub payload_bytes: u64,
    }
}

impl FlowRow {
    /// Mean rate over the interval, bits per second.
    pub fn bits_per_s(&self) -> f64 {
        let span_s = self.until_s - self.from_s;
        if span_s > 0.0 { self.payload_bytes as f64 * 8.0 / span_s } else { 0.0 }
    }
}

impl Table for FlowRow {
    const NAME: &str = "flows";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<FlowRow>, ParquetError> {
        table::read_derived(group)
    }
}
