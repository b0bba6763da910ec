//! How fast it goes.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Rates are means over so long: steady enough to read, quick enough to see a change.
const WINDOW: Duration = Duration::from_secs(5);

/// The rate of a counter that only grows.
#[derive(Default)]
pub struct Rate {
    samples: VecDeque<(Instant, u64)>,
}

impl Rate {
    /// Notes what the counter says now, and gives the rate a second over the last while.
    pub fn per_second(&mut self, now: Instant, counter: u64) -> u64 {
        self.samples.push_back((now, counter));
        while self.samples.len() > 2 && now - self.samples[1].0 >= WINDOW {
            self.samples.pop_front();
        }
        let (since, before) = self.samples[0];
        let seconds = (now - since).as_secs_f64();
        if seconds > 0.0 { ((counter - before) as f64 / seconds) as u64 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let mut rate = Rate::default();
        assert_eq!(rate.per_second(start, 0), 0);
        for second in 1..=10 {
            assert_eq!(rate.per_second(start + Duration::from_secs(second), second * 100), 100);
        }
        let stalled = (11..=16).map(|second| rate.per_second(start + Duration::from_secs(second), 1000));
        assert_eq!(stalled.collect::<Vec<_>>(), [80, 60, 40, 20, 0, 0]);
    }
}
