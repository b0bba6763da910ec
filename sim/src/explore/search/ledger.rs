//! The books of a search: which seeds are out, what came back, and what it adds up to.

use std::collections::{BTreeMap, VecDeque};

use crate::check::{PROPERTIES, Sight, Violation};

use super::case::{Case, Written};
use super::folder::{Folder, FolderError};
use super::found::{Broken, Found, Seen};
use super::journal::Line;
use super::{Plan, Progress};

/// So many findings of each property are shrunk and written: more of the same say little more.
const CASES_PER_PROPERTY: usize = 3;

/// The books.
pub struct Ledger<'a> {
    plan: &'a Plan,
    folder: &'a mut Folder,
    /// The first seed of all.
    from: u64,
    /// The next seed to hand out.
    next: u64,
    /// The seed after the last, if there is a last one.
    end: Option<u64>,
    /// The next seed to be written down.
    expected: u64,
    /// Seeds that were handed out and have not come back.
    running: u64,
    /// What came back before those that are to be written down before it.
    early: BTreeMap<u64, (Line, Option<Violation>)>,
    /// Findings that are to be shrunk and written.
    cases: VecDeque<Case>,
    /// Findings that are being shrunk.
    shrinking: u64,
    totals: Totals,
    failed: Option<FolderError>,
    is_over: bool,
}

#[derive(Default)]
struct Totals {
    seeds: u64,
    events: u64,
    simulated_s: f64,
    violations: u64,
    sometimes: BTreeMap<String, u64>,
    broken: BTreeMap<String, Broken>,
}

impl<'a> Ledger<'a> {
    /// The books of a search, as far as its folder has been written.
    pub fn new(plan: &'a Plan, folder: &'a mut Folder) -> Result<Ledger<'a>, FolderError> {
        let lines = folder.lines();
        let from = lines.first().map_or(plan.from, |line| line.seed);
        let next = lines.last().map_or(plan.from, |line| line.seed + 1);
        let mut ledger = Ledger {
            plan,
            folder,
            from,
            next,
            end: plan.seeds.map(|seeds| next.saturating_add(seeds)),
            expected: next,
            running: 0,
            early: BTreeMap::new(),
            cases: VecDeque::new(),
            shrinking: 0,
            totals: Totals::default(),
            failed: None,
            is_over: false,
        };
        lines.into_iter().for_each(|line| ledger.add(line, None));
        ledger.folder.open()?;
        Ok(ledger)
    }

    /// The seed that would be next, if there is another one.
    pub fn next_seed(&self) -> Option<u64> {
        let goes_on = !self.is_over && self.failed.is_none() && self.end.is_none_or(|end| self.next < end);
        goes_on.then_some(self.next)
    }

    /// Hands it out.
    pub fn begin(&mut self, seed: u64) {
        self.next = seed + 1;
        self.running += 1;
    }

    /// A finding to shrink and write.
    pub fn next_case(&mut self) -> Option<Case> {
        let case = self.cases.pop_front()?;
        self.shrinking += 1;
        Some(case)
    }

    pub fn is_anybody_running(&self) -> bool {
        self.running > 0
    }

    /// A seed has come back. It is written down when all before it are.
    pub fn note(&mut self, line: Line, violation: Option<Violation>) {
        self.running -= 1;
        self.early.insert(line.seed, (line, violation));
        while let Some((line, violation)) = self.early.remove(&self.expected) {
            if self.is_over || self.failed.is_some() {
                return;
            }
            self.expected += 1;
            if let Err(error) = self.folder.append(&line) {
                self.failed = Some(error);
                return;
            }
            self.is_over = self.plan.stops_at_first && line.violation.is_some();
            self.add(line, violation);
        }
    }

    fn add(&mut self, line: Line, violation: Option<Violation>) {
        let totals = &mut self.totals;
        totals.seeds += 1;
        totals.events += line.events;
        totals.simulated_s += line.simulated_s;
        for (name, count) in &line.sometimes {
            *totals.sometimes.entry(name.clone()).or_default() += count;
        }
        let Some(id) = line.violation else { return };
        totals.violations += 1;
        let broken = totals.broken.entry(id.clone()).or_insert_with(|| Broken::new(&id));
        broken.count += 1;
        if broken.seeds.len() < CASES_PER_PROPERTY {
            broken.seeds.push(line.seed);
            let case = Case { seed: line.seed, world: self.plan.world, id, violation };
            match self.folder.has(&case) {
                true => broken.cases.push(case.name()),
                false => self.cases.push_back(case),
            }
        }
    }

    /// A finding is written.
    pub fn write(&mut self, written: &Written) {
        self.shrinking -= 1;
        match self.folder.write(written) {
            Ok(()) => {
                if let Some(broken) = self.totals.broken.get_mut(&written.case.id) {
                    broken.cases.push(written.case.name());
                    broken.cases.sort();
                }
            }
            Err(error) => self.failed = Some(error),
        }
    }

    pub fn progress(&self) -> Progress {
        let seen = |name: &str| self.totals.sometimes.get(name).is_some_and(|count| *count > 0);
        Progress {
            seeds: self.totals.seeds,
            events: self.totals.events,
            violations: self.totals.violations,
            shrinking: self.shrinking + self.cases.len() as u64,
            unseen: Sight::ALL.iter().filter(|(_, name)| !seen(name)).count() as u64,
        }
    }

    /// What the search has found, all in all.
    pub fn finish(self, is_interrupted: bool) -> Result<Found, FolderError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let totals = self.totals;
        let mut broken: Vec<Broken> = totals.broken.into_values().collect();
        broken.sort_by_key(|broken| PROPERTIES.iter().position(|property| property.id == broken.property));
        let count = |name: &str| totals.sometimes.get(name).copied().unwrap_or(0);
        Ok(Found {
            format: Found::FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            from: self.from,
            seeds: totals.seeds,
            events: totals.events,
            simulated_s: totals.simulated_s,
            violations: totals.violations,
            broken,
            sometimes: Sight::ALL
                .iter()
                .map(|(_, name)| Seen { what: (*name).to_owned(), count: count(name) })
                .collect(),
            is_interrupted,
            wall_s: 0.0,
            cpu_s: 0.0,
        })
    }
}
