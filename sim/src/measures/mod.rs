//! What is measured of a run, by name, and how sure a figure over several runs is.
//!
//! For whoever runs one scenario with several seeds and sets the runs beside others: `compare` and `gate`. Owns the names,
//! the way from a scenario and a seed to figures, and the bootstrap; what is to be run, and what follows from it, is theirs.

mod bootstrap;
mod measure;
mod measured_run;

pub use bootstrap::{CONFIDENCE, Interval, RESAMPLES, interval};
pub use measure::{Better, MEASURES, Measure, Unit};
pub use measured_run::MeasuredRun;
