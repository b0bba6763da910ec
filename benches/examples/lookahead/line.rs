//! A host's half of a connection. The other half is the other host's, and neither looks at it.

use std::time::Duration;

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

/// What may be under way and not acknowledged, in bytes: several blocks, as in a socket.
const UNACKNOWLEDGED_MAX: usize = 128 << 10;

pub struct Line {
    /// What the own session calls it.
    pub id: ConnectionId,
    pub remote: u32,
    /// What the session over there calls it, once that has accepted.
    pub theirs: Option<ConnectionId>,
    pub latency: Duration,
    /// When the last that was sent arrives: nothing overtakes it.
    pub arrives: Time,
    pub unacknowledged: usize,
    /// The session has something to send.
    pub ready: bool,
    /// It waits for its turn at the uplink.
    pub queued: bool,
}

impl Line {
    pub fn new(id: ConnectionId, remote: u32, theirs: Option<ConnectionId>, latency: Duration) -> Line {
        let (arrives, unacknowledged) = (Time::ZERO, 0);
        Line { id, remote, theirs, latency, arrives, unacknowledged, ready: false, queued: false }
    }

    pub fn room(&self) -> usize {
        UNACKNOWLEDGED_MAX.saturating_sub(self.unacknowledged)
    }

    /// When that arrives which leaves now, after everything that left before.
    pub fn arrival(&mut self, leaves: Time) -> Time {
        self.arrives = self.arrives.max(leaves + self.latency);
        self.arrives
    }
}

/// By their place in the session's table.
#[derive(Default)]
pub struct Lines {
    slots: Vec<Option<Line>>,
}

impl Lines {
    pub fn open(&mut self, line: Line) {
        let slot = line.id.slot();
        if self.slots.len() <= slot {
            self.slots.resize_with(slot + 1, || None);
        }
        self.slots[slot] = Some(line);
    }

    /// What comes for a line that is closed finds none.
    pub fn find(&mut self, id: ConnectionId) -> Option<&mut Line> {
        self.slots.get_mut(id.slot())?.as_mut().filter(|line| line.id == id)
    }

    pub fn close(&mut self, id: ConnectionId) -> Option<Line> {
        self.slots.get_mut(id.slot())?.take_if(|line| line.id == id)
    }
}
