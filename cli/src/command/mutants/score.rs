//! What the results are worth.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::bug::Bug;
use super::hunt::{Catch, DIED, HANGS, Size};
use super::journal::Reach;
use super::results::{Effort, Record, Results};
use super::subject::Subject;

/// Seeds within which a bug is to be caught, and the share of all bugs of which that is asked.
const GOALS: [(u32, Option<f64>); 3] = [(10, None), (100, Some(0.80)), (1_000, Some(0.95))];
/// What is violated when something, anything, is wrong: a catch that says no more than that counts half.
const GENERAL: [&str; 6] = ["panic", "L1", "L2", "L3", DIED, HANGS];

/// A bug, and how it was found.
pub struct Row<'a> {
    /// The bug.
    pub bug: &'a Bug,
    /// Its result.
    pub record: &'a Record,
    /// For each round the seeds that it took to find it, and the property that did.
    pub rounds: Vec<Option<(u32, &'a str)>>,
}

impl<'a> Row<'a> {
    fn new(bug: &'a Bug, record: &'a Record, effort: Effort) -> Row<'a> {
        let first = |(round, catch): (usize, &'a Catch)| {
            let (seed, property) = catch.seeds.first()?;
            Some(((seed + 1 - effort.from(round as u32)) as u32, property.as_str()))
        };
        Row { bug, record, rounds: record.rounds.iter().enumerate().map(first).collect() }
    }

    /// In how many rounds it was found within so many seeds.
    pub fn caught_within(&self, seeds: u32) -> usize {
        self.rounds.iter().flatten().filter(|(needed, _)| *needed <= seeds).count()
    }

    /// The share of the rounds in which it was found within so many seeds; a general catch counts half.
    fn share_within(&self, seeds: u32) -> f64 {
        let within = self.rounds.iter().flatten().filter(|(needed, _)| *needed <= seeds);
        let worth = |(_, property): &(u32, &str)| if is_general(property) { 0.5 } else { 1.0 };
        within.map(worth).sum::<f64>() / self.rounds.len().max(1) as f64
    }

    /// The median number of seeds that it took; `None` if it was missed that often.
    pub fn median_seeds(&self) -> Option<u32> {
        let mut needed: Vec<u32> =
            self.rounds.iter().map(|round| round.map_or(u32::MAX, |(needed, _)| needed)).collect();
        needed.sort_unstable();
        needed.get(self.rounds.len() / 2).copied().filter(|needed| *needed < u32::MAX)
    }

    /// The properties that were violated, that of the most rounds first.
    pub fn properties(&self) -> Vec<&'a str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.rounds.iter().flatten().for_each(|(_, property)| *counts.entry(property).or_default() += 1);
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| Reverse(*count));
        counts.into_iter().map(|(property, _)| property).collect()
    }

    /// Whether it was found, but only by what says no more than that something is wrong.
    pub fn is_general_only(&self) -> bool {
        let mut found = self.rounds.iter().flatten().peekable();
        found.peek().is_some() && found.all(|(_, property)| is_general(property))
    }

    /// No round has found it.
    pub fn is_missed(&self) -> bool {
        self.rounds.iter().all(Option::is_none)
    }

    /// The scenario that is left when the first find is shrunk.
    pub fn shrunk(&self) -> Option<Size> {
        self.record.rounds.iter().find_map(|catch| catch.shrunk)
    }

    /// Of the rounds that have missed it, how many seeds took another course on its account.
    pub fn reach(&self) -> Option<Reach> {
        let known: Vec<Reach> = self.record.rounds.iter().filter_map(|catch| catch.reach).collect();
        let sum = |of: fn(&Reach) -> u32| known.iter().map(of).sum();
        (!known.is_empty()).then(|| Reach { changed: sum(|reach| reach.changed), of: sum(|reach| reach.of) })
    }
}

fn is_general(property: &str) -> bool {
    GENERAL.contains(&property)
}

/// Everything that is known, and whether it is good enough.
pub struct Score<'a> {
    /// How thoroughly was searched.
    pub effort: Effort,
    /// The bugs that were searched for, in the order of the lists; the canary is none of them.
    pub rows: Vec<Row<'a>>,
    /// Checks gone blind, each with a bug that it should see. How many of these are found says how much the harness
    /// depends on single checks, not what it finds; so they are among no totals.
    pub blind: Vec<Row<'a>>,
    /// The canary.
    pub canary: Option<Canary<'a>>,
    /// The program as it is.
    pub clean: Option<Clean<'a>>,
}

