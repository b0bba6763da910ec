//! `[stop]`: when a run ends.

use std::time::Duration;

use super::text::{Read, Value, Writer};
use super::value::{read_span, span_written};

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

const WHEN: &[(&str, StopWhen)] = &[("all complete", StopWhen::AllComplete), ("never", StopWhen::Never)];

impl Default for Stop {
    fn default() -> Stop {
        Stop { when: StopWhen::AllComplete, at: Duration::from_secs(86_400) }
    }
}

impl Stop {
    pub(super) fn read(value: &Value<'_>) -> Read<Stop> {
        let default = Stop::default();
        value.table(|keys| {
            let when = keys.or("when", default.when, |value| value.word("condition", WHEN));
            let at = keys.or("at", default.at, |value| {
                read_span(value, "h", Duration::from_nanos(1)..=SIMULATED_TIME_MAX)
            });
            Ok(Stop { when: when?, at: at? })
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.table(&["stop"]);
        out.word("when", WHEN, self.when);
        out.text("at", &span_written(self.at));
    }
}
