//! `[[events]]`: what is done to a swarm while it runs.

mod action;
mod moment;

use std::time::Duration;

pub use action::{Action, DiskFault, HowMany, Keeps, RateTarget, TrackerFault, Whom};
pub use moment::{Condition, Moment};

/// One thing that happens to the swarm.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptedEvent {
    /// `name`: so that others can refer to it, and results call it by it. Default: none.
    pub name: Option<String>,
    /// `at`, `after` with `delay`, or `when`: the moment. Required.
    pub moment: Moment,
    /// `for`: how long it lasts; it is undone afterwards. Default: it is not undone.
    pub lasts: Option<Duration>,
    /// What is done. Required.
    pub action: Action,
}
