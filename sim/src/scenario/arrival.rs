//! `arrival`: how the hosts of a group come.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::spans::{SPANS, Spans};
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Cases, Fields, Keys, OneOf, Read, quoted_toml};
use super::traces::ARRIVAL_TIMES;
use super::value::{Frequency, Span};

/// From one in thirty years to one every microsecond.
const PER_S: Frequency = Frequency(1e-9..=1e6);
const POSITIVE: Span = Span("s", Duration::from_nanos(1)..=SIMULATED_TIME_MAX);

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

/// How it is said.
pub const ARRIVAL: OneOf<Arrival> = OneOf { what: "an arrival", cases, write };

fn cases(cases: &mut Cases<'_, '_, Arrival>) {
    cases.word("at once", "All at the same moment: a flash crowd.", Arrival::AtOnce);
    cases.table(&["spread"], "{ spread = \"60 s\" }", "Evenly over this span.", |keys| {
        let span = keys.required("spread", "\"60 s\"", "The span.", &POSITIVE);
        Ok(Arrival::Spread(span?))
    });
    cases.table(
        &["poisson"],
        "{ poisson = \"0.5 /s\" }",
        "Each on its own, with exponential gaps, until the group's count has come.",
        |keys| {
            let per_s = keys.required("poisson", "\"0.5 /s\"", "The mean number of arrivals.", &PER_S);
            Ok(Arrival::Poisson { per_s: per_s? })
        },
    );
    cases.table(
        &["decay"],
        "{ decay = \"2 /s\", tau = \"1 d\" }",
        "A flash crowd that dies down, λ(t) = λ0·e^(−t/τ) (Guo et al. 2005): λ0·τ hosts on average, and never more than \
         the group's count.",
        read_decay,
    );
    cases.table(
        &["gaps"],
        "{ gaps = { weibull = \"2 s\", shape = 0.53 } }",
        "Each after a gap drawn anew, until the group's count has come.",
        |keys| {
            let gaps = keys.required("gaps", "\"2 s\"", "The gaps.", &SPANS);
            Ok(Arrival::Gaps(gaps?))
        },
    );
    cases.table(
        &["trace"],
        "{ trace = \"arrivals.csv\" }",
        "At the times of a file with the column `time_s`, until the group's count has come or the file ends.",
        |keys| {
            let trace = keys.required("trace", "\"arrivals.csv\"", "The file.", &ARRIVAL_TIMES);
            Ok(Arrival::Trace(trace?))
        },
    );
}

fn read_decay(keys: &mut Keys<'_>) -> Read<Arrival> {
    let per_s = keys.required("decay", "\"2 /s\"", "λ0, the mean number of arrivals at first.", &PER_S);
    let tau = keys.required("tau", "\"1 d\"", "τ, after which 1/e of the rate is left.", &POSITIVE);
    Ok(Arrival::Decay { per_s: per_s?, tau: tau? })
}

fn write(arrival: &Arrival) -> String {
    if *arrival == Arrival::AtOnce {
        return quoted_toml("at once");
    }
    Fields::inline(|fields| match arrival {
        Arrival::AtOnce => {}
        Arrival::Spread(span) => fields.put("spread", &POSITIVE, span),
        Arrival::Poisson { per_s } => fields.put("poisson", &PER_S, per_s),
        Arrival::Decay { per_s, tau } => {
            fields.put("decay", &PER_S, per_s);
            fields.put("tau", &POSITIVE, tau);
        }
        Arrival::Gaps(gaps) => fields.put("gaps", &SPANS, gaps),
        Arrival::Trace(trace) => fields.put("trace", &ARRIVAL_TIMES, trace),
    })
}
