//! How far a search has come, and when it is enough.

use std::time::Duration;

use swarmlab_reports::format::count;
use swarmlab_sim::explore::{Observer, Progress};

use crate::command::runs_bar::RunsBar;

/// Shows a search while it goes on, and ends it by the clock or by the user's wish.
pub struct Watcher {
    bar: RunsBar,
    limit: Option<Duration>,
    seeds: Option<u64>,
}

impl Watcher {
    /// Ends the search after so many minutes, and knows how many seeds there are.
    pub fn new(bar: RunsBar, minutes: Option<f64>, seeds: Option<u64>) -> Watcher {
        // Longer than a century is for ever.
        const MINUTES_MAX: f64 = 60e6;
        let limit = minutes.map(|minutes| Duration::from_secs_f64(minutes.min(MINUTES_MAX) * 60.0));
        Watcher { bar, limit, seeds }
    }

    /// Takes the line away.
    pub fn end(self) {
        self.bar.end();
    }
}

impl Observer for Watcher {
    fn progress(&self, progress: Progress) {
        let elapsed_s = self.bar.elapsed().as_secs_f64();
        let by_time = self.limit.map_or(0.0, |limit| elapsed_s / limit.as_secs_f64());
        let by_seeds = self.seeds.map_or(0.0, |seeds| progress.seeds as f64 / seeds as f64);
        let mut message = format!(
            "{} runs, {}/min, {} events/s, {} violations",
            count(progress.seeds),
            count((progress.seeds as f64 / elapsed_s * 60.0) as u64),
            count((progress.events as f64 / elapsed_s) as u64),
            count(progress.violations),
        );
        if progress.shrinking > 0 {
            message += &format!(", {} being shrunk", progress.shrinking);
        }
        if progress.unseen > 0 {
            message += &format!(", {} sights not seen", progress.unseen);
        }
        self.bar.show(by_time.max(by_seeds).min(1.0), message);
    }

    fn wants_more(&self) -> bool {
        self.limit.is_none_or(|limit| self.bar.elapsed() < limit)
    }

    fn is_interrupted(&self) -> bool {
        self.bar.is_interrupted()
    }
}
