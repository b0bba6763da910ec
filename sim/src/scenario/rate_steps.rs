//! `rates`: access rates that change while a run goes on.

use std::path::PathBuf;
use std::time::Duration;

/// How the access rates of a group's hosts change, in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateSteps {
    /// `{ trace = "cell.csv" }`: the file that the steps were read from.
    pub trace: Option<PathBuf>,
    /// The steps, `at` strictly increasing; none keeps the rates as they are.
    pub steps: Vec<RateStep>,
}

/// New rates from one moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStep {
    /// `at`: simulated time. Required.
    pub at: Duration,
    /// `up`, in bit/s. Default: as before.
    pub up_bits_per_s: Option<u64>,
    /// `down`, in bit/s. Default: as before.
    pub down_bits_per_s: Option<u64>,
}
