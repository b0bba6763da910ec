//! The cells of a table of checks.

use swarmlab_sim::gate::{Check, Verdict};
use swarmlab_sim::measures::{Measure, Unit};

use crate::format::{NONE, duration, percent};

/// The heads of the columns.
pub const HEADS: [&str; 9] =
    ["scenario", "measure", "baseline", "now", "change", "95 % interval", "allowed", "chance", "verdict"];

/// The row of a check.
pub fn cells(check: &Check) -> [String; 9] {
    let measure = check.measure;
    let or_none = |cell: Option<String>| cell.unwrap_or_else(|| NONE.to_owned());
    let interval = check.interval.map(|ends| {
        format!("{} to {}", signed(measure, ends.low), with_unit(measure, signed(measure, ends.high)))
    });
    [
        check.scenario.clone(),
        measure.name.to_owned(),
        or_none(check.base_mean.map(|mean| figure(measure, mean))),
        or_none(check.mean.map(|mean| figure(measure, mean))),
        or_none(check.change.map(|change| with_unit(measure, signed(measure, change)))),
        or_none(interval),
        allowed(check),
        chance(check),
        check.verdict.word().to_owned(),
    ]
}

/// How much worse it may become.
pub fn allowed(check: &Check) -> String {
    with_unit(check.measure, (check.allowed * 1e6).round() / 1e4)
}

/// How likely chance alone does as much, in per cent.
pub fn chance(check: &Check) -> String {
    match check.verdict {
        Verdict::Identical => NONE.to_owned(),
        _ if check.chance < 0.001 => format!("{:.3} %", check.chance * 100.0),
        _ => percent(check.chance),
    }
}

/// A change with its sign, without its unit.
pub fn signed(measure: &Measure, change: f64) -> String {
    let decimals = match measure.unit {
        Unit::Share => 2,
        Unit::Seconds | Unit::Wait | Unit::Copies | Unit::Index => 1,
    };
    let number = format!("{:.decimals$}", change.abs() * 100.0);
    let is_zero = number.chars().all(|c| matches!(c, '0' | '.'));
    match change {
        _ if is_zero => number,
        change if change < 0.0 => format!("−{number}"),
        _ => format!("+{number}"),
    }
}

/// Changes of shares are counted in points, others in per cent.
pub fn with_unit(measure: &Measure, number: impl std::fmt::Display) -> String {
    match measure.unit {
        Unit::Share => format!("{number} points"),
        Unit::Seconds | Unit::Wait | Unit::Copies | Unit::Index => format!("{number} %"),
    }
}

fn figure(measure: &Measure, value: f64) -> String {
    match measure.unit {
        Unit::Seconds | Unit::Wait => duration(value),
        Unit::Share => percent(value),
        Unit::Copies | Unit::Index => format!("{value:.3}"),
    }
}
