//! Which variant is better, and by how much?
//!
//! Variants of one scenario are run with the same seeds, so that each seed gives a pair: the same arrivals, the same links,
//! the same faults. What differs between the two is what the variant did, and chance enters as the spread of these
//! differences only. Owns what is varied and what differs; what is measured, and how sure that is, are
//! [`measures`](crate::measures), and how pictures of it look is another matter.

mod document;
mod effect;
mod journal;
mod plan;
mod runner;
mod vary;

pub use document::{Comparison, Record};
pub use effect::{Effect, Verdict};
pub use journal::{Journal, JournalError};
pub use plan::{Plan, PlanError, Variant};
pub use runner::{RunError, run};
pub use vary::{Value, Vary, VaryError};
