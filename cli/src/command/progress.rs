//! How far all runs have come, with the time left.

use swarmlab_reports::format::duration;
use swarmlab_sim::jobs::Observer;

use crate::command::runs_bar::RunsBar;

/// Below this share the time left is a guess.
const TOLD_FROM: f64 = 0.01;

/// Shows the runs while they go on.
pub struct Progress(pub RunsBar);

impl Observer for Progress {
    fn progress(&self, done: f64, what: &str) {
        let left = match done {
            done if done < TOLD_FROM => String::new(),
            done => {
                let left_s = self.0.elapsed().as_secs_f64() * (1.0 - done) / done;
                format!("{} left; ", duration(left_s))
            }
        };
        self.0.show(done, format!("{left}{what}"));
    }

    fn go_on(&self) -> bool {
        !self.0.is_interrupted()
    }
}
