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

/// When each is due next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timers {
    due: [Option<Time>; Timer::ALL.len()],
}

impl Timers {
    pub fn set(&mut self, timer: Timer, at: Option<Time>) {
        self.due[timer as usize] = at;
    }

    /// Sets it, unless it is due sooner already.
    pub fn hasten(&mut self, timer: Timer, at: Time) {
        let due = &mut self.due[timer as usize];
        *due = Some(due.map_or(at, |due| due.min(at)));
    }

    pub fn is_set(&self, timer: Timer) -> bool {
        self.due[timer as usize].is_some()
    }

    pub fn due(&self, timer: Timer) -> Option<Time> {
        self.due[timer as usize]
    }

    pub fn next(&self) -> Option<Time> {
        self.due.iter().flatten().min().copied()
    }

    /// A timer that is due; it is not set any more.
    pub fn take_due(&mut self, now: Time) -> Option<Timer> {
        let due = |timer: &Timer| self.due[*timer as usize].is_some_and(|at| at <= now);
        let timer = Timer::ALL.into_iter().find(due)?;
        self.set(timer, None);
        Some(timer)
    }

    pub fn clear(&mut self) {
        *self = Timers::default();
    }
}
