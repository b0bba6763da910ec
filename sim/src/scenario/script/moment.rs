//! When an event happens.

use std::time::Duration;

/// When an event happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    /// `at = "60 s"`: simulated time.
    At(Duration),
    /// `after = "cut", delay = "30 s"`: so long after another event began.
    After {
        /// The place of the other event in [`Scenario::events`](crate::scenario::Scenario::events).
        event: usize,
        /// How long after it. Default: 0 s.
        delay: Duration,
    },
    /// `when = { … }`: as soon as a condition holds.
    When(Condition),
}

/// What the state of a swarm can be asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// `{ complete = "50 %" }`: this share, over 0 and up to 1, of the leechers of the scenario has completed.
    Complete(f64),
    /// `{ copies = 1.5 }`: the hosts that started complete have sent so many copies of the payload.
    Copies(f64),
    /// `{ spread = 1 }`: every piece has so many copies outside the groups that started complete.
    Spread(u32),
}
