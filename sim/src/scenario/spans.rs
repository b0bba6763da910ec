//! Spans of time that hosts differ in: how long they stay, when they give up, when they come back.

use std::time::Duration;

use super::measured::{MeasuredSessions, SESSIONS};
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Cases, Complaint, Fields, Keys, Number, OneOf, Read, Words, Written};
use super::value::{Span, span_written};

/// Where a span comes from; each host draws its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spans {
    /// `"30 s"`: the same for all.
    Constant(Duration),
    /// `{ min = "10 s", max = "60 s" }`: every value between both bounds as likely.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// `{ exponential = "500 s" }`.
    Exponential {
        /// The mean, over zero.
        mean: Duration,
    },
    /// `{ weibull = "42.4 min", shape = 0.38 }`. `{ measured = "debian" }` is read as one of these.
    Weibull {
        /// The shape parameter k, over zero; below 1 the tail is heavier than exponential.
        shape: f64,
        /// The scale parameter λ, over zero: 63.2 % of the spans are shorter.
        scale: Duration,
    },
}

/// A span in which something can happen.
const ANY: Span = Span("s", Duration::ZERO..=SIMULATED_TIME_MAX);
/// A mean or a scale: of nothing there is no distribution.
const SCALE: Span = Span("min", Duration::from_nanos(1)..=SIMULATED_TIME_MAX);
/// From a distribution that is hardly one any more to one that hardly spreads.
const SHAPE: Number = Number(0.05..=100.0);

/// How spans are said.
pub const SPANS: OneOf<Spans> = OneOf { what: "a distribution of spans", cases, write };

fn cases(cases: &mut Cases<'_, '_, Spans>) {
    cases.plain("\"30 s\"", "The same for all.", &ANY, Spans::Constant);
    cases.table(
        &["min", "max"],
        "{ min = \"10 s\", max = \"60 s\" }",
        "Drawn evenly between both bounds.",
        read_uniform,
    );
    cases.table(&["exponential"], "{ exponential = \"500 s\" }", "Exponential, with this mean.", |keys| {
        let mean = keys.required("exponential", "\"500 s\"", "The mean.", &SCALE);
        Ok(Spans::Exponential { mean: mean? })
    });
    cases.table(
        &["weibull"],
        "{ weibull = \"42.4 min\", shape = 0.38 }",
        "Weibull: below a shape of 1 most spans are short and a few very long.",
        |keys| {
            let scale = keys.required("weibull", "\"42.4 min\"", "The scale: 63.2 % are shorter.", &SCALE);
            let shape = keys.required("shape", "0.38", "The shape.", &SHAPE);
            Ok(Spans::Weibull { scale: scale?, shape: shape? })
        },
    );
    cases.table(
        &["measured"],
        "{ measured = \"debian\" }",
        "A Weibull distribution fitted to measured session lengths (Stutzbach and Rejaie 2006).",
        |keys| {
            let name =
                keys.required("measured", "\"debian\"", "Which swarm.", &Words("measured session", SESSIONS));
            let MeasuredSessions { shape, scale } = name?;
            Ok(Spans::Weibull { shape, scale })
        },
    );
}

fn read_uniform(keys: &mut Keys<'_>) -> Read<Spans> {
    let min = keys.required("min", "\"10 s\"", "The shortest.", &ANY);
    let max = keys.required("max", "\"60 s\"", "The longest.", &ANY);
    let (min, max) = (min?, max?);
    if min > max {
        let label = format!("the longest is {}", span_written(max));
        return Err(keys.refuse_key("min", Complaint::new("the shortest is over the longest").label(label)));
    }
    Ok(Spans::Uniform { min, max })
}

fn write(spans: &Spans) -> String {
    match spans {
        Spans::Constant(span) => ANY.written(span),
        Spans::Uniform { min, max } => Fields::inline(|fields| {
            fields.put("min", &ANY, min);
            fields.put("max", &ANY, max);
        }),
        Spans::Exponential { mean } => Fields::inline(|fields| fields.put("exponential", &SCALE, mean)),
        Spans::Weibull { shape, scale } => Fields::inline(|fields| {
            fields.put("weibull", &SCALE, scale);
            fields.put("shape", &SHAPE, shape);
        }),
    }
}
