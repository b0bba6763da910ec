//! Spans of time, in nanoseconds: the resolution of simulated time.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::super::text::{Read, Value};
use super::quantity::{Quantity, Unit};

/// A span of time, in nanoseconds.
pub(super) const SPAN: Quantity = Quantity {
    what: "a span of time",
    units: &[
        unit("ns", 1, &["nsec"]),
        unit("us", 1_000, &["µs", "μs", "usec"]),
        unit("ms", 1_000_000, &["msec", "millis"]),
        unit("s", 1_000_000_000, &["sec", "secs", "second", "seconds"]),
        unit("min", 60_000_000_000, &["m", "mins", "minute", "minutes"]),
        unit("h", 3_600_000_000_000, &["hr", "hour", "hours"]),
        unit("d", 86_400_000_000_000, &["day", "days"]),
    ],
    zero_unit: "s",
};

const fn unit(name: &'static str, base: u64, slips: &'static [&'static str]) -> Unit {
    Unit { name, base, written: true, slips }
}

/// The span within `range`; `usual` is the unit to propose where none is given.
pub fn read(value: &Value<'_>, usual: &str, range: RangeInclusive<Duration>) -> Read<Duration> {
    let range = nanos(*range.start())..=nanos(*range.end());
    SPAN.read(value, usual, range).map(Duration::from_nanos)
}

/// The span as people read it.
pub fn written(span: Duration) -> String {
    SPAN.written(nanos(span))
}

/// Every span of a scenario is at most a year; a longer one, of which there is none, would be cut to 584 years.
fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
