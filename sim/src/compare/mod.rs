//! Which variant is better, and by how much?
//!
//! Variants of one scenario are run with the same seeds, so that each seed gives a pair: the same arrivals, the same links,
//! the same faults. What differs between the two is what the variant did, and chance enters as the spread of these
//! differences only. Owns what is varied, the measures, and the statistics; how pictures of it look is another matter.

mod bootstrap;
mod document;
mod effect;
mod journal;
mod measure;
mod plan;
mod runner;
mod vary;

pub use bootstrap::{CONFIDENCE, Interval, RESAMPLES};
pub use document::{Comparison, Record};
pub use effect::{Effect, Verdict};
pub use journal::{Journal, JournalError};
pub use measure::{Better, MEASURES, Measure, Unit};
pub use plan::{Plan, PlanError, Variant};
pub use runner::{RunError, run};
pub use vary::{Value, Vary, VaryError};
