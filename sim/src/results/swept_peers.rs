//! The table `peers` of a sweep: what became of each peer of each run.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet::record::{Row, RowAccessor};
use parquet_derive::ParquetRecordWriter;

use super::PeerRow;
use super::described::described;
use super::table::Table;

described! {
    /// One peer of one run; it means the same as in the table `peers` of the run alone, which says more of it.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordWriter)]
    pub struct SweptPeerRow {
        /// Number of the run in the sweep, from 0.
        pub run: u32,
        /// Number of the peer in the run, from 0.
        pub peer: u32,
        /// The group of the scenario that it belongs to.
        pub group: String,
        /// `byzantine`, `seed` or `leecher`.
        pub role: String,
        /// Upload rate of its access link, bits per second; the largest that it had if it changed.
        pub up_bits_per_s: u64,
        /// Download rate of its access link, bits per second; the largest that it had if it changed.
        pub down_bits_per_s: u64,
        /// When it joined for the first time, simulated seconds from the start of the run.
        pub joined_s: f64,
        /// When a leecher held and had verified everything, simulated seconds from the start of the run; null for others.
        pub completed_s: Option<f64>,
        /// When it left for the last time, simulated seconds from the start of the run; null if it was there at the end.
        pub left_s: Option<f64>,
        /// Payload that it sent, bytes.
        pub uploaded_bytes: u64,
        /// Payload that it received, all of it, bytes.
        pub downloaded_bytes: u64,
        /// The part of `downloaded_bytes` that was of no use, bytes.
        pub wasted_bytes: u64,
        /// How long it waited until it could begin to watch, seconds from its arrival; null for whoever never began.
        pub startup_s: Option<f64>,
        /// How often it had to wait after that; null for those who don't watch.
        pub stalls: Option<u32>,
        /// How long it had to wait after that, all stalls together, seconds; null for those who don't watch.
        pub stalled_s: Option<f64>,
        /// The share of the time since it began in which it played, 0 to 1; null for whoever never began.
        pub continuity: Option<f64>,
    }
}

impl SweptPeerRow {
    /// What a sweep keeps of a peer.
    pub fn new(run: u32, peer: PeerRow) -> SweptPeerRow {
        SweptPeerRow {
            run,
            peer: peer.peer,
            group: peer.group,
            role: peer.role,
            up_bits_per_s: peer.up_bits_per_s,
            down_bits_per_s: peer.down_bits_per_s,
            joined_s: peer.joined_s,
            completed_s: peer.completed_s,
            left_s: peer.left_s,
            uploaded_bytes: peer.uploaded_bytes,
            downloaded_bytes: peer.downloaded_bytes,
            wasted_bytes: peer.wasted_bytes,
            startup_s: peer.startup_s,
            stalls: peer.stalls,
            stalled_s: peer.stalled_s,
            continuity: peer.continuity,
        }
    }
}

impl Table for SweptPeerRow {
    const NAME: &str = "peers";

    /// Row by row: the derived reader knows no null.
    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<SweptPeerRow>, ParquetError> {
        group.get_row_iter(None)?.map(|row| peer(&row?)).collect()
    }
}

fn peer(row: &Row) -> Result<SweptPeerRow, ParquetError> {
    Ok(SweptPeerRow {
        run: row.get_uint(0)?,
        peer: row.get_uint(1)?,
        group: row.get_string(2)?.clone(),
        role: row.get_string(3)?.clone(),
        up_bits_per_s: row.get_ulong(4)?,
        down_bits_per_s: row.get_ulong(5)?,
        joined_s: row.get_double(6)?,
        completed_s: row.get_double(7).ok(), // fails on null only: the schema was checked
        left_s: row.get_double(8).ok(),
        uploaded_bytes: row.get_ulong(9)?,
        downloaded_bytes: row.get_ulong(10)?,
        wasted_bytes: row.get_ulong(11)?,
        startup_s: row.get_double(12).ok(),
        stalls: row.get_uint(13).ok(),
        stalled_s: row.get_double(14).ok(),
        continuity: row.get_double(15).ok(),
    })
}
