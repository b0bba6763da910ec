//! The search: one seed after the other, on all processors, until somebody says that it is enough.
//!
//! Which thread ran what, and when, leaves no trace: results are written down in the order of seeds, and which findings
//! are shrunk depends on that order alone. What is on disk is whole up to the last line, so a search can be taken up again.

mod case;
mod folder;
mod found;
mod journal;
mod ledger;
mod words;

use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

use crate::worlds::World;

use super::{draw_for, judge_in};

pub use folder::{Folder, FolderError};
pub use found::{Broken, Found, Seen};
use journal::Line;
use ledger::Ledger;

/// Of so many seeds one is run in other ways too, which must take the same course. It costs three more runs.
const DIFFERENTIAL_EVERY: u64 = 16;

/// What is to be searched.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The first seed. A search that is taken up again goes on after its last one.
    pub from: u64,
    /// How many seeds; without a number the observer ends it.
    pub seeds: Option<u64>,
    /// Where they run. A search that is taken up again stays where it was.
    pub world: World,
    /// Runs at a time.
    pub threads: usize,
    /// Whether findings are shrunk.
    pub shrinks: bool,
    /// Whether the first finding ends it.
    pub stops_at_first: bool,
}

/// How far a search has come, all of it, also what it did before it was taken up again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Seeds.
    pub seeds: u64,
    /// Events of their runs.
    pub events: u64,
    /// Seeds that broke a property.
    pub violations: u64,
    /// Findings that are being shrunk, or wait for it.
    pub shrinking: u64,
    /// How much of what a long search must see was never seen.
    pub unseen: u64,
}

/// Whoever watches. It has the clock.
pub trait Observer: Sync {
    /// Called after each seed, from any thread.
    fn progress(&self, progress: Progress);
    /// Whether to go on with another seed. What was found until then is still shrunk.
    fn wants_more(&self) -> bool;
    /// Whether to end as soon as possible: what was found is written as it is.
    fn is_interrupted(&self) -> bool;
}

/// Whether a seed is also run in other ways.
pub fn is_differential(seed: u64) -> bool {
    seed.is_multiple_of(DIFFERENTIAL_EVERY)
}

/// Searches, and writes down everything as it comes.
///
/// # Errors
/// If the folder can't be written.
pub fn search(plan: &Plan, folder: &mut Folder, observer: &dyn Observer) -> Result<Found, FolderError> {
    let plan = Plan { world: folder.world().unwrap_or(plan.world), ..plan.clone() };
    let ledger = Ledger::new(&plan, folder)?;
    let shared = Shared { ledger: Mutex::new(ledger), changed: Condvar::new(), plan: &plan, observer };
    thread::scope(|scope| {
        for _ in 0..plan.threads.max(1) {
            scope.spawn(|| shared.work());
        }
    });
    shared.ledger.into_inner().expect("no thread panicked").finish(observer.is_interrupted())
}

struct Shared<'a> {
    ledger: Mutex<Ledger<'a>>,
    /// There may be something to do that was not there before.
    changed: Condvar,
    plan: &'a Plan,
    observer: &'a dyn Observer,
}

enum Job {
    Run(u64),
    Write(case::Case),
}

impl<'a> Shared<'a> {
    fn work(&self) {
        while let Some(job) = self.next_job() {
            match job {
                Job::Run(seed) => {
                    let world = self.plan.world;
                    let judgement = judge_in(world, &draw_for(world, seed), is_differential(seed));
                    let mut ledger = self.ledger();
                    ledger.note(Line::new(seed, world, &judgement), judgement.violation);
                    let progress = ledger.progress();
                    drop(ledger);
                    self.observer.progress(progress);
                }
                Job::Write(case) => {
                    let written = case.shrunk(self.plan.shrinks, self.observer);
                    self.ledger().write(&written);
                }
            }
            self.changed.notify_all();
        }
        self.changed.notify_all();
    }

    /// The next thing to do; nothing once all is done, or cannot be done.
    fn next_job(&self) -> Option<Job> {
        let mut ledger = self.ledger();
        loop {
            if let Some(case) = ledger.next_case() {
                return Some(Job::Write(case));
            }
            let goes_on = self.observer.wants_more() && !self.observer.is_interrupted();
            if let Some(seed) = ledger.next_seed().filter(|_| goes_on) {
                ledger.begin(seed);
                return Some(Job::Run(seed));
            }
            // Whatever still runs may find something that is to be shrunk.
            if !ledger.is_anybody_running() {
                return None;
            }
            ledger = self.changed.wait(ledger).expect("no thread panicked");
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger<'a>> {
        self.ledger.lock().expect("no thread panicked")
    }
}
