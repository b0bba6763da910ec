//! What one peer gives another: payload, and the time for which it may ask for more.

use std::time::Duration;

use swarmlab_engine::time::Time;

/// What was given on a stream, or on all streams to one peer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    /// Payload sent, bytes.
    pub payload_bytes: u64,
    /// For how long the other one was unchoked.
    pub unchoked: Duration,
    /// The part of `unchoked` in which the giver had everything.
    pub unchoked_complete: Duration,
    /// Since when the other one is unchoked now.
    since: Option<Time>,
    /// The part of `payload_bytes` that a sample has shown, bytes.
    flowed_bytes: u64,
}

impl Given {
    /// The other one may ask.
    pub fn unchoke(&mut self, now: Time) {
        self.since.get_or_insert(now);
    }

    /// The other one may not ask any more; the giver has had everything since `completed`.
    pub fn choke(&mut self, now: Time, completed: Option<Time>) {
        let Some(since) = self.since.take() else { return };
        self.unchoked += now.since(since);
        if let Some(completed) = completed {
            self.unchoked_complete += now.since(since.max(completed));
        }
    }

    /// Payload that this was not asked for before, bytes.
    pub fn take_flow(&mut self) -> u64 {
        self.payload_bytes - std::mem::replace(&mut self.flowed_bytes, self.payload_bytes)
    }

    /// Neither payload nor time.
    pub fn is_nothing(&self) -> bool {
        self.payload_bytes == 0 && self.unchoked.is_zero()
    }

    /// What was given on another stream is added.
    pub fn add(&mut self, other: &Given) {
        self.payload_bytes += other.payload_bytes;
        self.flowed_bytes += other.flowed_bytes;
        self.unchoked += other.unchoked;
        self.unchoked_complete += other.unchoked_complete;
    }
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
        assert_eq!((given.unchoked.as_secs(), given.unchoked_complete.as_secs()), (8, 3));
        given.unchoke(at(30));
        given.choke(at(32), Some(at(7)));
        assert_eq!((given.unchoked.as_secs(), given.unchoked_complete.as_secs()), (10, 5));
    }

    #[test]
    fn payload_flows_once() {
        let mut given = Given { payload_bytes: 5, ..Given::default() };
        assert_eq!([given.take_flow(), given.take_flow()], [5, 0]);
        given.payload_bytes += 2;
        assert_eq!(given.take_flow(), 2);
    }
}
