//! `[tracker]`: how peers hear of each other.

use std::time::Duration;

use super::text::{Count, Fields, Keys, Read, Table, Words};
use super::value::Span;

/// The tracker speaks in whole seconds (BEP 3); a shorter interval would be none.
const INTERVAL: Span = Span("min", Duration::from_secs(1)..=Duration::from_secs(86_400));
/// Larger answers than clients take.
const PEERS_PER_ANSWER: Count = Count(1..=1_000);

/// How it is spoken to, in words.
const PROTOCOL: Words<TrackerProtocol> = Words(
    "protocol of a tracker",
    &[
        ("http", TrackerProtocol::Http, "Over a stream for each announce (BEP 3)."),
        (
            "udp",
            TrackerProtocol::Udp,
            "With datagrams (BEP 15), which get lost where packets do; one that is lost is sent again after 15 s.",
        ),
    ],
);

/// How clients speak to the tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrackerProtocol {
    /// Over a stream for each announce.
    #[default]
    Http,
    /// With datagrams.
    Udp,
}

/// The tracker of the swarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerSpec {
    /// `interval`: the time between two announces of a client, 1 s to 1 d. Default: 30 min, what most trackers ask for.
    pub interval: Duration,
    /// `peers_per_answer`: 1 to 1,000. Default: 50, the `numwant` that trackers assume (BEP 3).
    pub peers_per_answer: u32,
    /// `protocol`: how it is spoken to. Default: HTTP.
    pub protocol: TrackerProtocol,
}

impl Default for TrackerSpec {
    fn default() -> TrackerSpec {
        let protocol = TrackerProtocol::default();
        TrackerSpec { interval: Duration::from_secs(30 * 60), peers_per_answer: 50, protocol }
    }
}

/// The table.
pub(super) const TRACKER: Table<TrackerSpec> = Table { read, write };

fn read(keys: &mut Keys<'_>) -> Read<TrackerSpec> {
    let default = TrackerSpec::default();
    let interval = keys.or(
        "interval",
        "The time between two announces of a client. The default is what most trackers ask for.",
        default.interval,
        &INTERVAL,
    );
    let peers_per_answer = keys.or(
        "peers_per_answer",
        "How many peers an answer names. The default is the `numwant` that trackers assume (BEP 3).",
        default.peers_per_answer,
        &PEERS_PER_ANSWER,
    );
    let protocol = keys.or("protocol", "How clients speak to the tracker.", default.protocol, &PROTOCOL);
    Ok(TrackerSpec { interval: interval?, peers_per_answer: peers_per_answer?, protocol: protocol? })
}

fn write(tracker: &TrackerSpec, fields: &mut Fields) {
    fields.put("interval", &INTERVAL, &tracker.interval);
    fields.put("peers_per_answer", &PEERS_PER_ANSWER, &tracker.peers_per_answer);
    fields.put("protocol", &PROTOCOL, &tracker.protocol);
}
