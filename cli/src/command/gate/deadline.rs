//! Progress that ends in time.

use std::time::Duration;

use swarmlab_sim::jobs::Observer;

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;

/// Shows how far the runs have come, and ends them after a while.
pub struct Deadline {
    progress: Progress,
    after: Option<Duration>,
}

impl Deadline {
    /// From now on.
    pub fn new(bar: RunsBar, after: Option<Duration>) -> Deadline {
        Deadline { progress: Progress(bar), after }
    }

    /// Takes the bar away, and says whether the user ended it.
    pub fn end(self) -> bool {
        self.progress.0.end()
    }
}

impl Observer for Deadline {
    fn progress(&self, done: f64, what: &str) {
        self.progress.progress(done, what);
    }

    fn go_on(&self) -> bool {
        self.progress.go_on() && self.after.is_none_or(|after| self.progress.0.elapsed() < after)
    }
}
