//! The table `peers`: who took part, over which link, and what became of them.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet::record::{Row, RowAccessor};
use parquet_derive::ParquetRecordWriter;

use super::described::described;
use super::table::Table;

/// The [`PeerRow::role`] of a peer that started with the whole content.
pub const SEED: &str = "seed";
/// The [`PeerRow::role`] of a peer that breaks the protocol on purpose, whatever it started with.
pub const BYZANTINE: &str = "byzantine";
/// The [`PeerRow::role`] of every other peer.
pub const LEECHER: &str = "leecher";

described! {
    /// One peer, over the whole run.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordWriter)]
    pub struct PeerRow {
        /// Number of the peer in the run, from 0.
        pub peer: u32,
        /// The group of the scenario that it belongs to.
        pub group: String,
        /// `byzantine` if it breaks the protocol on purpose, `seed` if it started with the whole content, else `leecher`.
        /// Never changes.
        pub role: String,
        /// Address and port in the simulated network.
        pub address: String,
        /// Upload rate of its access link, bits per second; the largest that it had if it changed.
        pub up_bits_per_s: u64,
        /// Download rate of its access link, bits per second; the largest that it had if it changed.
        pub down_bits_per_s: u64,
        /// When it joined for the first time, simulated seconds from the start of the run.
        pub joined_s: f64,
        /// When a leecher held and had verified everything, simulated seconds from the start of the run. Null for
        /// seeds and for whoever did not finish.
        pub completed_s: Option<f64>,
        /// When it left for the last time, simulated seconds from the start of the run. Null if it was there at the end.
        pub left_s: Option<f64>,
        /// Payload that it sent, bytes.
        pub uploaded_bytes: u64,
        /// Payload that it received, all of it, bytes.
        pub downloaded_bytes: u64,
        /// The part of `downloaded_bytes` that was of no use, bytes: the sum of the columns `wasted_…_bytes` below.
        pub wasted_bytes: u64,
        /// Bytes of its streams that it sent and that are no payload.
        pub protocol_up_bytes: u64,
        /// Bytes of its streams that it received and that are no payload.
        pub protocol_down_bytes: u64,
        /// The most connections that it had at one time.
        pub connections_max: u32,
        /// Pieces whose hash was wrong.
        pub hash_failures: u32,
        /// Wasted: blocks that had been asked for, but of somebody else too, who had sent them first (endgame), bytes.
        pub wasted_duplicate_bytes: u64,
        /// Wasted: blocks that had been asked for and were given up before they came (the sender choked, or seemed stuck), and
        /// that nobody else had sent, bytes.
        pub wasted_late_bytes: u64,
        /// Wasted: blocks that were never asked for, or that do not exist, bytes.
        pub wasted_unasked_bytes: u64,
        /// Wasted: blocks of pieces that did not match their hash, bytes.
        pub wasted_bad_piece_bytes: u64,
        /// Wasted: blocks that the disk had no room for, bytes.
        pub wasted_no_room_bytes: u64,
        /// How long it waited until it could begin to watch, seconds from its arrival; null for those who don't watch, and
        /// for whoever never began.
        pub startup_s: Option<f64>,
        /// How often it had to wait after that; null for those who don't watch.
        pub stalls: Option<u32>,
        /// How long it had to wait after that, all stalls together, seconds; null for those who don't watch.
        pub stalled_s: Option<f64>,
        /// The share of the time since it began in which it played, 0 to 1, up to the end of the content if it has all of it;
        /// null for those who don't watch, and for whoever never began.
        pub continuity: Option<f64>,
    }
}

impl PeerRow {
    /// Whether it started with the whole content.
    pub fn is_seed(&self) -> bool {
        self.role == SEED
    }

    /// Whether it is one of those whose completion the run is about.
    pub fn is_leecher(&self) -> bool {
        self.role == LEECHER
    }

    /// Seconds from its arrival to its completion; none for seeds and for whoever did not finish.
    pub fn completion_s(&self) -> Option<f64> {
        self.completed_s.map(|completed| completed - self.joined_s)
    }

    /// Seconds that it waited in all, before it began to watch and after that; none for those who never began.
    pub fn waiting_s(&self) -> Option<f64> {
        Some(self.startup_s? + self.stalled_s?)
    }

    /// Mean payload rate in bits per second from its arrival until it was complete, or left, or the run ended
    /// at `end_s`. None for seeds, and for whoever was there for no time.
    pub fn mean_down_bits_per_s(&self, end_s: f64) -> Option<f64> {
        let span_s = self.leeching_until_s(end_s) - self.joined_s;
        (self.is_leecher() && span_s > 0.0).then(|| self.downloaded_bytes as f64 * 8.0 / span_s)
    }

    /// Mean payload rate in bits per second that it sent while it was present, in a run that ended at
    /// `end_s`.
    pub fn mean_up_bits_per_s(&self, end_s: f64) -> Option<f64> {
        let span_s = self.present_until_s(end_s) - self.joined_s;
        (span_s > 0.0).then(|| self.uploaded_bytes as f64 * 8.0 / span_s)
    }

    /// When it stopped wanting: completion, departure or the end of the run, whichever came first.
    pub(super) fn leeching_until_s(&self, end_s: f64) -> f64 {
        self.completed_s.unwrap_or(f64::INFINITY).min(self.present_until_s(end_s))
    }

    /// When it was gone: departure or the end of the run.
    pub(super) fn present_until_s(&self, end_s: f64) -> f64 {
        self.left_s.unwrap_or(f64::INFINITY).min(end_s)
    }
}

impl Table for PeerRow {
    const NAME: &str = "peers";

    /// Row by row: the derived reader knows no null.
    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<PeerRow>, ParquetError> {
        group.get_row_iter(None)?.map(|row| peer(&row?)).collect()
    }
}

fn peer(row: &Row) -> Result<PeerRow, ParquetError> {
    Ok(PeerRow {
        peer: row.get_uint(0)?,
        group: row.get_string(1)?.clone(),
        role: row.get_string(2)?.clone(),
        address: row.get_string(3)?.clone(),
        up_bits_per_s: row.get_ulong(4)?,
        down_bits_per_s: row.get_ulong(5)?,
        joined_s: row.get_double(6)?,
        completed_s: row.get_double(7).ok(), // fails on null only: the schema was checked
        left_s: row.get_double(8).ok(),
        uploaded_bytes: row.get_ulong(9)?,
        downloaded_bytes: row.get_ulong(10)?,
        wasted_bytes: row.get_ulong(11)?,
        protocol_up_bytes: row.get_ulong(12)?,
        protocol_down_bytes: row.get_ulong(13)?,
        connections_max: row.get_uint(14)?,
        hash_failures: row.get_uint(15)?,
        wasted_duplicate_bytes: row.get_ulong(16)?,
        wasted_late_bytes: row.get_ulong(17)?,
        wasted_unasked_bytes: row.get_ulong(18)?,
        wasted_bad_piece_bytes: row.get_ulong(19)?,
        wasted_no_room_bytes: row.get_ulong(20)?,
        startup_s: row.get_double(21).ok(),
        stalls: row.get_uint(22).ok(),
        stalled_s: row.get_double(23).ok(),
        continuity: row.get_double(24).ok(),
    })
}
