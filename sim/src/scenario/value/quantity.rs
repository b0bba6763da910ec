//! A number and its unit, exactly: the number is decimal, the result a whole count of the smallest unit.

use std::ops::RangeInclusive;

use super::super::text::{Complaint, Form, Read, Shape, Value, Written, list, quoted, quoted_toml};

/// A kind of quantity: what it is called and which units it is said in.
pub struct Quantity {
    /// In one word.
    pub name: &'static str,
    /// With its article: "a rate".
    pub what: &'static str,
    /// All units, smallest first.
    pub units: &'static [Unit],
    /// The unit to write zero in.
    pub zero_unit: &'static str,
}

/// A quantity within a range, in its smallest unit.
pub struct Within {
    /// The kind.
    pub kind: &'static Quantity,
    /// The unit to propose where none is given.
    pub usual: &'static str,
    /// The range.
    pub range: RangeInclusive<u64>,
}

impl Form for Within {
    type T = u64;

    fn read(&self, value: &Value<'_>) -> Read<u64> {
        self.kind.read(value, self.usual, self.range.clone())
    }

    fn shape(&self) -> Shape {
        self.kind.shape(&self.range)
    }
}

impl Written for Within {
    fn written(&self, value: &u64) -> String {
        quoted_toml(&self.kind.written(*value))
    }
}

/// A unit.
pub struct Unit {
    /// As it is written.
    pub name: &'static str,
    /// How many of the smallest unit it is.
    pub base: u64,
    /// Whether values are written in it; the others are only read.
    pub written: bool,
    /// What people write when they mean this unit: not accepted, since some of it is ambiguous, but proposed.
    pub slips: &'static [&'static str],
}

impl Quantity {
    /// All that reads as one.
    pub fn shape(&self, range: &RangeInclusive<u64>) -> Shape {
        let names: Vec<&str> = self.units.iter().map(|unit| unit.name).collect();
        Shape::Quantity {
            name: self.name,
            what: self.what,
            pattern: pattern(&names),
            units: list(names),
            range: format!("{} to {}", self.written(*range.start()), self.written(*range.end())),
        }
    }

    /// The value in the smallest unit, if it lies within `range`. `usual` is the unit to propose where none is given.
    pub fn read(&self, value: &Value<'_>, usual: &str, range: RangeInclusive<u64>) -> Read<u64> {
        if let Some(number) = value.bare_number() {
            return Err(value.refuse(self.no_unit(number, usual)));
        }
        let words = value.text(&format!("{} such as \"20 {usual}\"", self.what))?;
        let number = self.parse(words, usual).map_err(|complaint| value.refuse(complaint))?;
        if range.contains(&number) {
            return Ok(number);
        }
        Err(value.refuse(self.out_of_range(words, number, &range)))
    }

    /// The value that `words` say, in the smallest unit.
    pub(super) fn parse(&self, words: &str, usual: &str) -> Result<u64, Complaint> {
        let (number, name) = split(words);
        if number.is_empty() {
            return Err(Complaint::new(format!("{} is a number and a unit", self.what))
                .label(format!("expected for instance \"20 {usual}\"")));
        }
        if number.starts_with('-') {
            return Err(Complaint::new(format!("{} can't be negative", self.what)));
        }
        if name.is_empty() {
            return Err(self.no_unit(number, usual));
        }
        let Some(unit) = self.units.iter().find(|unit| unit.name == name) else {
            return Err(self.no_such_unit(name));
        };
        let (mantissa, decimals) = decimal(number).ok_or_else(|| {
            Complaint::new(format!("{} is not a plain number", quoted(number)))
                .label("digits, with a point if need be, without separators or exponent")
        })?;
        let scale = 10u128.pow(decimals);
        let scaled = mantissa.checked_mul(u128::from(unit.base)).map(|product| (product + scale / 2) / scale);
        scaled
            .and_then(|whole| u64::try_from(whole).ok())
            .ok_or_else(|| Complaint::new(format!("{} is out of all measure", quoted(words))))
    }

    /// `number` of the smallest unit as people read it: in the largest unit that needs no fraction.
    pub fn written(&self, number: u64) -> String {
        let exact = |unit: &&Unit| unit.written && number.is_multiple_of(unit.base);
        match self.units.iter().filter(exact).max_by_key(|unit| unit.base) {
            Some(unit) if number > 0 => format!("{} {}", number / unit.base, unit.name),
            _ => format!("{number} {}", self.zero_unit),
        }
    }

