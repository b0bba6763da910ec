//! How fast payload passes at most: to one peer that its choker limits, or in all, where the user limits it.
//!
//! A block is sent whole, and then none until the time has passed that it takes at the limit. All is counted in whole
//! nanoseconds, rounded up: over any time a peer gets no more than its limit, and one block.

use std::time::Duration;

use crate::metainfo::BLOCK_BYTES;
use crate::time::Time;

/// A driver that is late by so much makes up for it; more would be a burst.
const SLACK: Duration = Duration::from_millis(100);

/// A limit, and when the next block may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacer {
    /// At least one.
    bytes_per_s: u64,
    next_at: Time,
}

impl Pacer {
    /// So many bytes a second from now on; at least one, or whoever waits would wait for ever.
    pub fn new(bytes_per_s: u64, now: Time) -> Pacer {
        Pacer { bytes_per_s: bytes_per_s.max(1), next_at: now }
    }

    /// Another limit: what was sent under the old one is waited for no longer than a block takes under the new one.
    pub fn set(&mut self, bytes_per_s: u64, now: Time) {
        self.bytes_per_s = bytes_per_s.max(1);
        self.next_at = self.next_at.min(now + self.span(u64::from(BLOCK_BYTES)));
    }

    /// From when on the next block may pass.
    pub fn next_at(&self) -> Time {
        self.next_at
    }

    /// So much has passed.
    pub fn sent(&mut self, bytes: u64, now: Time) {
        self.next_at =
            self.next_at.max(Time::ZERO + (now - Time::ZERO).saturating_sub(SLACK)) + self.span(bytes);
    }

    /// How long so many bytes take.
    pub fn span(&self, bytes: u64) -> Duration {
        let nanos = (u128::from(bytes) * 1_000_000_000).div_ceil(u128::from(self.bytes_per_s));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BLOCK: u64 = BLOCK_BYTES as u64;

    #[test]
    fn blocks_leave_at_the_limit_to_the_nanosecond() {
        let mut pacer = Pacer::new(3 * BLOCK, Time::from_secs(1));
        let mut left = Vec::new();
        for _ in 0..4 {
            left.push((pacer.next_at() - Time::from_secs(1)).as_nanos());
            pacer.sent(BLOCK, pacer.next_at());
        }
        assert_eq!(left, [0, 333_333_334, 666_666_668, 1_000_000_002]);
    }

    #[test]
    fn who_was_idle_gets_no_burst_and_a_late_driver_makes_up() {
        let mut pacer = Pacer::new(BLOCK, Time::ZERO);
        pacer.sent(BLOCK, Time::from_secs(60));
        let millis = |millis| Time::ZERO + Duration::from_millis(millis);
        assert_eq!(pacer.next_at(), millis(60_900));
        pacer.sent(BLOCK, millis(60_930));
        assert_eq!(pacer.next_at(), millis(61_900));
    }

    #[test]
    fn a_higher_limit_is_felt_at_once() {
        let mut pacer = Pacer::new(1, Time::ZERO);
        pacer.sent(BLOCK, Time::ZERO);
        assert_eq!(pacer.next_at(), Time::from_secs(BLOCK));
        pacer.set(BLOCK, Time::from_secs(1));
        assert_eq!(pacer.next_at(), Time::from_secs(2));
    }

    proptest! {
        /// Whenever somebody looks, and however the limit changes, nobody gets more than the largest limit allows, and a
        /// block and the slack.
        #[test]
        fn nobody_gets_more_than_its_limit(
            steps in proptest::collection::vec((0u64..3_000, 1u64..1_000_000, any::<bool>()), 1..200),
        ) {
            let mut now = Time::ZERO;
            let mut largest = steps[0].1;
            let mut pacer = Pacer::new(steps[0].1, now);
            let mut sent = 0;
            for (millis, limit, changes) in steps {
                now += Duration::from_millis(millis);
                if changes {
                    largest = largest.max(limit);
                    pacer.set(limit, now);
                }
                if now >= pacer.next_at() {
                    pacer.sent(BLOCK, now);
                    sent += BLOCK;
                }
                let span_s = (now - Time::ZERO).as_secs_f64() + SLACK.as_secs_f64();
                prop_assert!(sent as f64 <= largest as f64 * span_s + 2.0 * BLOCK as f64);
            }
        }

        #[test]
        fn no_limit_and_no_time_is_too_large(limit in any::<u64>(), at in any::<u64>(), bytes in any::<u64>()) {
            let mut pacer = Pacer::new(limit, Time::from_nanos(at));
            pacer.sent(bytes, Time::from_nanos(at));
            pacer.set(bytes, Time::from_nanos(at));
            prop_assert!(pacer.next_at() <= Time::from_nanos(at) + pacer.span(BLOCK));
        }
    }
}
