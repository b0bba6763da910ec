//! L10: the tracker is asked again in time, so that its return is noticed.
//!
//! After an announce that failed the next one begins within its rest: 15 s, doubled with each failure in a row, at most
//! 30 min. After one that was answered it begins within the tracker's interval, and the first one begins with the client.
//! Who has completed says so at once, whatever rests. Each is over within 30 s; over UDP, within 30 s of the last datagram that
//! it has sent. A client that was frozen has missed nothing.

use std::time::Duration;

use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::{INTERVAL_MAX, INTERVAL_MIN};

use crate::check::judge::Bench;
use crate::check::{Circumstances, Partner, Seen};
use crate::scenario::{Action, TrackerFault};

use crate::check::swarm::{View, Watcher};

/// An announce takes no longer.
const ANNOUNCE: Duration = Duration::from_secs(30);
/// The rest after the first failure.
const BACK_OFF: Duration = Duration::from_secs(15);
/// The longest rest.
const BACK_OFF_MAX: Duration = Duration::from_secs(30 * 60);
/// What a tracker that has no peers to name asks for.
const INTERVAL_OF_EMPTY: Duration = Duration::from_secs(30 * 60);
/// Nothing is done before its time, or much after.
const SLACK: Duration = Duration::from_secs(2);
/// How often everybody is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Judges L10.
#[derive(Default)]
pub struct Announces {
    look_at: Time,
    has_been_empty: bool,
    clients: Vec<Option<Client>>,
}

#[derive(Default)]
struct Client {
    failures: u32,
    flight: Option<ConnectionId>,
    /// An announce is on its way, over whatever.
    is_asking: bool,
    /// When what is going on has to be over.
    due: Option<Time>,
}

impl Watcher for Announces {
    fn scripted(&mut self, _: &mut Bench<'_>, action: &Action, _: &[u32]) {
        self.has_been_empty |= matches!(action, Action::Tracker(TrackerFault::Empty));
    }

    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        if self.clients.len() <= peer as usize {
            self.clients.resize_with(peer as usize + 1, || None);
        }
        if let Seen::Gone | Seen::Said(Event::DiskFailed { .. }) = seen {
            self.clients[peer as usize] = None;
        }
        let Some(resident) = view.roster.judged(peer).filter(|resident| !resident.has_failed) else { return };
        // The first sign of life.
        let client = self.clients[peer as usize].get_or_insert_default();
        match seen {
            Seen::Opened { connection, with: Partner::Tracker, .. } => {
                (client.flight, client.due) = (Some(*connection), Some(bench.now + ANNOUNCE));
                client.is_asking = true;
            }
            Seen::DatagramSent { to: Partner::Tracker, .. } => {
                (client.is_asking, client.due) = (true, Some(bench.now + ANNOUNCE));
            }
            Seen::Said(Event::Completed { .. }) if client.failures > 0 && !client.is_asking => {
                client.due = Some(bench.now);
            }
            Seen::Closed { connection, .. } if client.flight == Some(*connection) => client.flight = None,
            Seen::Said(Event::Announced { .. }) => {
                let named = bench.setting.scenario.tracker.interval.clamp(INTERVAL_MIN, INTERVAL_MAX);
                let interval = if self.has_been_empty { named.max(INTERVAL_OF_EMPTY) } else { named };
                (client.failures, client.due) = (0, Some(bench.now + interval));
                client.is_asking = false;
            }
            Seen::Said(Event::AnnounceFailed { .. }) => {
                let rest = BACK_OFF_MAX.min(BACK_OFF * 2u32.pow(client.failures.min(16)));
                (client.failures, client.due) = (client.failures + 1, Some(bench.now + rest));
                client.is_asking = false;
            }
            // Nothing is said while what is on the disk is not known.
            _ if client.due.is_none() && resident.is_running && resident.config.announce => {
                client.due = Some(bench.now);
            }
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, _: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        for (peer, resident) in view.roster.iter().filter(|(_, resident)| resident.is_answerable()) {
            let client = self.clients.get(peer as usize).and_then(Option::as_ref);
            let Some((client, due)) = client.and_then(|client| Some((client, client.due?))) else { continue };
            let late = bench.now.since(due.max(resident.awake_since) + SLACK);
            if late > Duration::ZERO {
                let what = match client.flight {
                    Some(_) => "an announce is not over in its time".to_owned(),
                    None => format!("the next announce is overdue, after {} failures", client.failures),
                };
                bench.violated("L10", [peer], what, []);
            }
        }
    }
}
