//! How often something happens: a mean number of times a second, any fraction allowed.

use std::ops::RangeInclusive;

use super::super::text::{Complaint, Form, Read, Shape, Value, Written, list, quoted, quoted_toml};
use super::quantity::{pattern, split};

/// The units and how many seconds each is.
const UNITS: &[(&str, f64)] = &[("/s", 1.0), ("/min", 60.0), ("/h", 3600.0)];

/// Times a second within a range.
pub struct Frequency(pub RangeInclusive<f64>);

impl Form for Frequency {
    type T = f64;

    fn read(&self, value: &Value<'_>) -> Read<f64> {
        read(value, self.0.clone())
    }

    fn shape(&self) -> Shape {
        let names: Vec<&str> = UNITS.iter().map(|(name, _)| *name).collect();
        Shape::Quantity {
            name: "frequency",
            what: "a frequency",
            pattern: pattern(&names),
            units: list(names),
            range: format!("{} to {}", written(*self.0.start()), written(*self.0.end())),
        }
    }
}

impl Written for Frequency {
    fn written(&self, value: &f64) -> String {
        quoted_toml(&written(*value))
    }
}

fn read(value: &Value<'_>, range: RangeInclusive<f64>) -> Read<f64> {
    if let Some(number) = value.bare_number() {
        return Err(value.refuse(no_unit(number)));
    }
    let words = value.text("a frequency such as \"0.5 /s\"")?;
    let per_s = parse(words).map_err(|complaint| value.refuse(complaint))?;
    if range.contains(&per_s) {
        return Ok(per_s);
    }
    let complaint = if per_s <= 0.0 {
        Complaint::new("a frequency is over zero")
    } else {
        let limits = format!("from {} to {}", written(*range.start()), written(*range.end()));
        Complaint::new(format!("{} is out of range", quoted(words))).label(limits)
    };
    Err(value.refuse(complaint))
}

/// The frequency as people read it, exact to the last bit.
fn written(per_s: f64) -> String {
    format!("{per_s} /s")
}

fn parse(words: &str) -> Result<f64, Complaint> {
    let (number, name) = split(words);
    if name.is_empty() {
        return Err(no_unit(number));
    }
    let Some((_, seconds)) = UNITS.iter().find(|(unit, _)| *unit == name) else {
        return Err(Complaint::new(format!("{} is not a unit of frequency", quoted(name))).help(units()));
    };
    match number.parse::<f64>() {
        Ok(number) => Ok(number / seconds),
        Err(_) => Err(Complaint::new(format!("{} is not a plain number", quoted(number)))),
    }
}

fn no_unit(number: &str) -> Complaint {
    Complaint::new("a frequency needs a unit").label(format!("did you mean \"{number} /s\"?")).help(units())
}

fn units() -> String {
    format!("the units are {}", list(UNITS.iter().map(|(name, _)| *name)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, written};

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(per_s in 1e-9f64..1e9) {
            prop_assert_eq!(parse(&written(per_s)), Ok(per_s));
        }
    }
}
