//! How far a run has come, while it goes on.

use swarmlab_reports::format::duration;
use swarmlab_sim::world::{Status, Watch};

use crate::command::runs_bar::RunsBar;

/// Shows a run while it goes on. Its results so far are kept when the user ends it.
pub struct Watcher(pub RunsBar);

impl Watch for Watcher {
    fn status(&mut self, status: Status) -> bool {
        let Status { simulated_s, completed, leechers, progress, .. } = status;
        let message = format!("{} simulated, {completed} of {leechers} complete", duration(simulated_s));
        self.0.show(progress, message);
        !self.0.is_interrupted()
    }
}
