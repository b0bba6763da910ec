//! `[stop]`: when a run ends.

use std::time::Duration;

use super::text::{Fields, Keys, Read, Table, Words};
use super::value::Span;

/// A year: no measured swarm was watched longer.
pub(super) const SIMULATED_TIME_MAX: Duration = Duration::from_secs(365 * 86_400);

/// When a run ends: at the first of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// `when`: the condition. Default: all complete.
    pub when: StopWhen,
    /// `at`: the limit of simulated time, up to 365 d. Default: 1 d.
    pub at: Duration,
}

/// The condition that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopWhen {
    /// `"all complete"`: every leecher that is to arrive has arrived and completed.
    AllComplete,
    /// `"never"`: only `at` ends it.
    Never,
}

const AT: Span = Span("h", Duration::from_nanos(1)..=SIMULATED_TIME_MAX);
const WHEN: Words<StopWhen> = Words(
    "condition",
    &[
        (
            "all complete",
            StopWhen::AllComplete,
            "Every leecher that is to arrive has arrived and completed; the run ends at `at` at the latest.",
        ),
        ("never", StopWhen::Never, "Only `at` ends the run."),
    ],
);

impl Default for Stop {
    fn default() -> Stop {
        Stop { when: StopWhen::AllComplete, at: Duration::from_secs(86_400) }
    }
}

/// The table.
pub(super) const STOP: Table<Stop> = Table { read, write };

fn read(keys: &mut Keys<'_>) -> Read<Stop> {
    let default = Stop::default();
    let when = keys.or("when", "The condition that ends a run.", default.when, &WHEN);
    let at = keys.or("at", "The limit of simulated time.", default.at, &AT);
    Ok(Stop { when: when?, at: at? })
}

pub(super) fn write(stop: &Stop, fields: &mut Fields) {
    fields.put("when", &WHEN, &stop.when);
    fields.put("at", &AT, &stop.at);
}
