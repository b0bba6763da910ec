//! What both worlds say of one scenario.

use serde::Serialize;

use crate::results::quantile;

/// Both worlds agree where their median completions differ by this share at most.
pub const AGREES_WITHIN: f64 = 0.10;

/// One seed in one world.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Run {
    /// The median of the leechers' times from coming to completion, seconds.
    pub median_s: f64,
    /// The last completion, from the first coming, seconds.
    pub last_s: f64,
}

/// A scenario in both worlds, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// The scenario's name.
    pub scenario: String,
    /// What it asks.
    pub question: String,
    /// Peers of it.
    pub hosts: u32,
    /// In the event world.
    pub event: Vec<Run>,
    /// In the turmoil world, for the same seeds.
    pub turmoil: Vec<Run>,
}

impl Agreement {
    /// The median over the seeds of a figure, in the event world and in the turmoil world.
    pub fn both(&self, figure: impl Fn(&Run) -> f64) -> [f64; 2] {
        [&self.event, &self.turmoil].map(|runs| {
            let mut figures: Vec<f64> = runs.iter().map(&figure).collect();
            figures.sort_by(f64::total_cmp);
            quantile(&figures, 0.5).unwrap_or(f64::NAN)
        })
    }

    /// By how much the turmoil world's median completion is over the event world's, as a share of it.
    pub fn difference(&self) -> f64 {
        let [event, turmoil] = self.both(|run| run.median_s);
        turmoil / event - 1.0
    }

    /// Whether both say the same.
    pub fn agrees(&self) -> bool {
        self.difference().abs() <= AGREES_WITHIN
    }
}

/// All scenarios.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The seeds of each.
    pub seeds: Vec<u64>,
    /// In the order in which they were given.
    pub scenarios: Vec<Agreement>,
}

impl Comparison {
    /// Whether both worlds say the same of all of them.
    pub fn agrees(&self) -> bool {
        self.scenarios.iter().all(Agreement::agrees)
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(event: &[f64], turmoil: &[f64]) -> Agreement {
        let runs =
            |times: &[f64]| times.iter().map(|&median_s| Run { median_s, last_s: 2.0 * median_s }).collect();
        Agreement {
            scenario: "s".into(),
            question: String::new(),
            hosts: 1,
            event: runs(event),
            turmoil: runs(turmoil),
        }
    }

    #[test]
    fn a_tenth_is_the_most_either_way() {
        for (turmoil, agrees) in [(100.0, true), (109.9, true), (110.1, false), (90.1, true), (89.9, false)] {
            assert_eq!(agreement(&[100.0], &[turmoil]).agrees(), agrees, "{turmoil}");
        }
        assert!(!agreement(&[100.0], &[f64::NAN]).agrees());
    }

    #[test]
    fn seeds_are_compared_by_their_medians() {
        let agreement = agreement(&[1.0, 100.0, 300.0], &[105.0, 2.0, 9_000.0]);
        assert!((agreement.difference() - 0.05).abs() < 1e-12);
        assert_eq!(agreement.both(|run| run.last_s), [200.0, 210.0]);
    }
}
