//! The table `runs` of a sweep: what came of each run.

use parquet_derive::ParquetRecordWriter;

use super::described::described;

described! {
    /// One run. What it has no figure of is null: nobody waits where nobody watches.
    #[derive(Clone, Debug, Default, PartialEq, ParquetRecordWriter)]
    pub struct SweptRunRow {
        /// Number of the run in the sweep, from 0.
        pub run: u32,
        /// Name of the scenario.
        pub scenario: String,
        /// Name of the variant: its values; the scenario's name if nothing is varied.
        pub variant: String,
        /// Seed of the run.
        pub seed: u64,
        /// Digest of all events, hexadecimal: `swarmlab simulate` with the variant's values and the seed gives the same.
        pub digest: String,
        /// The least time in which it could have been done (Kumar and Ross 2006), seconds; null where that does not apply.
        pub bound_s: Option<f64>,
        /// The longest completion, seconds from the arrival of whoever needed it.
        pub last_s: Option<f64>,
        /// The median completion, seconds from arrival.
        pub median_s: Option<f64>,
        /// The 95th percentile of completion, seconds from arrival.
        pub p95_s: Option<f64>,
        /// The shortest completion, seconds from arrival.
        pub first_s: Option<f64>,
        /// Share of leechers that completed, 0 to 1.
        pub completed_share: Option<f64>,
        /// Share of the upload capacity that was used while somebody was downloading, 0 to 1.
        pub utilisation_share: Option<f64>,
        /// Share of the payload received that was waste, 0 to 1.
        pub waste_share: Option<f64>,
        /// Copies of the content that the initial seeds sent.
        pub seed_copies: Option<f64>,
        /// Fairness of download rates: Jain's index, up to 1.
        pub fairness_index: Option<f64>,
        /// Mean start-up delay of those who watch, seconds.
        pub startup_s: Option<f64>,
        /// Mean time in stalls of those who watch, seconds.
        pub stalled_s: Option<f64>,
        /// Mean start-up delay and stalls of those who watch, together, seconds.
        pub waiting_s: Option<f64>,
        /// Share of the time in which those who watch saw the film go on, 0 to 1.
        pub continuity_share: Option<f64>,
    }
}

impl SweptRunRow {
    /// The file's name, without `.parquet`.
    pub const NAME: &str = "runs";
}
