//! A progress bar over all runs with the time left, and the user's wish to end them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use swarmlab_reports::format::duration;
use swarmlab_sim::validate::Observer;

use crate::failure::Failure;
use crate::interrupts;

/// Steps of the bar.
const STEPS: u64 = 10_000;
/// Below this share the time left is a guess.
const TOLD_FROM: f64 = 0.01;

/// Shows the runs while they go on.
pub struct Progress {
    bar: ProgressBar,
    interrupted: Arc<AtomicBool>,
}

impl Progress {
    /// From now on the first Ctrl-C ends the runs, and whole experiments are kept; the second ends the process.
    pub fn new(silent: bool) -> Result<Progress, Failure> {
        let interrupted = interrupts::flag()?;
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {msg}")
            .expect("a template without mistakes");
        let bar = if silent { ProgressBar::hidden() } else { ProgressBar::new(STEPS).with_style(style) };
        Ok(Progress { bar, interrupted })
    }

    /// Takes the bar away, and says whether the user ended the runs.
    pub fn end(self) -> bool {
        self.bar.finish_and_clear();
        self.interrupted.load(Ordering::Relaxed)
    }
}

impl Observer for Progress {
    fn progress(&self, done: f64, what: &str) {
        self.bar.set_position((done * STEPS as f64) as u64);
        let left = match done {
            done if done < TOLD_FROM => String::new(),
            done => {
                let left_s = self.bar.elapsed().as_secs_f64() * (1.0 - done) / done;
                format!("{} left; ", duration(left_s))
            }
        };
        self.bar.set_message(format!("{left}{what}"));
    }

    fn go_on(&self) -> bool {
        !self.interrupted.load(Ordering::Relaxed)
    }
}
