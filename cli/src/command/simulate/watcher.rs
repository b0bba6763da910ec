//! A progress bar for a run, and the user's wish to end it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use swarmlab_reports::format::duration;
use swarmlab_sim::world::{Status, Watch};

use crate::failure::Failure;
use crate::interrupts;

/// Steps of the bar.
const STEPS: u64 = 1_000;

/// Shows a run while it goes on.
pub struct Watcher {
    bar: ProgressBar,
    interrupted: Arc<AtomicBool>,
}

impl Watcher {
    /// From now on the first Ctrl-C ends the run, whose results so far are kept; the second ends the process.
    pub fn new(silent: bool) -> Result<Watcher, Failure> {
        let interrupted = interrupts::flag()?;
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {msg}")
            .expect("a template without mistakes");
        let bar = if silent { ProgressBar::hidden() } else { ProgressBar::new(STEPS).with_style(style) };
        Ok(Watcher { bar, interrupted })
    }

    /// Takes the bar away, and says whether the user ended the run.
    pub fn end(self) -> bool {
        self.bar.finish_and_clear();
        self.interrupted.load(Ordering::Relaxed)
    }
}

impl Watch for Watcher {
    fn status(&mut self, status: Status) -> bool {
        self.bar.set_position((status.progress * STEPS as f64) as u64);
        let Status { simulated_s, completed, leechers, .. } = status;
        self.bar
            .set_message(format!("{} simulated, {completed} of {leechers} complete", duration(simulated_s)));
        !self.interrupted.load(Ordering::Relaxed)
    }
}
