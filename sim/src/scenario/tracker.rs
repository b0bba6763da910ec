//! `[tracker]`: how peers hear of each other.

use std::time::Duration;

use super::text::{Read, Value, Writer};
use super::value::{read_span, span_written};

/// The tracker speaks in whole seconds (BEP 3); a shorter interval would be none.
const INTERVAL_MIN: Duration = Duration::from_secs(1);
const INTERVAL_MAX: Duration = Duration::from_secs(86_400);
/// Larger answers than clients take.
const PEERS_PER_ANSWER_MAX: u32 = 1_000;

/// The tracker of the swarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerSpec {
    /// `interval`: the time between two announces of a client, 1 s to 1 d. Default: 30 min, what most trackers ask for.
    pub interval: Duration,
    /// `peers_per_answer`: 1 to 1,000. Default: 50, the `numwant` that trackers assume (BEP 3).
    pub peers_per_answer: u32,
}

impl Default for TrackerSpec {
    fn default() -> TrackerSpec {
        TrackerSpec { interval: Duration::from_secs(30 * 60), peers_per_answer: 50 }
    }
}

impl TrackerSpec {
    pub(super) fn read(value: &Value<'_>) -> Read<TrackerSpec> {
        let default = TrackerSpec::default();
        value.table(|keys| {
            let interval = keys.or("interval", default.interval, |value| {
                read_span(value, "min", INTERVAL_MIN..=INTERVAL_MAX)
            });
            let peers_per_answer = keys.or("peers_per_answer", default.peers_per_answer, |value| {
                value.count(1..=PEERS_PER_ANSWER_MAX)
            });
            Ok(TrackerSpec { interval: interval?, peers_per_answer: peers_per_answer? })
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.table(&["tracker"]);
        out.text("interval", &span_written(self.interval));
        out.bare("peers_per_answer", self.peers_per_answer);
    }
}
