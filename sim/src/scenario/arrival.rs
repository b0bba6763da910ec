//! `arrival`: how the hosts of a group come.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::spans::Spans;
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Complaint, Read, Value, Writer};
use super::value::{frequency_written, read_frequency, read_span, span_written};

/// From one in thirty years to one every microsecond.
const PER_S: std::ops::RangeInclusive<f64> = 1e-9..=1e6;

const FORMS: &str = "an arrival is \"at once\", { spread = \"60 s\" } or { poisson = \"0.5 /s\" }";

/// How the hosts of a group come, from the group's `start` on.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrival {
    /// `"at once"`: a flash crowd.
    AtOnce,
    /// `{ spread = "60 s" }`: evenly over this span.
    Spread(Duration),
    /// `{ poisson = "0.5 /s" }`: each on its own, with exponential gaps, until the group's count has come.
    Poisson {
        /// The mean number of arrivals a second.
        per_s: f64,
    },
    /// `{ decay = "2 /s", tau = "1 d" }`: λ(t) = λ0·e^(−t/τ), a flash crowd that dies down (Guo et al. 2005), until the
    /// group's count has come. Only λ0·τ hosts come on average, however many the group counts.
    Decay {
        /// λ0, the mean number of arrivals a second at first.
        per_s: f64,
        /// τ, over zero.
        tau: Duration,
    },
    /// `{ gaps = … }`: each after a span drawn anew, until the group's count has come.
    Gaps(Spans),
    /// `{ trace = "arrivals.csv" }`: at the times of a file, until the group's count has come or the file ends.
    Trace(Trace),
}

/// Times of arrival from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The file.
    pub path: PathBuf,
    /// Its times, from the group's `start` on, not falling.
    pub times: Arc<[Duration]>,
}

impl Arrival {
    pub(super) fn read(value: &Value<'_>) -> Read<Arrival> {
        if !value.is_table() {
            return match value.text("\"at once\", or a table")? {
                "at once" => Ok(Arrival::AtOnce),
                _ => Err(value.refuse(Complaint::new("there is no such arrival").help(FORMS))),
            };
        }
        value.table(|keys| {
            let spread = keys.optional("spread", |value| {
                read_span(value, "s", Duration::from_nanos(1)..=SIMULATED_TIME_MAX)
            });
            let poisson = keys.optional("poisson", |value| read_frequency(value, PER_S));
            match (spread?, poisson?) {
                (Some(span), None) => Ok(Arrival::Spread(span)),
                (None, Some(per_s)) => Ok(Arrival::Poisson { per_s }),
                _ => Err(keys.refuse(Complaint::new("an arrival is of one kind").help(FORMS))),
            }
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match *self {
            Arrival::AtOnce => out.text("arrival", "at once"),
            Arrival::Spread(span) => {
                out.bare("arrival", format_args!("{{ spread = \"{}\" }}", span_written(span)));
            }
            Arrival::Decay { .. } | Arrival::Gaps(_) | Arrival::Trace(_) => {}
            Arrival::Poisson { per_s } => {
                out.bare("arrival", format_args!("{{ poisson = \"{}\" }}", frequency_written(per_s)));
            }
        }
    }
}
