//! `rates`: access rates that change while a run goes on.

use std::path::PathBuf;
use std::time::Duration;

use super::stop::SIMULATED_TIME_MAX;
use super::text::{Cases, Complaint, ExistingPath, Fields, Keys, List, OneOf, Read, Table, Written};
use super::traces::RateTrace;
use super::value::{LINK_RATE, Span};

/// How the access rates of a group's hosts change, in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateSteps {
    /// `{ trace = "cell.csv" }`: the file that the steps were read from.
    pub trace: Option<PathBuf>,
    /// The steps, `at` strictly increasing; none keeps the rates as they are.
    pub steps: Vec<RateStep>,
}

/// New rates from one moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStep {
    /// `at`: simulated time. Required.
    pub at: Duration,
    /// `up`, in bit/s. Default: as before.
    pub up_bits_per_s: Option<u64>,
    /// `down`, in bit/s. Default: as before.
    pub down_bits_per_s: Option<u64>,
}

/// More of them are better kept in a file.
const STEPS_MAX: usize = 1_000;
const AT: Span = Span("s", Duration::ZERO..=SIMULATED_TIME_MAX);
const STEPS: List<Table<RateStep>> = List(Table { read: read_step, write: write_step }, STEPS_MAX);

/// How it is said.
pub const RATES: OneOf<RateSteps> = OneOf { what: "a course of rates", cases, write };

fn cases(cases: &mut Cases<'_, '_, RateSteps>) {
    cases.list(
        "[{ at = \"60 s\", up = \"1 Mbit/s\", down = \"4 Mbit/s\" }]",
        "Steps, in the order of time.",
        &STEPS,
        |steps| RateSteps { trace: None, steps },
    );
    cases.table(
        &["trace"],
        "{ trace = \"cell.csv\" }",
        "Steps from a file with the columns `time_s`, `up_bits_per_s` and `down_bits_per_s`.",
        |keys| keys.required("trace", "\"cell.csv\"", "The file.", &RateTrace),
    );
}

fn read_step(keys: &mut Keys<'_>) -> Read<RateStep> {
    let at = keys.required("at", "\"60 s\"", "When, in simulated time.", &AT);
    let up = keys.optional("up", "The rate up from then on. If left out: as before.", &LINK_RATE);
    let down = keys.optional("down", "The rate down from then on. If left out: as before.", &LINK_RATE);
    let (at, up_bits_per_s, down_bits_per_s) = (at?, up?, down?);
    if up_bits_per_s.is_none() && down_bits_per_s.is_none() {
        let complaint = Complaint::new("this step changes nothing").label("add `up`, `down` or both");
        return Err(keys.refuse(complaint));
    }
    Ok(RateStep { at, up_bits_per_s, down_bits_per_s })
}

fn write_step(step: &RateStep, fields: &mut Fields) {
    fields.put("at", &AT, &step.at);
    fields.put_some("up", &LINK_RATE, &step.up_bits_per_s);
    fields.put_some("down", &LINK_RATE, &step.down_bits_per_s);
}

fn write(rates: &RateSteps) -> String {
    match &rates.trace {
        Some(path) => Fields::inline(|fields| fields.put("trace", &ExistingPath, path)),
        None => STEPS.written(&rates.steps),
    }
}
