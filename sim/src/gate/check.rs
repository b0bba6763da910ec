//! The rule: one measure of one scenario, before and now.
//!
//! A check fails if the mean has become worse by more than is allowed **and** chance alone would make so much of a difference
//! less often than the checks of a whole gate may raise a false alarm, shared among them (Bonferroni). Either alone is too
//! little: a difference can be sure and too small to matter, or large and luck. Two things fail without regard to chance,
//! since a run is a function of its seed: figures that there were and are no more, and, where every run had completed,
//! a leecher that does not.

use serde::Serialize;

use crate::measures::{Better, Interval, Measure, Unit, interval};

use super::baseline::Limit;
use super::chance::chance;

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every figure is the very same.
    Identical,
    /// No difference that chance would not make.
    Noise,
    /// Surely better.
    Better,
    /// Surely worse, and no more than is allowed.
    Allowed,
    /// Surely worse by more than is allowed: the gate fails.
    Worse,
    /// Runs had a figure, or had completed, and do no more: the gate fails.
    Lost,
}

impl Verdict {
    /// Whether the gate fails for it.
    pub fn fails(self) -> bool {
        matches!(self, Verdict::Worse | Verdict::Lost)
    }

    /// A word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Identical => "identical",
            Verdict::Noise => "noise",
            Verdict::Better => "better",
            Verdict::Allowed => "allowed",
            Verdict::Worse => "WORSE",
            Verdict::Lost => "LOST",
        }
    }
}

/// One measure of one scenario, judged.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// The scenario's name in the baseline.
    pub scenario: String,
    /// The measure.
    #[serde(serialize_with = "name")]
    pub measure: &'static Measure,
    /// How much worse it may become: a share of the baseline's mean, or, of a measure that is a share itself, an absolute
    /// difference.
    pub allowed: f64,
    /// Seeds of which both have a figure.
    pub pairs: usize,
    /// Seeds of which the baseline has a figure, or a complete run, and this run has not.
    pub lost: usize,
    /// The mean of the baseline over the pairs.
    pub base_mean: Option<f64>,
    /// The mean now.
    pub mean: Option<f64>,
    /// How much more it is, in the unit of `allowed`; none without a mean to divide by.
    pub change: Option<f64>,
    /// Where the change lies with 95 % confidence.
    pub interval: Option<Interval>,
    /// How likely chance alone makes it worse by so much.
    pub chance: f64,
    /// What that says.
    pub verdict: Verdict,
}

fn name<S: serde::Serializer>(measure: &&'static Measure, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(measure.name)
}

impl Check {
    /// Judges pairs of figures, the baseline's before this run's, one of so many checks that share the alarms.
    pub fn of(scenario: &str, limit: &Limit, pairs: &[(Option<f64>, Option<f64>)], alarms: f64) -> Check {
        let (measure, allowed) = (limit.measure, limit.allowed);
        let both: Vec<(f64, f64)> =
            pairs.iter().filter_map(|(base, now)| Some(((*base)?, (*now)?))).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| {
            (!both.is_empty()).then(|| both.iter().map(of).sum::<f64>() / both.len() as f64)
        };
        let change = Some(change(measure, &both)).filter(|change| change.is_finite());
        let lost = lost(measure, pairs);
        let worsening = worsening(measure, &both);
        let chance = chance(&worsening);
        let is_identical = pairs.iter().all(|(base, now)| base == now);
        let verdict = match () {
            () if lost > 0 => Verdict::Lost,
            () if is_identical => Verdict::Identical,
            () if is_over(limit, &both) && chance <= alarms => Verdict::Worse,
            () if chance <= alarms => Verdict::Allowed,
            () if super::chance::chance(&turned(&worsening)) <= alarms => Verdict::Better,
            () => Verdict::Noise,
        };
        Check {
            scenario: scenario.to_owned(),
            measure,
            allowed,
            pairs: both.len(),
            lost,
            base_mean: mean(|pair| pair.0),
            mean: mean(|pair| pair.1),
            change,
            interval: change.and_then(|_| interval(&both, |pairs| self::change(measure, pairs))),
            chance,
            verdict,
        }
    }

    /// Whether such pairs would fail: the rule without what only a reader wants to know.
    pub fn would_fail(limit: &Limit, pairs: &[(Option<f64>, Option<f64>)], alarms: f64) -> bool {
        let both: Vec<(f64, f64)> =
            pairs.iter().filter_map(|(base, now)| Some(((*base)?, (*now)?))).collect();
        lost(limit.measure, pairs) > 0
            || (is_over(limit, &both) && chance(&worsening(limit.measure, &both)) <= alarms)
    }
}

/// How much more the mean is now: of shares the difference, of others relative to the baseline's.
fn change(measure: &Measure, pairs: &[(f64, f64)]) -> f64 {
    let (base, now) = pairs.iter().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
    match measure.unit {
        Unit::Share => (now - base) / pairs.len() as f64,
        Unit::Seconds | Unit::Wait | Unit::Copies | Unit::Index => (now - base) / base,
    }
}

/// The difference of each pair, positive where it is for the worse.
fn worsening(measure: &Measure, pairs: &[(f64, f64)]) -> Vec<f64> {
    let towards = match measure.better {
        Better::Lower => 1.0,
        Better::Higher => -1.0,
    };
    pairs.iter().map(|(base, now)| (now - base) * towards).collect()
}

fn turned(differences: &[f64]) -> Vec<f64> {
    differences.iter().map(|difference| -difference).collect()
}

