//! CoDel (RFC 8289): which packets a queue drops so that no queue stands for long.
//!
//! In a first-in-first-out queue of known rate it is known on arrival when a packet's turn will come, and so how long it
//! will have waited. So the verdict that CoDel gives at the head of the queue is given at its tail, and a packet dropped
//! never takes up room.

use std::time::Duration;

use swarmlab_engine::time::Time;

/// The control law's state, for one queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codel {
    /// When the waits will have been above the target for an interval; `NEVER` while they aren't above it.
    above_at: Time,
    is_dropping: bool,
    drop_next: Time,
    /// Packets dropped in this spell of dropping, and in the one before.
    count: u32,
    last_count: u32,
}

impl Codel {
    /// A wait that is good (RFC 8289, section 4.2).
    pub const TARGET: Duration = Duration::from_millis(5);
    /// About the longest usual round trip.
    const INTERVAL: Duration = Duration::from_millis(100);

    pub fn new() -> Codel {
        Codel { above_at: Time::NEVER, is_dropping: false, drop_next: Time::ZERO, count: 0, last_count: 0 }
    }

    /// Packets passed that waited less than the target.
    pub fn rest(&mut self) {
        self.above_at = Time::NEVER;
        self.is_dropping = false;
    }

    /// Whether the packet is dropped whose turn comes `at`, after it has waited for `wait`.
    pub fn drops(&mut self, at: Time, wait: Duration, target: Duration) -> bool {
        if !self.is_above(at, wait, target) {
            self.is_dropping = false;
            return false;
        }
        if self.is_dropping {
            if at < self.drop_next {
                return false;
            }
            self.count += 1;
            self.drop_next += self.pause();
            return true;
        }
        // Soon after the last spell it goes on at the rate that held the queue then.
        let recent = self.count - self.last_count;
        let is_soon = at.since(self.drop_next) < 16 * Codel::INTERVAL;
        self.count = if recent > 1 && is_soon { recent } else { 1 };
        self.last_count = self.count;
        self.is_dropping = true;
        self.drop_next = at + self.pause();
        true
    }

    /// Whether all waits of an interval were above the target.
    fn is_above(&mut self, at: Time, wait: Duration, target: Duration) -> bool {
        if wait < target {
            self.above_at = Time::NEVER;
            return false;
        }
        if self.above_at == Time::NEVER {
            self.above_at = at + Codel::INTERVAL;
            return false;
        }
        at >= self.above_at
    }

    /// Between two drops: the interval by the square root of their number.
    fn pause(&self) -> Duration {
        let nanos = Codel::INTERVAL.as_nanos() as u64;
        Duration::from_nanos((nanos * nanos / u64::from(self.count.max(1))).isqrt())
    }
}
