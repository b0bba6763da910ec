//! Time: it never goes back, nobody acts before its time, and nobody is forgotten.

#[cfg(test)]
mod tests;

use std::time::Duration;

use swarmlab_engine::time::Time;

use super::judge::{Bench, Judge};
use super::{Circumstances, Seen};

/// Watches the clock.
#[derive(Default)]
pub struct Clocks {
    /// So far the clocks of two clients may be apart, and so much later than due a client may be called.
    slack: Duration,
    last: Time,
    /// By the peer's number.
    alarms: Vec<Alarm>,
}

/// When a client wants to be given its time.
#[derive(Clone, Copy, Debug, Default)]
struct Alarm {
    is_judged: bool,
    due: Option<Time>,
    /// What it was given its time for.
    call: Call,
    /// It is frozen.
    is_asleep: bool,
    /// It is frozen, or has not been given its time since it was.
    is_frozen: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Call {
    /// It does what follows from something else.
    #[default]
    No,
    /// It was called in its time.
    InTime,
    /// It was called before its time, and is to do nothing.
    Early,
}

impl Judge for Clocks {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        self.go_on(bench);
        let place = peer as usize;
        if self.alarms.len() <= place {
            self.alarms.resize(place + 1, Alarm::default());
        }
        let alarm = &mut self.alarms[place];
        match seen {
            Seen::Came { is_judged, .. } => *alarm = Alarm { is_judged: *is_judged, ..Alarm::default() },
            Seen::Gone => *alarm = Alarm::default(),
            Seen::Frozen => (alarm.is_asleep, alarm.is_frozen) = (true, true),
            Seen::Thawed => alarm.is_asleep = false,
            _ if !alarm.is_judged => {}
            Seen::TimedOut => {
                alarm.is_awake(bench, peer);
                alarm.is_not_late(bench, peer, self.slack);
                alarm.is_frozen = false;
                alarm.call =
                    if alarm.due.is_some_and(|due| due <= bench.now) { Call::InTime } else { Call::Early };
            }
            Seen::Settled(session) => {
                alarm.due = session.poll_timeout();
                alarm.is_dealt_with(bench, peer);
                alarm.call = Call::No;
            }
            Seen::Said(_)
            | Seen::DiskAsked(_)
            | Seen::Sent(..)
            | Seen::Opened { .. }
            | Seen::Closed { .. } => {
                alarm.is_not_early(bench, peer, seen);
            }
            Seen::Received(..) | Seen::Connected(_) => alarm.is_not_late(bench, peer, self.slack),
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        self.go_on(bench);
        if !circumstances.is_in_order {
            bench.violated("S30", [], "an event was overtaken by one that was scheduled after it", []);
        }
    }
}

impl Clocks {
    /// Watches clocks that may be so far apart, and timers that may be so late.
    pub fn within(slack: Duration) -> Clocks {
        Clocks { slack, ..Clocks::default() }
    }

    fn go_on(&mut self, bench: &mut Bench<'_>) {
        if bench.now + self.slack < self.last {
            bench.violated("S30", [], format!("it was {}, and is {}", self.last, bench.now), []);
        }
        self.last = self.last.max(bench.now);
    }
}

impl Alarm {
    fn is_awake(&self, bench: &mut Bench<'_>, peer: u32) {
        if self.is_asleep {
            bench.violated("S30", [peer], "it is frozen, and was given its time", []);
        }
    }

    fn is_not_early(&self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        if self.call == Call::Early {
            let due = self.due.map_or("never".to_owned(), |due| due.to_string());
            let what = format!("called before its time, which is {due}, it did something: {}", name(seen));
            bench.violated("S30", [peer], what, []);
        }
    }

    /// What is due is done: else the clock would stand still for it.
    fn is_dealt_with(&self, bench: &mut Bench<'_>, peer: u32) {
        if self.call == Call::InTime && self.due.is_some_and(|due| due <= bench.now) {
            bench.violated("S30", [peer], "it was given its time, and wants the same again", []);
        }
    }

    fn is_not_late(&self, bench: &mut Bench<'_>, peer: u32, slack: Duration) {
        if let Some(due) = self.due.filter(|due| *due + slack < bench.now)
            && !self.is_frozen
        {
            bench.violated("S30", [peer], format!("it was not given its time, which was {due}"), []);
        }
    }
}

fn name(seen: &Seen<'_>) -> String {
    match seen {
        Seen::Said(event) => format!("{event:?}"),
        Seen::DiskAsked(job) => format!("{:?}", job.work),
        Seen::Sent(connection, transmit) => format!("{} bytes on connection {connection}", transmit.len()),
        Seen::Opened { with, .. } => format!("a connection with {with:?}"),
        _ => "the end of a connection".to_owned(),
    }
}
