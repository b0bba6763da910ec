//! What the uplink carries, as far as it has shown: for chokers that hand it out.

use std::collections::VecDeque;

use crate::time::Time;

/// The rate is that of so many rounds of the choker. What sockets took in a round, but the link has not sent yet, counts
/// half as much in two.
const ROUNDS: usize = 2;
/// A better rate is believed by one half: part of it may be sockets that were filled for the first time.
const RISE: u64 = 2;
/// The best rate is forgotten by one part in so many with each round: by one half in two hours, at rounds of ten seconds.
/// The payload that is wanted of us says nothing of the link as long as it is less than that carries.
const FALL: u64 = 1024;

/// The best rate of late.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uplink {
    bytes_per_s: u64,
    /// When rounds were, and what had been sent to all peers by then.
    rounds: VecDeque<(Time, u64)>,
}

impl Uplink {
    /// A round of the choker; so much was sent to all peers up to now.
    pub fn end_round(&mut self, now: Time, uploaded_bytes: u64) {
        if let Some((began, before)) = self.rounds.front() {
            let nanos = (now - *began).as_nanos().max(1);
            let rate = u128::from(uploaded_bytes.saturating_sub(*before)) * 1_000_000_000 / nanos;
            self.take(u64::try_from(rate).unwrap_or(u64::MAX));
        }
        self.rounds.push_back((now, uploaded_bytes));
        if self.rounds.len() > ROUNDS {
            self.rounds.pop_front();
        }
    }

    fn take(&mut self, rate: u64) {
        self.bytes_per_s -= self.bytes_per_s / FALL;
        if self.bytes_per_s == 0 {
            self.bytes_per_s = rate;
        } else if rate > self.bytes_per_s {
            self.bytes_per_s += (rate - self.bytes_per_s).div_ceil(RISE);
        }
    }

    /// Payload, bytes/s; 0 if none was sent yet.
    pub fn bytes_per_s(&self) -> u64 {
        self.bytes_per_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(totals: &[u64]) -> u64 {
        let mut uplink = Uplink::default();
        let rounds = totals.iter().zip((0..).map(|round: u64| Time::from_secs(round * 10)));
        rounds.for_each(|(total, now)| uplink.end_round(now, *total));
        uplink.bytes_per_s()
    }

    #[test]
    fn the_rate_is_that_of_the_last_two_rounds() {
        assert_eq!(after(&[]), 0);
        assert_eq!(after(&[5_000]), 0, "nobody knows when it was sent");
        assert_eq!(after(&[0, 5_000]), 500);
        assert_eq!(after(&[0, 5_000, 25_000]), 500 + 375);
    }

    #[test]
    fn what_is_not_wanted_is_forgotten_slowly() {
        let idle: Vec<u64> = std::iter::once(0).chain(std::iter::repeat_n(100_000_000, 722)).collect();
        let half = after(&idle);
        assert!((4_900_000..5_100_000).contains(&half), "{half}");
    }
}
