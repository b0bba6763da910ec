//! Shares, in per cent: exact, so that what was written as 0.1 % is 0.001 and is written as 0.1 % again.

use super::super::text::{Complaint, Form, Read, Shape, Value, Written, quoted, quoted_toml};
use super::quantity::{decimal, split};

/// A share as a fraction of 1.
#[derive(Clone, Copy)]
pub enum Percent {
    /// From 0 % to 100 %.
    Any,
    /// Over 0 %, up to 100 %.
    Some,
    /// Over 0 % and below 100 %.
    Part,
}

impl Form for Percent {
    type T = f64;

    fn read(&self, value: &Value<'_>) -> Read<f64> {
        if let Some(number) = value.bare_number() {
            return Err(value.refuse(no_unit(number)));
        }
        let words = value.text("a share such as \"50 %\"")?;
        let share = parse(words).map_err(|complaint| value.refuse(complaint))?;
        if self.holds(share) {
            return Ok(share);
        }
        Err(value.refuse(Complaint::new(format!("{} is out of range", quoted(words))).label(self.range())))
    }

    fn shape(&self) -> Shape {
        Shape::Quantity {
            name: "percent",
            what: "a share",
            pattern: super::quantity::pattern(&["%"]),
            units: "`%`".to_owned(),
            range: self.range().to_owned(),
        }
    }
}

impl Written for Percent {
    fn written(&self, value: &f64) -> String {
        quoted_toml(&written(*value))
    }
}

impl Percent {
    fn holds(self, share: f64) -> bool {
        match self {
            Percent::Any => (0.0..=1.0).contains(&share),
            Percent::Some => share > 0.0 && share <= 1.0,
            Percent::Part => share > 0.0 && share < 1.0,
        }
    }

    fn range(self) -> &'static str {
        match self {
            Percent::Any => "0 % to 100 %",
            Percent::Some => "over 0 %, up to 100 %",
            Percent::Part => "over 0 %, below 100 %",
        }
    }
}

/// The share as people read it, exact to the last bit.
fn written(share: f64) -> String {
    // The shortest digits that read as this number, without exponent; the point moves two places.
    let digits = share.to_string();
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let part = format!("{part:0<2}");
    let whole = format!("{whole}{}", &part[..2]);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match &part[2..] {
        "" => format!("{whole} %"),
        part => format!("{whole}.{part} %"),
    }
}

fn parse(words: &str) -> Result<f64, Complaint> {
    let (number, unit) = split(words);
    match unit {
        "" => return Err(no_unit(number)),
        "%" => {}
        _ => {
            return Err(
                Complaint::new(format!("{} is not a unit for a share", quoted(unit))).help("the unit is `%`")
            );
        }
    }
    let Some((mantissa, decimals)) = decimal(number) else {
        return Err(Complaint::new(format!("{} is not a plain number", quoted(number)))
            .label("digits, with a point if need be, without sign, separators or exponent"));
    };
    // Read as a decimal number: the division by 100 moves the point and rounds nothing.
    format!("{mantissa}e-{}", decimals + 2)
        .parse()
        .map_err(|_| Complaint::new(format!("{} is out of all measure", quoted(words))))
}

/// Who writes 0.6 without a unit means a fraction, who writes 60 means per cent.
fn no_unit(number: &str) -> Complaint {
    let meant = match number.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) && number.contains('.') => written(share),
        _ => format!("{number} %"),
    };
    Complaint::new("a share needs a unit").label(format!("did you mean \"{meant}\"?"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, written};

    #[test]
    fn shares_are_exact() {
        assert_eq!(parse("0.1 %"), Ok(0.001));
        assert_eq!(parse("100%"), Ok(1.0));
        assert_eq!(parse(" 33.3 % "), Ok(0.333));
        assert_eq!(parse("0 %"), Ok(0.0));
        assert_eq!(
            [0.0, 0.001, 0.5, 1.0, 0.333, 0.07, 1e-7].map(written),
            ["0 %", "0.1 %", "50 %", "100 %", "33.3 %", "7 %", "0.00001 %"]
        );
        for words in ["0.1", "1e-3 %", "-1 %", "50 percent", "%", "", ".5 %"] {
            assert!(parse(words).is_err(), "{words}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(share in prop_oneof![0.0f64..=1.0, 1e-6f64..1e-3]) {
            prop_assert_eq!(parse(&written(share)), Ok(share));
        }
    }
}
