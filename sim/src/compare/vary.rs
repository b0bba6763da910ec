//! What is varied: `picker=rarest-first,random`, or `seed.up=1Mbit/s..100Mbit/s:log5`.

use std::fmt;
use std::str::FromStr;

use crate::scenario::Scenario;

/// Steps of a sweep at most.
const STEPS_MAX: usize = 1_000;
/// Tables of a scenario; a key that begins with one of them is a path as `--set` has it.
const TABLES: [&str; 8] = ["torrent", "network", "tracker", "links", "peers", "events", "stop", "seed"];

/// A key of the scenario, and the values that it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// As it was given.
    pub key: String,
    /// In the order given; the first is what the others are compared with.
    pub values: Vec<Value>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// As the scenario takes it.
    pub text: String,
    /// The number in it, if it begins with one: where it stands on an axis.
    pub number: Option<f64>,
}

/// What can't be varied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaryError {
    /// There is no `=`.
    #[error("`{0}` names no values: write KEY=VALUE,VALUE,… or KEY=FROM..TO:logN")]
    NoValues(String),
    /// One value, or none, is no comparison.
    #[error("`{0}` needs two different values at least")]
    OneValue(String),
    /// A sweep that is none.
    #[error("`{0}` is no sweep: write FROM..TO:logN or FROM..TO:linN, like 1Mbit/s..100Mbit/s:log5")]
    Sweep(String),
    /// A key without a table that the groups don't have.
    #[error("`{key}` names neither a table of the scenario nor one of its groups ({groups})")]
    Key {
        /// What was asked for.
        key: String,
        /// The names of the groups.
        groups: String,
    },
}

impl FromStr for Vary {
    type Err = VaryError;

    fn from_str(text: &str) -> Result<Vary, VaryError> {
        let (key, values) = text.split_once('=').ok_or_else(|| VaryError::NoValues(text.to_owned()))?;
        let values: Vec<String> = match values.split_once("..") {
            Some(_) => sweep(values).ok_or_else(|| VaryError::Sweep(values.to_owned()))?,
            None => values.split(',').map(|value| value.trim().to_owned()).collect(),
        };
        let is_repeated = |(at, value): (usize, &String)| values[..at].contains(value);
        let is_wrong = values.len() < 2
            || values.iter().any(String::is_empty)
            || values.iter().enumerate().any(is_repeated);
        if is_wrong {
            return Err(VaryError::OneValue(text.to_owned()));
        }
        let values = values.into_iter().map(Value::new).collect();
        Ok(Vary { key: key.trim().to_owned(), values })
    }
}

impl fmt::Display for Vary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<&str> = self.values.iter().map(|value| value.text.as_str()).collect();
        write!(f, "{}={}", self.key, values.join(","))
    }
}

impl Vary {
    /// Where in the scenario its key stands: a path from the top; a group and its key; or a key that every group has.
    pub fn paths(&self, scenario: &Scenario) -> Result<Vec<String>, VaryError> {
        let first = self.key.split('.').next().unwrap_or_default();
        let groups = || scenario.groups.iter().map(|group| group.name.as_str());
        let is_group_key = self.key.contains('.') && groups().any(|group| group == first);
        if is_group_key && first != "peers" {
            Ok(vec![format!("peers.{}", self.key)])
        } else if TABLES.contains(&first) {
            Ok(vec![self.key.clone()])
        } else if !self.key.contains('.') {
            Ok(groups().map(|group| format!("peers.{group}.{}", self.key)).collect())
        } else {
            let groups = groups().collect::<Vec<_>>().join(", ");
            Err(VaryError::Key { key: self.key.clone(), groups })
        }
    }

    /// All values are numbers in one unit: they can be laid along an axis.
    pub fn is_numeric(&self) -> bool {
        let unit = |value: &Value| value.number.map(|_| split(&value.text).1.to_owned());
        let first = self.values.first().and_then(unit);
        first.is_some() && self.values.iter().all(|value| unit(value) == first)
    }

