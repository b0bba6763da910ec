//! `on_complete`: what a host does once it has everything.

use std::time::Duration;

use super::spans::Spans;
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Complaint, Read, Value, Writer};
use super::value::{read_span, span_written};

const FORMS: &str = "known are \"stay\", \"leave\" and { stay = \"30 s\" }";

/// What a host does once it has everything. A seed has everything when it arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OnComplete {
    /// `"stay"`: it seeds to the end of the run.
    Stay,
    /// `"leave"`: it is gone at once.
    Leave,
    /// `{ stay = "30 s" }`: it seeds for such a span and leaves then.
    StayFor(Spans),
}

impl OnComplete {
    pub(super) fn read(value: &Value<'_>) -> Read<OnComplete> {
        if !value.is_table() {
            return match value.text("\"stay\", \"leave\", or a table")? {
                "stay" => Ok(OnComplete::Stay),
                "leave" => Ok(OnComplete::Leave),
                _ => {
                    Err(value.refuse(Complaint::new("a host can't do this when it is complete").help(FORMS)))
                }
            };
        }
        value.table(|keys| {
            let stay = keys.required("stay", "\"30 s\"", |value| {
                read_span(value, "s", Duration::ZERO..=SIMULATED_TIME_MAX)
            });
            Ok(OnComplete::StayFor(Spans::Constant(stay?)))
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match *self {
            OnComplete::Stay => out.text("on_complete", "stay"),
            OnComplete::Leave => out.text("on_complete", "leave"),
            OnComplete::StayFor(Spans::Constant(span)) => {
                out.bare("on_complete", format_args!("{{ stay = \"{}\" }}", span_written(span)));
            }
            OnComplete::StayFor(_) => {}
        }
    }
}
