//! A host's uplink: one thing after the other, each line in its turn.

use std::collections::VecDeque;
use std::time::Duration;

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use super::line::Line;

pub struct Uplink {
    bytes_per_s: u64,
    /// When all that was sent has left.
    pub free_at: Time,
    /// The host has asked to be called then.
    pub called: bool,
    turns: VecDeque<ConnectionId>,
}

impl Uplink {
    pub fn new(bytes_per_s: u64) -> Uplink {
        Uplink { bytes_per_s, free_at: Time::ZERO, called: false, turns: VecDeque::new() }
    }

    /// The line gets a turn if it can use one, and waits for none yet.
    pub fn queue(&mut self, line: &mut Line) {
        if line.ready && !line.queued && line.room() > 0 {
            line.queued = true;
            self.turns.push_back(line.id);
        }
    }

    /// Whose turn it is, if the uplink has time. A line that is closed keeps its turn.
    pub fn turn(&mut self, now: Time) -> Option<ConnectionId> {
        if self.free_at <= now { self.turns.pop_front() } else { None }
    }

    pub fn has_turns(&self) -> bool {
        !self.turns.is_empty()
    }

    /// So much leaves: when all of it has left.
    pub fn send(&mut self, now: Time, bytes: usize) -> Time {
        self.free_at = now + Duration::from_nanos(bytes as u64 * 1_000_000_000 / self.bytes_per_s);
        self.free_at
    }
}
