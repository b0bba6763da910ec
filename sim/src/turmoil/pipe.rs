//! One direction of an access link: bytes go through one after the other, at its rate.
//!
//! It is a token bucket, kept as the moment until which the link is busy. Whole numbers only.

use std::time::Duration;

use swarmlab_engine::time::Time;

/// A direction of a link.
#[derive(Clone, Copy, Debug)]
pub struct Pipe {
    bits_per_s: u64,
    /// What could have gone through in this time before now still can: whoever is called late, by a timer that counts
    /// milliseconds or by a tick, would leave the link idle else.
    slack: Duration,
    free_at: Time,
}

impl Pipe {
    /// A link that has carried nothing.
    pub fn new(bits_per_s: u64, slack: Duration) -> Pipe {
        Pipe { bits_per_s, slack, free_at: Time::ZERO }
    }

    /// Another rate from now on; what was taken before keeps its time.
    pub fn set_rate(&mut self, bits_per_s: u64) {
        self.bits_per_s = bits_per_s;
    }

    /// Takes so many bytes: when the last of them is through.
    pub fn take(&mut self, now: Time, bytes: u64) -> Time {
        let earliest = Time::from_nanos(now.as_nanos().saturating_sub(self.slack.as_nanos() as u64));
        self.free_at = self.free_at.max(earliest) + self.span(bytes);
        self.free_at
    }

    /// How long what was taken still needs.
    pub fn backlog(&self, now: Time) -> Duration {
        self.free_at.since(now)
    }

    /// How long so many bytes need.
    pub fn span(&self, bytes: u64) -> Duration {
        let nanos = (u128::from(bytes) * 8_000_000_000).div_ceil(u128::from(self.bits_per_s.max(1)));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Over any span no more goes through than the rate allows, and what the slack lets catch up.
        #[test]
        fn it_never_carries_more_than_its_rate(
            rate in 1_000u64..1_000_000_000,
            slack_ms in 0u64..20,
            steps in prop::collection::vec((0u64..50_000_000, 1u64..20_000), 1..60),
        ) {
            let slack = Duration::from_millis(slack_ms);
            let mut pipe = Pipe::new(rate, slack);
            let (mut now, mut sent) = (Time::from_secs(1), Vec::new());
            for (gap, bytes) in steps {
                now += Duration::from_nanos(gap);
                sent.push((now, pipe.take(now, bytes), bytes));
            }
            for first in 0..sent.len() {
                let began = Time::from_nanos(sent[first].0.as_nanos().saturating_sub(slack.as_nanos() as u64));
                let mut bits = 0;
                for (_, through, bytes) in &sent[first..] {
                    bits += u128::from(*bytes) * 8;
                    let span = through.since(began).as_nanos();
                    prop_assert!(bits * 1_000_000_000 <= span * u128::from(rate));
                }
            }
            prop_assert!(sent.is_sorted_by(|a, b| a.1 <= b.1));
        }

        /// Whoever asks again at once when it is through, or a little late, uses the whole rate.
        #[test]
        fn who_is_a_little_late_wastes_nothing(lateness in prop::collection::vec(0u64..2_000_000, 1..60)) {
            let mut pipe = Pipe::new(8_000_000, Duration::from_millis(2));
            let begin = Time::from_secs(1);
            let mut now = begin;
            let steps = lateness.len() as u64;
            for late in lateness {
                now = pipe.take(now, 10_000).max(now) + Duration::from_nanos(late);
            }
            let through = pipe.take(now, 0);
            prop_assert!(through.since(begin) <= Duration::from_millis(10 * steps));
        }
    }
}
