//! By how much a variant differs from what it is compared with, and how sure that is.

use serde::{Deserialize, Serialize};

use crate::measures::{Better, Interval, Measure, interval};

/// What the interval says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval lies on the good side.
    Better,
    /// The whole interval lies on the bad side.
    Worse,
    /// No difference lies within the interval.
    NoDifference,
    /// There are too few pairs, or nothing to divide by.
    Unknown,
}

/// A variant beside the first one, in one measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The measure's name.
    pub measure: String,
    /// The variant's name.
    pub variant: String,
    /// Seeds of which both runs have a figure.
    pub pairs: u64,
    /// The mean of the first variant over these seeds.
    pub base_mean: Option<f64>,
    /// The mean of this one.
    pub mean: Option<f64>,
    /// How much more, as a share of the first's mean: 0.14 is 14 % more.
    pub change: Option<f64>,
    /// Where the change lies with 95 % confidence.
    pub interval: Option<Interval>,
    /// What that says.
    pub verdict: Verdict,
}

impl Effect {
    /// Of pairs of figures, the first variant's before this one's.
    pub fn of(measure: &Measure, variant: &str, pairs: &[(f64, f64)]) -> Effect {
        let mean = |of: fn(&(f64, f64)) -> f64| {
            (!pairs.is_empty()).then(|| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64)
        };
        let change = Some(change(pairs)).filter(|change| change.is_finite());
        let interval = change.and_then(|_| interval(pairs, self::change));
        Effect {
            measure: measure.name.to_owned(),
            variant: variant.to_owned(),
            pairs: pairs.len() as u64,
            base_mean: mean(|pair| pair.0),
            mean: mean(|pair| pair.1),
            change,
            interval,
            verdict: verdict(measure.better, interval),
        }
    }

    /// What it says, as a sentence about `variant` and `base`.
    pub fn sentence(&self, measure: &Measure, base: &str) -> String {
        let (variant, words) = (&self.variant, measure.words);
        let (Some(change), Some(interval)) = (self.change, self.interval) else {
            return format!(
                "{variant} can't be compared with {base} ({words}): {} pairs of runs",
                self.pairs
            );
        };
        let (more, less) = measure.comparatives();
        let percent = |share: f64| digits(share.abs() * 100.0);
        if self.verdict == Verdict::NoDifference {
            let (low, high) = (interval.low * 100.0, interval.high * 100.0);
            return format!(
                "no difference between {variant} and {base} is shown ({words}: {}{} %, 95 % interval {}{} to {}{} %, {} seeds)",
                sign(change),
                percent(change),
                sign(low),
                digits(low.abs()),
                sign(high),
                digits(high.abs()),
                self.pairs
            );
        }
        let comparative = if change > 0.0 { more } else { less };
        let ends = [interval.low.abs(), interval.high.abs()];
        format!(
            "{variant} is {} % {comparative} than {base} ({words}; 95 % interval {} to {} %, {} seeds)",
            percent(change),
            percent(ends[0].min(ends[1])),
            percent(ends[0].max(ends[1])),
            self.pairs
        )
    }
}

/// Three digits at most, one behind the point at least below a hundred.
fn digits(percent: f64) -> String {
    match percent {
        percent if percent < 0.095 => format!("{percent:.2}"),
        percent if percent < 99.5 => format!("{percent:.1}"),
        percent => format!("{percent:.0}"),
    }
}

fn sign(number: f64) -> &'static str {
    if number < 0.0 { "−" } else { "+" }
}

fn change(pairs: &[(f64, f64)]) -> f64 {
    let (base, variant) = pairs.iter().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
    variant / base - 1.0
}

fn verdict(better: Better, interval: Option<Interval>) -> Verdict {
    let Some(interval) = interval else { return Verdict::Unknown };
    match better {
        _ if interval.has_zero() => Verdict::NoDifference,
        Better::Lower if interval.high < 0.0 => Verdict::Better,
        Better::Higher if interval.low > 0.0 => Verdict::Better,
        Better::Lower | Better::Higher => Verdict::Worse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last() -> &'static Measure {
        Measure::by_name("last").unwrap()
    }

    #[test]
    fn a_difference_in_every_pair_is_told_as_one() {
        let pairs = [(100.0, 113.0), (110.0, 126.0), (90.0, 103.0), (100.0, 114.0), (105.0, 120.0)];
        let effect = Effect::of(last(), "random", &pairs);
        assert_eq!((effect.verdict, effect.pairs), (Verdict::Worse, 5));
        assert!((effect.change.unwrap() - 0.1406).abs() < 1e-3);
        let sentence = effect.sentence(last(), "rarest-first");
        assert!(
            sentence
                .starts_with("random is 14.1 % slower than rarest-first (last completion; 95 % interval 13.")
        );
        let turned: Vec<(f64, f64)> = pairs.iter().map(|&(a, b)| (b, a)).collect();
        assert_eq!(Effect::of(last(), "b", &turned).verdict, Verdict::Better);
        let fairness = Measure::by_name("fairness").unwrap();
        assert_eq!(Effect::of(fairness, "b", &pairs).verdict, Verdict::Better);
        assert_eq!(Effect::of(fairness, "b", &turned).verdict, Verdict::Worse);
    }

    #[test]
    fn chance_is_no_difference_and_too_little_is_nothing() {
        let pairs = [(100.0, 104.0), (110.0, 103.0), (90.0, 97.0), (100.0, 92.0)];
        let effect = Effect::of(last(), "b", &pairs);
        assert_eq!(effect.verdict, Verdict::NoDifference);
        assert!(effect.sentence(last(), "a").starts_with("no difference between b and a is shown"));
        assert_eq!(Effect::of(last(), "b", &pairs[..1]).verdict, Verdict::Unknown);
        assert_eq!(Effect::of(last(), "b", &[]).verdict, Verdict::Unknown);
        assert_eq!(Effect::of(last(), "b", &[(0.0, 1.0), (0.0, 1.0)]).verdict, Verdict::Unknown);
    }

    #[test]
    fn equal_runs_are_no_difference() {
        let effect = Effect::of(last(), "b", &[(100.0, 100.0), (120.0, 120.0)]);
        assert_eq!((effect.verdict, effect.change), (Verdict::NoDifference, Some(0.0)));
    }
}
