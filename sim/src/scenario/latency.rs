//! `network.latency`: how long a segment travels between two hosts, queues not counted. `"20 ms"` is the same for all
//! pairs; `{ min = "10 ms", max = "60 ms" }` is drawn once for each pair, every value as likely.

use std::time::Duration;

use crate::network::Latency;

use super::text::{Complaint, Read, Value, Writer};
use super::value::{read_span, span_written};

/// Longer than to the Moon and back.
const LATENCY_MAX: Duration = Duration::from_secs(10);

impl Latency {
    pub(super) fn read(value: &Value<'_>) -> Read<Latency> {
        if !value.is_table() {
            return read_one(value).map(Latency::Constant);
        }
        value.table(|keys| {
            let min = keys.required("min", "\"10 ms\"", read_one);
            let max = keys.required("max", "\"60 ms\"", read_one);
            let (min, max) = (min?, max?);
            if min > max {
                let label = format!("the largest is {}", span_written(max));
                return Err(keys.refuse_key(
                    "min",
                    Complaint::new("the least latency is over the largest").label(label),
                ));
            }
            Ok(Latency::Uniform { min, max })
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Latency::Constant(latency) => out.text("latency", &span_written(*latency)),
            Latency::Uniform { min, max } => {
                let (min, max) = (span_written(*min), span_written(*max));
                out.bare("latency", format_args!("{{ min = \"{min}\", max = \"{max}\" }}"));
            }
            other => unreachable!("{other:?} has no words in a scenario"),
        }
    }
}

fn read_one(value: &Value<'_>) -> Read<Duration> {
    read_span(value, "ms", Duration::ZERO..=LATENCY_MAX)
}
