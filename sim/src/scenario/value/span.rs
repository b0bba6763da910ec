//! Spans of time, in nanoseconds: the resolution of simulated time.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::super::text::{Form, Read, Shape, Value, Written, quoted_toml};
use super::quantity::{Quantity, Unit};

/// A span of time, in nanoseconds.
pub(super) static SPAN: Quantity = Quantity {
    name: "span",
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

/// A span within a range. The first item is the unit to propose where none is given.
pub struct Span(pub &'static str, pub RangeInclusive<Duration>);

impl Span {
    fn range(&self) -> RangeInclusive<u64> {
        nanos(*self.1.start())..=nanos(*self.1.end())
    }
}

impl Form for Span {
    type T = Duration;

    fn read(&self, value: &Value<'_>) -> Read<Duration> {
        SPAN.read(value, self.0, self.range()).map(Duration::from_nanos)
    }

    fn shape(&self) -> Shape {
        SPAN.shape(&self.range())
    }
}

impl Written for Span {
    fn written(&self, value: &Duration) -> String {
        quoted_toml(&written(*value))
    }
}

/// The span as people read it.
pub fn written(span: Duration) -> String {
    SPAN.written(nanos(span))
}

/// Every span of a scenario is at most a year; a longer one, of which there is none, would be cut to 584 years.
fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
