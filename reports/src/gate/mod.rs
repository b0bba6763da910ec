//! What a gate says, for people, for the summary of a CI job, and for what reads JUnit.
//!
//! Judges nothing: the verdicts come with the outcome.

mod cells;
mod junit;
mod markdown;
mod words;

pub use cells::{HEADS, cells, signed, with_unit};
pub use junit::junit;
pub use markdown::markdown;
pub use words::sentence;
