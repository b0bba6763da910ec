//! S40: nothing fails but while a fault is on it. A disk does what it was asked, once; paths are calm when all is over.
//!
//! What was asked before a crash is nobody's business after it: an answer goes to the client that asked.

use std::collections::BTreeMap;

use swarmlab_engine::storage::{DiskDone, JobId, Outcome, Work};
use swarmlab_engine::time::Time;

use crate::check::judge::{Bench, Judge};
use crate::check::{Circumstances, Seen};
use crate::scenario::Action;

/// Watches what disks answer, and what is left of disturbances.
#[derive(Default)]
pub struct Faults {
    /// By peer.
    jobs: BTreeMap<u32, BTreeMap<JobId, Kind>>,
    /// By peer: when the last fault on its disk is over.
    ill_until: BTreeMap<u32, Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read { bytes: u32 },
    Write,
    Verify,
}

impl Judge for Faults {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Came { .. } => drop(self.jobs.insert(peer, BTreeMap::new())),
            Seen::Gone => drop(self.jobs.remove(&peer)),
            Seen::DiskAsked(job) => {
                let kind = match &job.work {
                    Work::Read { length, .. } => Kind::Read { bytes: *length },
                    Work::Write { .. } => Kind::Write,
                    Work::Verify { .. } => Kind::Verify,
                };
                self.jobs.entry(peer).or_default().insert(job.id, kind);
            }
            Seen::DiskAnswered(done) => self.answered(bench, peer, done),
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        let lasting = circumstances.network.disturbances().len();
        if lasting == 0 || !circumstances.is_script_over {
            return;
        }
        let has_end = |action: &Action| {
            !matches!(action, Action::Partition { .. } | Action::Loss { .. } | Action::Delay { .. })
        };
        let events = &bench.setting.scenario.events;
        if events.iter().all(|event| event.lasts.is_some() || has_end(&event.action)) {
            let what = format!("the script is over, and {lasting} of its disturbances last");
            bench.violated("S40", [], what, []);
        }
    }

    fn scripted(&mut self, bench: &mut Bench<'_>, action: &Action, peers: &[u32]) {
        if !matches!(action, Action::Disk { .. }) {
            return;
        }
        let events = bench.setting.scenario.events.iter().filter(|event| event.action == *action);
        let over = events.map(|event| event.lasts.map_or(Time::NEVER, |lasts| bench.now + lasts)).max();
        let over = over.unwrap_or(Time::NEVER);
        for peer in peers {
            let until = self.ill_until.entry(*peer).or_insert(over);
            *until = over.max(*until);
        }
    }
}

impl Faults {
    fn answered(&mut self, bench: &mut Bench<'_>, peer: u32, done: &DiskDone) {
        let asked = self.jobs.get_mut(&peer).and_then(|jobs| jobs.remove(&done.id));
        let has_failed = match (asked, &done.outcome) {
            (Some(Kind::Read { bytes }), Outcome::Read(Ok(data))) if data.len() == bytes as usize => false,
            (Some(Kind::Write), Outcome::Written(Ok(())))
            | (Some(Kind::Verify), Outcome::Verified(Ok(_))) => false,
            (Some(Kind::Read { .. }), Outcome::Read(Err(_)))
            | (Some(Kind::Write), Outcome::Written(Err(_)))
            | (Some(Kind::Verify), Outcome::Verified(Err(_))) => true,
            (asked, outcome) => {
                let asked = asked.map_or("nothing".to_owned(), |asked| format!("{asked:?}"));
                let what = format!("its disk was asked for {asked}, and answers {outcome:?}");
                return bench.violated("S40", [peer], what, []);
            }
        };
        let is_ill = self.ill_until.get(&peer).is_some_and(|until| bench.now <= *until);
        if has_failed && !is_ill {
            let what = format!("nothing is wrong with its disk, which answers {:?}", done.outcome);
            bench.violated("S40", [peer], what, []);
        }
    }
}

#[cfg(test)]
mod tests {
    use swarmlab_engine::storage::{DiskError, DiskErrorKind, DiskJob, TorrentKey};

    use super::*;
    use crate::check::stand::Stand;

    const LATE: &str = r#"
        [[events]]
        at = "1 s"
        for = "1 s"
        disk = { peers = "two", fault = "error" }
    "#;

    fn verify() -> DiskJob {
        DiskJob { id: JobId(1), torrent: TorrentKey(0), work: Work::Verify { piece: 0 } }
    }

    fn done(outcome: Outcome) -> DiskDone {
        DiskDone { id: JobId(1), torrent: TorrentKey(0), outcome }
    }

    #[test]
    fn an_answer_is_to_a_question_and_an_error_has_a_fault() {
        let stand = Stand::new();
        let error = || DiskError { kind: DiskErrorKind::Io, text: "input/output error".into() };
        let verdict = |is_asked: bool, outcome: Outcome| {
            stand.violation(Time::from_secs(1), |bench| {
                let mut faults = Faults::default();
                if is_asked {
                    faults.see(bench, 2, &Seen::DiskAsked(&verify()));
                }
                faults.see(bench, 2, &Seen::DiskAnswered(&done(outcome)));
            })
        };
        assert_eq!(verdict(true, Outcome::Verified(Ok(true))), None);
        assert_eq!(verdict(true, Outcome::Written(Ok(()))), Some("S40"));
        assert_eq!(verdict(false, Outcome::Verified(Ok(true))), Some("S40"), "of an earlier life");
        assert_eq!(verdict(true, Outcome::Verified(Err(error()))), Some("S40"));
    }

    #[test]
    fn a_fault_excuses_errors_until_it_is_over() {
        let stand = Stand::with(LATE);
        let mut faults = Faults::default();
        let mut fails_at = |seconds: u64| {
            stand.violation(Time::from_secs(seconds), |bench| {
                if seconds == 1 {
                    let action = bench.setting.scenario.events[0].action;
                    faults.scripted(bench, &action, &[2]);
                }
                faults.see(bench, 2, &Seen::DiskAsked(&verify()));
                let error = DiskError { kind: DiskErrorKind::Io, text: "input/output error".into() };
                faults.see(bench, 2, &Seen::DiskAnswered(&done(Outcome::Verified(Err(error)))));
            })
        };
        assert_eq!((fails_at(1), fails_at(2), fails_at(3)), (None, None, Some("S40")));
    }
}