    /// The unit of its values, empty if they have none.
    pub fn unit(&self) -> &str {
        self.values.first().map_or("", |value| split(&value.text).1)
    }
}

impl Value {
    fn new(text: String) -> Value {
        let number = split(&text).0.parse().ok();
        Value { text, number }
    }
}

/// Number and unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

/// The values of `FROM..TO:log5` or `FROM..TO:lin5`, both ends in one unit, which the first may leave out.
fn sweep(text: &str) -> Option<Vec<String>> {
    let (from, rest) = text.split_once("..")?;
    let (to, how) = rest.split_once(':')?;
    let ((from, from_unit), (to, unit)) = (split(from.trim()), split(to.trim()));
    if !from_unit.is_empty() && from_unit != unit {
        return None;
    }
    let (from, to): (f64, f64) = (from.parse().ok()?, to.parse().ok()?);
    let (is_log, steps) = match (how.strip_prefix("log"), how.strip_prefix("lin")) {
        (Some(steps), _) => (true, steps),
        (None, Some(steps)) => (false, steps),
        (None, None) => return None,
    };
    let steps: usize = steps.parse().ok().filter(|steps| (2..=STEPS_MAX).contains(steps))?;
    if is_log && (from <= 0.0 || to <= 0.0) {
        return None;
    }
    let at = |step: usize| {
        let share = step as f64 / (steps - 1) as f64;
        if is_log { from * (to / from).powf(share) } else { from + (to - from) * share }
    };
    let space = if unit.is_empty() { "" } else { " " };
    Some((0..steps).map(|step| format!("{}{space}{unit}", short(at(step)))).collect())
}

/// Four digits are enough for a step, and read well.
fn short(number: f64) -> f64 {
    if number == 0.0 {
        return 0.0;
    }
    let digits = 3 - number.abs().log10().floor() as i32;
    let factor = 10_f64.powi(digits);
    (number * factor).round() / factor
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(vary: &str) -> Vec<String> {
        vary.parse::<Vary>().unwrap().values.into_iter().map(|value| value.text).collect()
    }

    #[test]
    fn values_are_listed_or_swept() {
        assert_eq!(texts("picker=rarest-first, random"), ["rarest-first", "random"]);
        assert_eq!(texts("a.up=1Mbit/s..100Mbit/s:log3"), ["1 Mbit/s", "10 Mbit/s", "100 Mbit/s"]);
        assert_eq!(texts("a.up=1..2Mbit/s:lin3"), ["1 Mbit/s", "1.5 Mbit/s", "2 Mbit/s"]);
        assert_eq!(texts("a.count=10..40:lin4"), ["10", "20", "30", "40"]);
        assert_eq!(texts("a.count=1..10:log4"), ["1", "2.154", "4.642", "10"]);
    }

    #[test]
    fn what_is_no_comparison_is_refused() {
        for wrong in ["picker", "picker=", "picker=random", "picker=a,a", "picker=a,,b"] {
            assert!(wrong.parse::<Vary>().is_err(), "{wrong}");
        }
        for wrong in
            ["1..2", "1..2:log1", "1..2:5", "0..2:log3", "1kbit/s..2Mbit/s:lin3", "a..b:lin3", "1..2:lin9999"]
        {
            let error = format!("x.up={wrong}").parse::<Vary>().unwrap_err();
            assert!(matches!(error, VaryError::Sweep(_)), "{wrong}");
        }
    }

    #[test]
    fn only_numbers_in_one_unit_lie_on_an_axis() {
        let is_numeric = |text: &str| text.parse::<Vary>().unwrap().is_numeric();
        assert!(is_numeric("a.up=1 Mbit/s,2 Mbit/s") && is_numeric("a.count=1,2"));
        assert!(!is_numeric("a.up=1 Mbit/s,2 Gbit/s") && !is_numeric("picker=random,sequential"));
    }
}
