//! Did a change make swarms worse?
//!
//! A baseline is a small file: scenarios, seeds, the figures that they gave once, and how much worse each may become. The
//! gate runs the same scenarios with the same seeds, so each seed gives a pair, and judges every measure of every scenario.
//! Owns the file, the rule, and the trials by which the rule itself is measured; what a table or a CI job makes of the
//! outcome is told elsewhere. What the processor needs for a run is not judged: it depends on the machine.

mod baseline;
mod chance;
mod check;
mod outcome;
mod planted;
mod pool;
mod replay;
mod select;
mod trials;

pub use baseline::{Baseline, BaselineError, Entry, FORMAT, Limit, Measured, SEEDS, begin};
pub use chance::{ALARMS_MAX, seeds_needed};
pub use check::{Check, Verdict};
pub use outcome::Outcome;
pub use planted::Planted;
pub use pool::{Pool, PoolError};
pub use replay::{Replay, ReplayError, Runs, replay};
pub use select::{SelectError, enough, select};
pub use trials::{FOUND_ENOUGH, Trials, try_out};
