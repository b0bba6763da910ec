//! The table `timeline`: the swarm as a whole, sample by sample.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet_derive::{ParquetRecordReader, ParquetRecordWriter};

use super::described::described;
use super::table::{self, Table};

described! {
    /// The swarm at one sample. Rates are means over the interval that ends here; the first row has none and says
    /// 0.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordReader, ParquetRecordWriter)]
    pub struct TimelineRow {
        /// Simulated seconds from the start of the run.
        pub time_s: f64,
        /// Peers present that lack something.
        pub leechers: u32,
        /// Peers present that hold everything, those that became complete included.
        pub seeds: u32,
        /// Leechers that have completed so far, departed ones included.
        pub completed: u32,
        /// Payload sent by all peers, bits per second.
        pub up_bits_per_s: f64,
        /// Payload received by all peers, wasted payload included, bits per second.
        pub down_bits_per_s: f64,
        /// The part of `up_bits_per_s` sent by peers that started as seeds.
        pub seed_up_bits_per_s: f64,
        /// The part of `down_bits_per_s` that was of no use.
        pub waste_bits_per_s: f64,
        /// Sum of the upload rates of the links of the peers present, bits per second.
        pub capacity_up_bits_per_s: f64,
        /// Sum of the download rates of the links of the peers present, bits per second.
        pub capacity_down_bits_per_s: f64,
        /// Copies of the rarest piece among the peers present.
        pub copies_min: u32,
        /// Median over the pieces of their copies among the peers present.
        pub copies_median: u32,
        /// Copies of the commonest piece among the peers present.
        pub copies_max: u32,
        /// Established connections between peers, each counted once.
        pub connections: u32,
    }
}

impl Table for TimelineRow {
    const NAME: &str = "timeline";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<TimelineRow>, ParquetError> {
        table::read_derived(group)
    }
}

/// What is noted at a sample. Payload is cumulative, so that a [`Sampler`](super::Sampler) may drop samples
/// and the rates between those that remain are still right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Simulated seconds from the start of the run.
    pub time_s: f64,
    /// Peers present that lack something.
    pub leechers: u32,
    /// Peers present that hold everything.
    pub seeds: u32,
    /// Leechers that have completed so far.
    pub completed: u32,
    /// Payload sent so far by all peers, departed ones included, bytes.
    pub uploaded_bytes: u64,
    /// Payload received so far by all peers, departed ones included, bytes.
    pub downloaded_bytes: u64,
    /// The part of `uploaded_bytes` sent by peers that started as seeds.
    pub seed_uploaded_bytes: u64,
    /// The part of `downloaded_bytes` that was of no use.
    pub wasted_bytes: u64,
    /// Sum of the upload rates of the links of the peers present, bits per second.
    pub capacity_up_bits_per_s: f64,
    /// Sum of the download rates of the links of the peers present, bits per second.
    pub capacity_down_bits_per_s: f64,
    /// Copies of the rarest piece among the peers present.
    pub copies_min: u32,
    /// Median over the pieces of their copies among the peers present.
    pub copies_median: u32,
    /// Copies of the commonest piece among the peers present.
    pub copies_max: u32,
    /// Established connections between peers, each counted once.
    pub connections: u32,
}

/// The rows of the table, from snapshots in the order of time.
pub fn timeline(snapshots: &[Snapshot]) -> Vec<TimelineRow> {
    let before = snapshots.first().into_iter().chain(snapshots);
    before.zip(snapshots).map(|(before, now)| row(before, now)).collect()
}

fn row(before: &Snapshot, now: &Snapshot) -> TimelineRow {
    let span_s = now.time_s - before.time_s;
    let rate = |before: u64, now: u64| match span_s > 0.0 {
        true => now.saturating_sub(before) as f64 * 8.0 / span_s,
        false => 0.0,
    };
    TimelineRow {
        time_s: now.time_s,
        leechers: now.leechers,
        seeds: now.seeds,
        completed: now.completed,
        up_bits_per_s: rate(before.uploaded_bytes, now.uploaded_bytes),
        down_bits_per_s: rate(before.downloaded_bytes, now.downloaded_bytes),
        seed_up_bits_per_s: rate(before.seed_uploaded_bytes, now.seed_uploaded_bytes),
        waste_bits_per_s: rate(before.wasted_bytes, now.wasted_bytes),
        capacity_up_bits_per_s: now.capacity_up_bits_per_s,
        capacity_down_bits_per_s: now.capacity_down_bits_per_s,
        copies_min: now.copies_min,
        copies_median: now.copies_median,
        copies_max: now.copies_max,
        connections: now.connections,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(time_s: f64, uploaded_bytes: u64) -> Snapshot {
        Snapshot { time_s, uploaded_bytes, ..Snapshot::default() }
    }

    #[test]
    fn dropping_a_sample_keeps_the_bytes() {
        let all = [snapshot(0.0, 0), snapshot(1.0, 100), snapshot(2.0, 500), snapshot(2.5, 600)];
        let kept = [all[0].clone(), all[2].clone(), all[3].clone()];
        let bits = |snapshots: &[Snapshot]| -> f64 {
            let rows = timeline(snapshots);
            rows.windows(2).map(|pair| pair[1].up_bits_per_s * (pair[1].time_s - pair[0].time_s)).sum()
        };
        assert_eq!(bits(&all), 4800.0);
        assert_eq!(bits(&kept), 4800.0);
        assert_eq!(timeline(&[]), []);
    }
}
