//! What a torrent does by the clock: one fixed table.

use crate::time::Time;

/// Each thing that can be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// Once a second: rates, time-outs, dialling.
    Tick,
    /// A round of the choker.
    Choke,
    /// An announce, or the end of waiting for one.
    Announce,
    /// The next block for somebody whose choker limits it, or the user.
    Serve,
    /// The next request, where the user limits what is fetched.
    Ask,
}

impl Timer {
    const ALL: [Timer; 5] = [Timer::Tick, Timer::Choke, Timer::Announce, Timer::Serve, Timer::Ask];
}

/// When each is due next; never if it isn't set. The soonest is asked for after every single thing that happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timers {
    due: [Time; Timer::ALL.len()],
}

impl Default for Timers {
    fn default() -> Timers {
        Timers { due: [Time::NEVER; Timer::ALL.len()] }
    }
}

impl Timers {
    pub fn set(&mut self, timer: Timer, at: Option<Time>) {
        self.due[timer as usize] = at.unwrap_or(Time::NEVER);
    }

    /// Sets it, unless it is due sooner already.
    pub fn hasten(&mut self, timer: Timer, at: Time) {
        let due = &mut self.due[timer as usize];
        *due = at.min(*due);
    }

    pub fn is_set(&self, timer: Timer) -> bool {
        self.due[timer as usize] != Time::NEVER
    }

    pub fn due(&self, timer: Timer) -> Option<Time> {
        Some(self.due[timer as usize]).filter(|due| *due != Time::NEVER)
    }

    pub fn next(&self) -> Option<Time> {
        let [tick, choke, announce, serve, ask] = self.due;
        let soonest = tick.min(choke).min(announce).min(serve).min(ask);
        (soonest != Time::NEVER).then_some(soonest)
    }

    /// A timer that is due; it is not set any more.
    pub fn take_due(&mut self, now: Time) -> Option<Timer> {
        let due = |timer: &Timer| self.due[*timer as usize] <= now;
        let timer = Timer::ALL.into_iter().find(due)?;
        self.set(timer, None);
        Some(timer)
    }

    pub fn clear(&mut self) {
        *self = Timers::default();
    }
}
