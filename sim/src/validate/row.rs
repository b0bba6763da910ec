//! One claim beside what was simulated.

use serde::{Deserialize, Serialize};

use super::statistics::Estimate;
use super::verdict::{Range, Rule, Verdict, estimate};

/// What a row's numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A plain number: a ratio, a mean number of peers.
    Number,
    /// A share, 0 to 1.
    Share,
    /// Simulated seconds.
    Seconds,
    /// Things a second.
    PerSecond,
    /// Bytes.
    Bytes,
}

/// What one seed gave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The seed.
    pub seed: u64,
    /// None if the run did not come so far: not everybody completed, nothing was there to be measured.
    pub value: Option<f64>,
}

/// What the seeds gave, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(pub Vec<Value>);

impl Values {
    /// Each value changed.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Values {
        Values(self.0.iter().map(|of| Value { seed: of.seed, value: of.value.map(&change) }).collect())
    }

    /// What the same seed gave here and there, joined; seeds that only one of them has are left out.
    pub fn with(&self, other: &Values, join: impl Fn(f64, f64) -> f64) -> Values {
        let joined = self.0.iter().filter_map(|of| {
            let there = other.0.iter().find(|there| there.seed == of.seed)?;
            Some(Value { seed: of.seed, value: of.value.zip(there.value).map(|(a, b)| join(a, b)) })
        });
        Values(joined.collect())
    }

    /// The values that there are.
    pub fn known(&self) -> Vec<f64> {
        self.0.iter().filter_map(|of| of.value).collect()
    }

    /// Their mean with its interval.
    pub fn estimate(&self) -> Option<Estimate> {
        Estimate::of(&self.known())
    }
}

/// A claim, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What is claimed about what, with the case of the sweep.
    pub what: String,
    /// What the numbers count.
    pub unit: Unit,
    /// The expected value as its source has it.
    pub expected: String,
    /// Where that comes from.
    pub source: String,
    /// What the tolerance allows.
    pub range: Range,
    /// How it is judged.
    pub rule: Rule,
    /// What was simulated.
    pub values: Values,
    /// Whether nothing in the runs was random, so that one says all.
    pub exact: bool,
    /// The mean of the values.
    pub estimate: Option<Estimate>,
    /// How it ended.
    pub verdict: Verdict,
    /// Why a band was missed, where that has been looked into.
    pub reason: Option<String>,
}

impl Row {
    /// A claim, judged.
    pub fn new(what: impl Into<String>, claim: &Claim, values: Values) -> Row {
        Row::judged(what.into(), claim, values, false)
    }

    /// A claim about runs in which nothing is random, judged by one.
    pub fn exact(what: impl Into<String>, claim: &Claim, values: Values) -> Row {
        Row::judged(what.into(), claim, values, true)
    }

    fn judged(what: String, claim: &Claim, values: Values, exact: bool) -> Row {
        let all: Vec<Option<f64>> = values.0.iter().map(|of| of.value).collect();
        Row {
            what,
            unit: claim.unit,
            expected: claim.expected.clone(),
            source: claim.source.to_owned(),
            range: claim.range,
            rule: claim.rule,
            estimate: estimate(&values.known(), exact),
            verdict: Verdict::of(claim.rule, claim.range, &all, exact),
            values,
            exact,
            reason: None,
        }
    }

    /// What to say if the band was missed.
    pub fn if_missed(mut self, reason: &str) -> Row {
        if self.verdict == Verdict::Missed {
            self.reason = Some(reason.to_owned());
        }
        self
    }
}

/// What is expected, of whatever it is held against.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What the numbers count.
    pub unit: Unit,
    /// The expected value as its source has it.
    pub expected: String,
    /// Where that comes from.
    pub source: &'static str,
    /// What the tolerance allows.
    pub range: Range,
    /// How it is judged.
    pub rule: Rule,
}

impl Claim {
    /// A claim that is proved, for every run.
    pub fn hard(unit: Unit, expected: impl Into<String>, range: Range, source: &'static str) -> Claim {
        Claim { unit, expected: expected.into(), source, range, rule: Rule::HardEachSeed }
    }

    /// A claim that is proved, for an expectation.
    pub fn hard_mean(unit: Unit, expected: impl Into<String>, range: Range, source: &'static str) -> Claim {
        Claim { rule: Rule::HardMean, ..Claim::hard(unit, expected, range, source) }
    }

    /// A claim that was published, or computed from a model.
    pub fn band(unit: Unit, expected: impl Into<String>, range: Range, source: &'static str) -> Claim {
        Claim { rule: Rule::Band, ..Claim::hard(unit, expected, range, source) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(of: &[(u64, f64)]) -> Values {
        Values(of.iter().map(|&(seed, value)| Value { seed, value: Some(value) }).collect())
    }

    #[test]
    fn ratios_are_of_the_same_seed() {
        let (a, b) = (values(&[(1, 10.0), (2, 30.0), (4, 1.0)]), values(&[(2, 3.0), (1, 5.0)]));
        assert_eq!(a.with(&b, |a, b| a / b), values(&[(1, 2.0), (2, 10.0)]));
    }

    #[test]
    fn a_reason_is_given_only_where_it_is_due() {
        let claim = Claim::band(Unit::Number, "1", Range::around(1.0, 0.1), "nobody");
        let met = Row::new("a", &claim, values(&[(1, 1.0), (2, 1.01)])).if_missed("because");
        let missed = Row::new("a", &claim, values(&[(1, 2.0), (2, 2.01)])).if_missed("because");
        assert_eq!((met.verdict, met.reason), (Verdict::Met, None));
        assert_eq!((missed.verdict, missed.reason.as_deref()), (Verdict::Missed, Some("because")));
    }
}
