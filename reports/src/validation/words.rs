//! The numbers of a row as people read them.

use swarmlab_sim::validate::{Range, Row, Unit};

use crate::chart::grouped;
use crate::format::NONE;

/// A value with its unit.
pub fn value(value: f64, unit: Unit) -> String {
    format!("{}{}", number(value, unit), suffix(unit))
}

/// The mean and its interval: `1.204 ± 0.012`.
pub fn simulated(row: &Row) -> String {
    let Some(estimate) = row.estimate else { return NONE.to_owned() };
    let mean = number(estimate.mean, row.unit);
    let suffix = suffix(row.unit);
    match estimate.half_width {
        Some(half_width) if half_width > 0.0 => format!("{mean} ± {}{suffix}", number(half_width, row.unit)),
        _ => format!("{mean}{suffix}"),
    }
}

/// From the least to the largest value of all seeds.
pub fn extent(row: &Row) -> String {
    let values = row.values.known();
    let least = values.iter().copied().reduce(f64::min);
    let most = values.iter().copied().reduce(f64::max);
    match least.zip(most) {
        Some((least, most)) if values.len() > 1 => {
            format!("{} to {}", number(least, row.unit), value(most, row.unit))
        }
        _ => NONE.to_owned(),
    }
}

/// What is allowed: `≥ 1`, `≤ 1.1`, `0.9 to 1.1`.
pub fn tolerance(range: Range, unit: Unit) -> String {
    match (range.low, range.high) {
        (Some(low), Some(high)) if low == high => format!("= {}", value(low, unit)),
        (Some(low), Some(high)) => format!("{} to {}", number(low, unit), value(high, unit)),
        (Some(low), None) => format!("≥ {}", value(low, unit)),
        (None, Some(high)) => format!("≤ {}", value(high, unit)),
        (None, None) => NONE.to_owned(),
    }
}

fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{:.1}", value * 100.0),
        Unit::Seconds => format!("{value:.1}"),
        Unit::Bytes => grouped(value),
        Unit::PerSecond => format!("{value:.4}"),
        Unit::Number if value.abs() >= 10.0 => format!("{value:.1}"),
        Unit::Number => format!("{value:.3}"),
    }
}

fn suffix(unit: Unit) -> &'static str {
    match unit {
        Unit::Number => "",
        Unit::Share => " %",
        Unit::Seconds => " s",
        Unit::PerSecond => " /s",
        Unit::Bytes => " B",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        assert_eq!(value(0.953, Unit::Share), "95.3 %");
        assert_eq!(value(-0.0512, Unit::PerSecond), "-0.0512 /s");
        assert_eq!(tolerance(Range::at_least(1.0), Unit::Number), "≥ 1.000");
        assert_eq!(tolerance(Range::between(337.5, 412.5), Unit::Seconds), "337.5 to 412.5 s");
        assert_eq!(tolerance(Range::between(0.0, 0.0), Unit::Bytes), "= 0 B");
    }
}
