//! `returns`: hosts that gave up and try again.

use super::spans::{SPANS, Spans};
use super::text::{Count, Fields, Keys, Read, Table};

/// How a host that aborted comes back, with what it has kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Returns {
    /// `after`: how long it is away. Required.
    pub after: Spans,
    /// `times`: how often it comes back at most. Default: 1.
    pub times: u32,
}

/// Once an hour for a year is more than any person would.
const TIMES: Count = Count(1..=10_000);

/// How it is said.
pub const RETURNS: Table<Returns> = Table { read, write };

fn read(keys: &mut Keys<'_>) -> Read<Returns> {
    let after = keys.required("after", "\"10 min\"", "How long it is away.", &SPANS);
    let times = keys.or("times", "How often a host comes back at most.", 1, &TIMES);
    Ok(Returns { after: after?, times: times? })
}

fn write(returns: &Returns, fields: &mut Fields) {
    fields.put("after", &SPANS, &returns.after);
    fields.put("times", &TIMES, &returns.times);
}
