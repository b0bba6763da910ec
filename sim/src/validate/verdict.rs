//! When a claim counts as held: the rules, in one place.
//!
//! What is proved is hard: one counterexample is a bug. What was published is a band: its own measurements had a spread,
//! and other clients on other networks.

use serde::{Deserialize, Serialize};

use super::statistics::Estimate;

/// The values that a claim allows, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// None: as small as it likes.
    pub low: Option<f64>,
    /// None: as large as it likes.
    pub high: Option<f64>,
}

impl Range {
    /// Nothing below `low`.
    pub const fn at_least(low: f64) -> Range {
        Range { low: Some(low), high: None }
    }

    /// Nothing above `high`.
    pub const fn at_most(high: f64) -> Range {
        Range { low: None, high: Some(high) }
    }

    /// Nothing outside.
    pub const fn between(low: f64, high: f64) -> Range {
        Range { low: Some(low), high: Some(high) }
    }

    /// No further from `value` than this share of it.
    pub fn around(value: f64, share: f64) -> Range {
        let width = value.abs() * share;
        Range::between(value - width, value + width)
    }

    /// Whether `value` is allowed. What is no number is not.
    pub fn holds(&self, value: f64) -> bool {
        self.low.is_none_or(|low| value >= low)
            && self.high.is_none_or(|high| value <= high)
            && !value.is_nan()
    }

    /// Whether all of the interval is allowed.
    fn holds_all(&self, (low, high): (f64, f64)) -> bool {
        self.holds(low) && self.holds(high)
    }

    /// Whether nothing of the interval is allowed.
    fn holds_none(&self, (low, high): (f64, f64)) -> bool {
        self.low.is_some_and(|least| high < least) || self.high.is_some_and(|most| low > most)
    }
}

/// How a claim is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Hard: it must hold in every run.
    HardEachSeed,
    /// Hard, about an expectation: it is broken if the whole interval of the mean lies outside.
    HardMean,
    /// A published value: met if the whole interval of the mean lies within, missed if it lies outside.
    Band,
}

impl Rule {
    /// Whether a broken claim is a bug.
    pub fn is_hard(self) -> bool {
        self != Rule::Band
    }

    /// In words.
    pub fn describe(self) -> &'static str {
        match self {
            Rule::HardEachSeed => "hard, in every run",
            Rule::HardMean => "hard, for the mean",
            Rule::Band => "band",
        }
    }
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A hard claim that no run broke.
    Holds,
    /// A hard claim that was broken.
    Violated,
    /// A band that the mean lies in, with its whole interval.
    Met,
    /// A band that the mean lies outside of, with its whole interval.
    Missed,
    /// The interval crosses an end of the range, or there is none: more seeds would tell.
    Undecided,
}

impl Verdict {
    /// Judges what each seed gave; `None` is a run that did not come so far. `exact` says that nothing in the runs is
    /// random.
    pub fn of(rule: Rule, range: Range, values: &[Option<f64>], exact: bool) -> Verdict {
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let estimate = estimate(&known, exact);
        if values.is_empty() || known.len() < values.len() {
            return if rule.is_hard() { Verdict::Violated } else { Verdict::Missed };
        }
        let interval = estimate.map_or((f64::NEG_INFINITY, f64::INFINITY), |estimate| estimate.interval());
        match rule {
            Rule::HardEachSeed if known.iter().all(|&value| range.holds(value)) => Verdict::Holds,
            Rule::HardEachSeed => Verdict::Violated,
            Rule::HardMean if range.holds_all(interval) => Verdict::Holds,
            Rule::HardMean if range.holds_none(interval) => Verdict::Violated,
            Rule::Band if range.holds_all(interval) => Verdict::Met,
            Rule::Band if range.holds_none(interval) => Verdict::Missed,
            Rule::HardMean | Rule::Band => Verdict::Undecided,
        }
    }

    /// In a word.
    pub fn describe(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Violated => "VIOLATED",
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Undecided => "undecided",
        }
    }
}

/// The mean of the values with its interval.
pub(super) fn estimate(values: &[f64], exact: bool) -> Option<Estimate> {
    match (exact, values) {
        (true, &[value]) => Some(Estimate::exactly(value)),
        _ => Estimate::of(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(rule: Rule, range: Range, values: &[f64]) -> Verdict {
        Verdict::of(rule, range, &values.iter().copied().map(Some).collect::<Vec<_>>(), false)
    }

    #[test]
    fn one_seed_breaks_a_hard_rule() {
        let bound = Range::at_least(1.0);
        assert_eq!(judge(Rule::HardEachSeed, bound, &[1.0, 1.2, 9.0]), Verdict::Holds);
        assert_eq!(judge(Rule::HardEachSeed, bound, &[1.1, 0.999, 9.0]), Verdict::Violated);
        assert_eq!(judge(Rule::HardEachSeed, bound, &[1.1]), Verdict::Holds);
        assert_eq!(judge(Rule::HardEachSeed, bound, &[f64::NAN]), Verdict::Violated);
    }

    #[test]
    fn the_interval_decides_about_means() {
        let positive = Range::at_least(0.0);
        for (values, hard, band) in [
            (&[1.0, 1.1, 0.9][..], Verdict::Holds, Verdict::Met),
            (&[-1.0, -1.1, -0.9], Verdict::Violated, Verdict::Missed),
            (&[1.0, -0.5, 0.9], Verdict::Undecided, Verdict::Undecided),
            (&[1.0], Verdict::Undecided, Verdict::Undecided),
        ] {
            assert_eq!(judge(Rule::HardMean, positive, values), hard, "{values:?}");
            assert_eq!(judge(Rule::Band, positive, values), band, "{values:?}");
        }
        let narrow = Range::between(0.95, 1.05);
        assert_eq!(judge(Rule::Band, narrow, &[0.9, 1.1]), Verdict::Undecided);
        assert_eq!(judge(Rule::Band, narrow, &[1.2, 1.21, 1.19]), Verdict::Missed);
    }

    #[test]
    fn a_run_that_gave_no_value_is_no_success() {
        let any = Range { low: None, high: None };
        let values = [Some(1.0), None, Some(1.0)];
        assert_eq!(Verdict::of(Rule::HardEachSeed, any, &values, false), Verdict::Violated);
        assert_eq!(Verdict::of(Rule::Band, any, &values, false), Verdict::Missed);
        assert_eq!(Verdict::of(Rule::Band, any, &[], false), Verdict::Missed);
    }

    #[test]
    fn what_is_not_random_needs_one_run() {
        let range = Range::around(10.0, 0.1);
        assert_eq!(Verdict::of(Rule::Band, range, &[Some(10.9)], true), Verdict::Met);
        assert_eq!(Verdict::of(Rule::Band, range, &[Some(11.1)], true), Verdict::Missed);
        assert_eq!(Verdict::of(Rule::Band, Range::around(-10.0, 0.1), &[Some(-9.5)], true), Verdict::Met);
    }
}
