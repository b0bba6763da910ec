//! Experiments whose outcome is known from outside: proved bounds, published measurements, models that can be computed.
//!
//! Owns what is run, what is measured in each run, what is expected and from where, and the verdicts. Refuses to bend: a
//! tolerance stands beside its source and doesn't depend on what was simulated; a band that is missed is shown as
//! missed, with a reason only where somebody has looked into it.
//!
//! A claim that is proved is hard: one run that breaks it is a bug of the simulation. A claim that was published is a
//! band, met if the 95 % interval of the mean over the seeds lies within it.

mod document;
mod experiment;
mod experiments;
mod picture;
mod row;
mod runner;
mod statistics;
mod streams_world;
mod swarm;
mod verdict;

pub use document::{Record, Section, Validation};
pub use experiment::Size;
pub use picture::{Curve, Picture, Point, Scale};
pub use row::{Row, Unit, Value, Values};
pub use runner::{Plan, run};
pub use statistics::Estimate;
pub use verdict::{Range, Rule, Verdict};

/// The numbers of all experiments, in their order.
pub fn ids() -> Vec<&'static str> {
    let mut ids: Vec<&str> = experiments::all().iter().map(|experiment| experiment.id).collect();
    ids.sort_by_key(|id| runner::number(id));
    ids
}