fn is_over(limit: &Limit, pairs: &[(f64, f64)]) -> bool {
    // Of a baseline of nothing any more is over: the change is then infinite.
    let change = change(limit.measure, pairs);
    match limit.measure.better {
        Better::Lower => change > limit.allowed,
        Better::Higher => -change > limit.allowed,
    }
}

/// The measure of which any loss counts: who does not complete has no time to be late.
const COMPLETED: &str = "completed";

fn lost(measure: &Measure, pairs: &[(Option<f64>, Option<f64>)]) -> usize {
    let all_complete = measure.name == COMPLETED && pairs.iter().all(|(base, _)| *base == Some(1.0));
    let is_lost = |(base, now): &&(Option<f64>, Option<f64>)| {
        base.is_some() && now.is_none_or(|now| all_complete && now < 1.0)
    };
    pairs.iter().filter(is_lost).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Pairs = Vec<(Option<f64>, Option<f64>)>;

    const ALARMS: f64 = 0.01 / 30.0;

    fn judge(measure: &str, allowed: f64, pairs: &Pairs) -> Verdict {
        let limit = Limit { measure: Measure::by_name(measure).unwrap(), allowed };
        let check = Check::of("s", &limit, pairs, ALARMS);
        assert_eq!(check.verdict.fails(), Check::would_fail(&limit, pairs, ALARMS));
        check.verdict
    }

    fn scaled(bases: &[f64], by: impl Fn(usize) -> f64) -> Pairs {
        bases.iter().enumerate().map(|(at, base)| (Some(*base), Some(base * by(at)))).collect()
    }

    #[test]
    fn a_sure_difference_fails_only_if_it_is_too_large_and_a_large_one_only_if_it_is_sure() {
        let bases = [100.0; 16];
        let wave = |around: f64, height: f64| {
            scaled(&bases, move |at| around + if at % 2 == 0 { height } else { -height })
        };
        assert_eq!(judge("last", 0.015, &wave(1.01, 0.001)), Verdict::Allowed);
        assert_eq!(judge("last", 0.015, &wave(1.02, 0.001)), Verdict::Worse);
        assert_eq!(judge("last", 0.015, &wave(1.02, 0.2)), Verdict::Noise);
        assert_eq!(judge("last", 0.015, &wave(0.98, 0.001)), Verdict::Better);
        assert_eq!(judge("fairness", 0.015, &wave(0.98, 0.001)), Verdict::Worse);
        assert_eq!(judge("fairness", 0.015, &wave(1.02, 0.001)), Verdict::Better);
        // Of a share the difference counts: two points more of ten are not a fifth more.
        let shares: Pairs = (0..16).map(|_| (Some(0.1), Some(0.12))).collect();
        assert_eq!(judge("waste", 0.03, &shares), Verdict::Allowed);
        assert_eq!(judge("waste", 0.01, &shares), Verdict::Worse);
    }

    #[test]
    fn something_in_place_of_nothing_is_worse() {
        let pairs: Pairs = (1..=16).map(|number| (Some(0.0), Some(f64::from(number)))).collect();
        assert_eq!(judge("seed-copies", 0.02, &pairs), Verdict::Worse);
        assert_eq!(judge("seed-copies", 0.02, &vec![(Some(0.0), Some(0.0)); 16]), Verdict::Identical);
    }

    #[test]
    fn what_is_lost_fails_and_needs_no_luck() {
        let mut pairs: Pairs = vec![(Some(1.0), Some(1.0)); 16];
        assert_eq!(judge("completed", 0.0, &pairs), Verdict::Identical);
        pairs[3].1 = Some(0.97);
        assert_eq!(judge("completed", 0.1, &pairs), Verdict::Lost);
        // Where some never complete, one more or less is chance.
        pairs[4] = (Some(0.97), Some(1.0));
        assert_eq!(judge("completed", 0.1, &pairs), Verdict::Noise);
        let mut times: Pairs = vec![(Some(10.0), Some(9.0)); 16];
        times[0].1 = None;
        assert_eq!(judge("last", 0.02, &times), Verdict::Lost);
        times[0] = (None, Some(9.0));
        assert_eq!(judge("last", 0.02, &times), Verdict::Better);
    }

    fn figures() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(1.0..1e4f64, 12..28)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn identical_never_fails(bases in figures(), allowed in 0.0..0.1f64) {
            prop_assert_eq!(judge("last", allowed, &scaled(&bases, |_| 1.0)), Verdict::Identical);
        }

        #[test]
        fn worse_in_every_run_by_more_than_is_allowed_fails(bases in figures(), allowed in 0.0..0.1f64, more in 1e-4..0.5f64) {
            prop_assert_eq!(judge("last", allowed, &scaled(&bases, |_| 1.0 + allowed + more)), Verdict::Worse);
            prop_assert_eq!(judge("fairness", allowed, &scaled(&bases, |_| 1.0 - allowed - more)), Verdict::Worse);
        }

        #[test]
        fn better_never_fails(bases in figures(), allowed in 0.0..0.1f64, shares in prop::collection::vec(0.5..1.0f64, 28)) {
            prop_assert!(!judge("last", allowed, &scaled(&bases, |at| shares[at])).fails());
            prop_assert!(!judge("fairness", allowed, &scaled(&bases, |at| 1.0 / shares[at])).fails());
        }

        #[test]
        fn less_than_is_allowed_never_fails(bases in figures(), allowed in 0.01..0.1f64, share in 0.0..0.99f64) {
            prop_assert!(!judge("last", allowed, &scaled(&bases, |_| 1.0 + allowed * share)).fails());
        }
    }
}