/// How the canary fared.
pub struct Canary<'a> {
    /// Its name.
    pub name: &'a str,
    /// Seeds by which it was caught.
    pub caught: usize,
    /// Seeds that were run.
    pub of: usize,
}

/// How the program fared with no bug in it.
pub struct Clean<'a> {
    /// Seeds that were run.
    pub seeds: u64,
    /// The false alarms: seed and property.
    pub alarms: Vec<(u64, &'a str)>,
    /// All rounds together.
    pub wall_s: f64,
}

/// One of the goals.
pub struct Goal {
    /// Within so many seeds …
    pub seeds: u32,
    /// … this share of the bugs is to be found, if anything is asked …
    pub asked: Option<f64>,
    /// … and this share was.
    pub share: f64,
}

impl<'a> Score<'a> {
    /// What the results say of these subjects; those without a result are left out.
    pub fn new(subjects: &[Subject<'a>], bugs: &'a [Bug], results: &'a Results, effort: Effort) -> Score<'a> {
        let mut score = Score { effort, rows: Vec::new(), blind: Vec::new(), canary: None, clean: None };
        for &subject in subjects {
            let Some(record) = results.of(subject, bugs) else { continue };
            match subject {
                Subject::Bug(bug) => {
                    let rows = if bug.with.is_some() { &mut score.blind } else { &mut score.rows };
                    rows.push(Row::new(bug, record, effort));
                }
                Subject::Canary(bug) => {
                    score.canary = Some(Canary {
                        name: &bug.name,
                        caught: record.rounds.iter().map(|catch| catch.seeds.len()).sum(),
                        of: record.rounds.len() * subject.seeds(effort.seeds) as usize,
                    });
                }
                Subject::Clean => {
                    let found = record.rounds.iter().flat_map(|catch| &catch.seeds);
                    score.clean = Some(Clean {
                        seeds: record.rounds.len() as u64 * u64::from(effort.seeds),
                        alarms: found.map(|(seed, property)| (*seed, property.as_str())).collect(),
                        wall_s: record.wall_s,
                    });
                }
            }
        }
        score
    }

    /// The goals that so many seeds allow to judge, and what all seeds together have found.
    pub fn goals(&self) -> Vec<Goal> {
        let share = |seeds| {
            self.rows.iter().map(|row| row.share_within(seeds)).sum::<f64>() / self.rows.len().max(1) as f64
        };
        let seeds = self.effort.seeds;
        let reached = GOALS.into_iter().filter(|(within, _)| *within < seeds);
        let asked = GOALS.into_iter().find(|(within, _)| *within == seeds).and_then(|(_, asked)| asked);
        let judged = reached.chain([(seeds, asked)]).filter(|_| !self.rows.is_empty());
        judged.map(|(seeds, asked)| Goal { seeds, asked, share: share(seeds) }).collect()
    }

    /// What is not as it should be, a sentence for each.
    pub fn shortcomings(&self) -> Vec<String> {
        let mut shortcomings = Vec::new();
        if let Some(canary) = self.canary.as_ref().filter(|canary| canary.caught < canary.of) {
            shortcomings.push(format!(
                "THE CANARY LIVES: `{}` was caught by {} of {} seeds. Every seed must catch it; until then nothing \
                 that the search says is to be believed.",
                canary.name, canary.caught, canary.of
            ));
        }
        if let Some(clean) = self.clean.as_ref().filter(|clean| !clean.alarms.is_empty()) {
            let first: Vec<String> = clean
                .alarms
                .iter()
                .take(5)
                .map(|(seed, property)| format!("seed {seed}: {property}"))
                .collect();
            shortcomings.push(format!(
                "{} false alarms in {} seeds of the program as it is ({})",
                clean.alarms.len(),
                clean.seeds,
                first.join(", ")
            ));
        }
        for goal in self.goals() {
            if let Some(asked) = goal.asked.filter(|asked| goal.share < *asked) {
                shortcomings.push(format!(
                    "{:.1} % of the bugs are caught within {} seeds; the goal is {:.0} %",
                    100.0 * goal.share,
                    goal.seeds,
                    100.0 * asked
                ));
            }
        }
        shortcomings
    }

    /// The median size of the shrunk scenarios, hosts and pieces each by themselves.
    pub fn median_shrunk(&self) -> Option<Size> {
        let sizes: Vec<Size> = self.rows.iter().filter_map(Row::shrunk).collect();
        Some(Size {
            hosts: median(sizes.iter().map(|size| size.hosts).collect())?,
            pieces: median(sizes.iter().map(|size| size.pieces).collect())?,
        })
    }

    /// The bugs that no round has found.
    pub fn missed(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.is_missed())
    }

    /// How many blind checks are backed by another one.
    pub fn backed(&self) -> usize {
        self.blind.iter().filter(|row| !row.is_missed()).count()
    }
}

fn median(mut numbers: Vec<u32>) -> Option<u32> {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const EFFORT: Effort = Effort { seeds: 1_000, rounds: 2, shrink: true };

    fn bugs() -> Vec<Bug> {
        let bug = |name: &str, canary: bool| {
            let text = format!(
                "name = '{name}'\nsays = ''\nfile = 'a.rs'\ninstead_of = '{name}'\nwrite = ''\ncanary = {canary}"
            );
            toml::from_str(&text).unwrap()
        };
        vec![bug("canary", true), bug("found", false), bug("half", false), bug("missed", false)]
    }

    fn catch(seeds: &[(u64, &str)]) -> Catch {
        let seeds = seeds.iter().map(|(seed, property)| (*seed, (*property).to_owned())).collect();
        Catch { seeds, ..Catch::default() }
    }

    /// The canary lives through a seed, the clean program gives an alarm, and of three bugs one is always found.
    fn results(folder: &Path, bugs: &[Bug]) -> Results {
        let mut results = Results::open(folder, 7, EFFORT).unwrap();
        let all = |from: u64, to: u64| catch(&(from..to).map(|seed| (seed, "S4")).collect::<Vec<_>>());
        let size = Some(Size { hosts: 3, pieces: 1 });
        let rounds = [
            vec![all(1, 11), all(1_001, 1_010)],
            vec![catch(&[]), catch(&[(1_400, "S9")])],
            vec![Catch { shrunk: size, ..catch(&[(5, "S5")]) }, catch(&[(1_040, "L1")])],
            vec![catch(&[(900, "panic")]), catch(&[(1_900, "L1")])],
            vec![catch(&[]), catch(&[])],
        ];
        for (subject, rounds) in Subject::all(bugs).into_iter().zip(rounds) {
            results.keep(subject, bugs, rounds, 1.0).unwrap();
        }
        results
    }

    #[test]
    fn a_score_counts_rounds_and_halves() {
        let (folder, bugs) = (tempfile::tempdir().unwrap(), bugs());
        let results = results(folder.path(), &bugs);
        let score = Score::new(&Subject::all(&bugs), &bugs, &results, EFFORT);
        let [found, half, missed] = &score.rows[..] else { panic!("three bugs") };
        assert_eq!((found.caught_within(10), found.caught_within(100)), (1, 2));
        assert_eq!((found.median_seeds(), found.properties()), (Some(40), vec!["L1", "S5"]));
        assert!(!found.is_general_only() && half.is_general_only() && !missed.is_general_only());
        assert_eq!((missed.median_seeds(), score.missed().count()), (None, 1));
        // Of two rounds one found it by a property of its own, one by a general one; the second bug by general ones only.
        let shares: Vec<f64> = score.goals().iter().map(|goal| goal.share).collect();
        assert_eq!(shares, [0.5 / 3.0, 0.75 / 3.0, 1.25 / 3.0]);
        assert_eq!(score.median_shrunk(), Some(Size { hosts: 3, pieces: 1 }));
        let shortcomings = score.shortcomings();
        assert!(shortcomings[0].contains("THE CANARY LIVES: `canary` was caught by 19 of 20 seeds"));
        assert!(shortcomings[1].starts_with("1 false alarms in 2000 seeds"), "{shortcomings:?}");
        assert_eq!(shortcomings.len(), 4);
    }

    #[test]
    fn results_are_kept_as_long_as_nothing_changes() {
        let (folder, mut bugs) = (tempfile::tempdir().unwrap(), bugs());
        results(folder.path(), &bugs);
        let known = |bugs: &[Bug], sources: u64, effort: Effort| {
            let results = Results::open(folder.path(), sources, effort).unwrap();
            Subject::all(bugs).into_iter().filter(|subject| results.of(*subject, bugs).is_some()).count()
        };
        assert_eq!(known(&bugs, 7, EFFORT), 5);
        assert_eq!(known(&bugs, 8, EFFORT), 0);
        assert_eq!(known(&bugs, 7, Effort { seeds: 100, ..EFFORT }), 0);
        bugs[1].write = "other".into();
        assert_eq!(known(&bugs, 7, EFFORT), 4);
    }
}
