//! The checker: all judges, and the first violation that one of them finds.

use std::time::Duration;

use swarmlab_engine::time::Time;

use crate::scenario::Action;

use super::books::Books;
use super::clocks::Clocks;
use super::disks::Disks;
use super::duty::Duty;
use super::endgame::Endgame;
use super::faults::Faults;
use super::judge::{Bench, Judge};
use super::ledger::Ledger;
use super::links::Links;
use super::pace::Pacing;
use super::streams::Streams;
use super::swarm::{Onlookers, Watcher};
use super::wire::Wire;
use super::{Checked, Circumstances, Seen, Setting, Sometimes, Violation, conduct, liveness, sights};

/// Looks on while a world runs.
pub struct Checker {
    setting: Setting,
    judges: Vec<Box<dyn Judge>>,
    violation: Option<Violation>,
    sometimes: Sometimes,
}

impl Checker {
    /// A checker of a run that has not begun.
    pub fn new(setting: Setting) -> Checker {
        let judges = liveness::judges().into_iter().chain(conduct::judges());
        let watchers = judges.chain(sights::counters());
        let judges: Vec<Box<dyn Judge>> = vec![
            Box::new(Books),
            Box::new(Clocks::default()),
            Box::new(Disks::default()),
            Box::new(Faults::default()),
            Box::new(Endgame::default()),
            Box::new(Ledger::default()),
            Box::new(Links::default()),
            Box::new(Pacing::default()),
            Box::new(Streams::default()),
            Box::new(Wire::default()),
            Box::new(Onlookers::new(watchers)),
        ];
        Checker::with(setting, judges)
    }

    /// A checker of a run in which clients run their own streams and timers, on a network that nobody can look into. Who
    /// judges the network has nothing to say there. Clocks of two clients may be so far apart, and timers so late.
    pub fn of_clients(setting: Setting, slack: Duration) -> Checker {
        let watchers = liveness::judges().into_iter().chain(conduct::judges()).chain(sights::counters());
        let watchers = watchers.chain([Box::new(Duty::default()) as Box<dyn Watcher>]);
        let judges: Vec<Box<dyn Judge>> = vec![
            Box::new(Books),
            Box::new(Clocks::within(slack)),
            Box::new(Disks::default()),
            Box::new(Faults::default()),
            Box::new(Endgame::default()),
            Box::new(Wire::default()),
            Box::new(Onlookers::new(watchers)),
        ];
        Checker::with(setting, judges)
    }

    /// A checker for whom only these judge.
    pub(super) fn with(setting: Setting, judges: Vec<Box<dyn Judge>>) -> Checker {
        Checker { judges, setting, violation: None, sometimes: Sometimes::default() }
    }

    /// A peer's client was given something, or did something.
    pub fn see(&mut self, now: Time, peer: u32, seen: &Seen<'_>) {
        self.ask(now, |judge, bench| judge.see(bench, peer, seen));
    }

    /// The script does something, to these peers.
    pub fn scripted(&mut self, now: Time, action: &Action, peers: &[u32]) {
        self.ask(now, |judge, bench| judge.scripted(bench, action, peers));
    }

    /// An event is over.
    pub fn step(&mut self, now: Time, circumstances: &Circumstances<'_>) {
        self.ask(now, |judge, bench| judge.step(bench, circumstances));
    }

    /// The first property that did not hold, if one did not.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// The run is over.
    pub fn end(mut self, now: Time) -> Checked {
        self.ask(now, |judge, bench| judge.end(bench));
        Checked { violation: self.violation, sometimes: self.sometimes }
    }

    fn ask(&mut self, now: Time, mut question: impl FnMut(&mut dyn Judge, &mut Bench<'_>)) {
        let mut bench = Bench {
            now,
            setting: &self.setting,
            violation: &mut self.violation,
            sometimes: &mut self.sometimes,
        };
        self.judges.iter_mut().for_each(|judge| question(&mut **judge, &mut bench));
    }
}
