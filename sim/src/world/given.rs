//! What one peer gives another: payload, and the time for which it may ask for more.

use std::time::Duration;

use swarmlab_engine::time::Time;

/// What was given on a stream, or on all streams to one peer. There is one for each pair that is connected, so times are
/// plain nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Payload sent, bytes.
    pub payload_bytes: u64,
    unchoked_nanos: u64,
    unchoked_complete_nanos: u64,
    /// Since when the other one is unchoked now; never while it is not.
    since: Time,
    /// The part of `payload_bytes` that a sample has shown, bytes.
    flowed_bytes: u64,
}

impl Default for Given {
    fn default() -> Given {
        Given {
            payload_bytes: 0,
            unchoked_nanos: 0,
            unchoked_complete_nanos: 0,
            since: Time::NEVER,
            flowed_bytes: 0,
        }
    }
}

impl Given {
    /// For how long the other one was unchoked.
    pub fn unchoked(&self) -> Duration {
        Duration::from_nanos(self.unchoked_nanos)
    }

    /// The part of [`unchoked`](Self::unchoked) in which the giver had everything.
    pub fn unchoked_complete(&self) -> Duration {
        Duration::from_nanos(self.unchoked_complete_nanos)
    }

    /// The other one may ask.
    pub fn unchoke(&mut self, now: Time) {
        self.since = self.since.min(now);
    }

    /// The other one may not ask any more; the giver has had everything since `completed`.
    pub fn choke(&mut self, now: Time, completed: Option<Time>) {
        let since = std::mem::replace(&mut self.since, Time::NEVER);
        self.unchoked_nanos += nanos(since, now);
        self.unchoked_complete_nanos += completed.map_or(0, |completed| nanos(since.max(completed), now));
    }

    /// Payload that this was not asked for before, bytes.
    pub fn take_flow(&mut self) -> u64 {
        self.payload_bytes - std::mem::replace(&mut self.flowed_bytes, self.payload_bytes)
    }

    /// Neither payload nor time.
    pub fn is_nothing(&self) -> bool {
        self.payload_bytes == 0 && self.unchoked_nanos == 0
    }

    /// What was given on another stream is added.
    pub fn add(&mut self, other: &Given) {
        self.payload_bytes += other.payload_bytes;
        self.flowed_bytes += other.flowed_bytes;
        self.unchoked_nanos += other.unchoked_nanos;
        self.unchoked_complete_nanos += other.unchoked_complete_nanos;
    }
}

/// From one moment to the other; none if the other is not later.
fn nanos(from: Time, to: Time) -> u64 {
    to.as_nanos().saturating_sub(from.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_once_and_split_at_completion() {
        let at = |seconds: u64| Time::ZERO + Duration::from_secs(seconds);
        let mut given = Given::default();
        given.choke(at(1), None);
        assert!(given.is_nothing());
        given.unchoke(at(2));
        given.unchoke(at(3)); // said twice: since 2 s all the same
        given.choke(at(10), Some(at(7)));
        given.choke(at(20), Some(at(7)));
        assert_eq!((given.unchoked().as_secs(), given.unchoked_complete().as_secs()), (8, 3));
        given.unchoke(at(30));
        given.choke(at(32), Some(at(7)));
        assert_eq!((given.unchoked().as_secs(), given.unchoked_complete().as_secs()), (10, 5));
    }

    #[test]
    fn payload_flows_once() {
        let mut given = Given { payload_bytes: 5, ..Given::default() };
        assert_eq!([given.take_flow(), given.take_flow()], [5, 0]);
        given.payload_bytes += 2;
        assert_eq!(given.take_flow(), 2);
    }
}