    fn no_unit(&self, number: &str, usual: &str) -> Complaint {
        Complaint::new(format!("{} needs a unit", self.what))
            .label(format!("did you mean \"{number} {usual}\"?"))
            .help(self.units_in_words())
    }

    fn no_such_unit(&self, name: &str) -> Complaint {
        let mut complaint = Complaint::new(format!("{} is not a unit for {}", quoted(name), self.what));
        // Units are so short that the nearest word is often another kind's: only known slips count.
        let slip = |unit: &&Unit| unit.slips.contains(&name);
        let case = |unit: &&Unit| unit.name.eq_ignore_ascii_case(name);
        if let Some(unit) = self.units.iter().find(slip).or_else(|| self.units.iter().find(case)) {
            complaint = complaint.label(format!("did you mean {}?", quoted(unit.name)));
        }
        complaint.help(self.units_in_words())
    }

    fn out_of_range(&self, words: &str, number: u64, range: &RangeInclusive<u64>) -> Complaint {
        let (least, most) = (self.written(*range.start()), self.written(*range.end()));
        if number == 0 {
            return Complaint::new(format!("{} can't be zero here", self.what))
                .label(format!("at least {least}"));
        }
        let (side, limit) = if number < *range.start() {
            ("below", format!("at least {least}"))
        } else {
            ("over", format!("at most {most}"))
        };
        Complaint::new(format!("{} is {side} the limit", quoted(words))).label(limit)
    }

    fn units_in_words(&self) -> String {
        format!("the units are {}", list(self.units.iter().map(|unit| unit.name)))
    }
}

/// The regular expression of a plain number and one of `units`, none of whose letters means anything there.
pub fn pattern(units: &[&str]) -> String {
    format!("^\\s*[0-9]+(\\.[0-9]+)?\\s*({})\\s*$", units.join("|"))
}

/// The number at the front of `words` and the unit behind it, either possibly empty.
pub fn split(words: &str) -> (&str, &str) {
    let words = words.trim();
    let end =
        words.find(|c: char| !matches!(c, '0'..='9' | '.' | ',' | '_' | '-' | '+')).unwrap_or(words.len());
    (&words[..end], words[end..].trim_start())
}

/// The digits of a decimal number and how many of them stand behind the point.
pub fn decimal(number: &str) -> Option<(u128, u32)> {
    /// More digits than any quantity needs, few enough that ten to their power fits in 128 bits.
    const DIGITS_MAX: usize = 24;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !plain(whole) || !plain(part) || whole.len() + part.len() > DIGITS_MAX {
        return None;
    }
    let mantissa = format!("{whole}{part}").parse().ok()?;
    Some((mantissa, part.len() as u32))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{SIZE, rate::RATE, span::SPAN};

    #[test]
    fn decimal_and_binary_units_differ() {
        assert_eq!(SIZE.parse("1 kB", "B"), Ok(1000));
        assert_eq!(SIZE.parse("1 KiB", "B"), Ok(1024));
        assert_eq!(RATE.parse("1 kB/s", "bit/s"), Ok(8000));
        assert_eq!(RATE.parse("1KiB/s", "bit/s"), Ok(8192));
        assert_eq!(RATE.parse(" 1.5 kbit/s ", "bit/s"), Ok(1500));
        assert_eq!(SPAN.parse("0.25 ms", "s"), Ok(250_000));
    }

    #[test]
    fn numbers_are_plain() {
        for words in ["1,000 B", "1_000 B", "1e3 B", "1. B", ".5 B", "+1 B", "1.2.3 B", "", "B", "-1 B", "1"]
        {
            assert!(SIZE.parse(words, "B").is_err(), "{words}");
        }
        assert!(SIZE.parse(&format!("{} B", "9".repeat(1000)), "B").is_err());
        assert!(SPAN.parse("999999999999999999999999 d", "s").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(number: u64) {
            for kind in [&RATE, &SIZE, &SPAN] {
                prop_assert_eq!(kind.parse(&kind.written(number), "?"), Ok(number));
            }
        }

        #[test]
        fn any_words_are_answered(words: String) {
            for kind in [&RATE, &SIZE, &SPAN] {
                let _ = kind.parse(&words, "?");
            }
        }
    }
}
