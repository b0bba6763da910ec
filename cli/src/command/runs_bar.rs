//! A progress bar over simulated runs, and the user's wish to end them. In the log of a CI job it is a line each minute.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::interrupts;
use crate::text::say;

/// Steps of the bar.
const STEPS: u64 = 10_000;

/// Shows how far runs have come.
pub struct RunsBar {
    bar: ProgressBar,
    /// Minutes after which a line was written last, where there is no terminal for a bar.
    lines: Option<AtomicU64>,
    interrupted: Arc<AtomicBool>,
}

impl RunsBar {
    /// From now on the first Ctrl-C asks for the end, the second ends the process.
    pub fn new(silent: bool) -> Result<RunsBar, Failure> {
        let interrupted = interrupts::flag()?;
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {msg}")
            .expect("a template without mistakes");
        let bar = if silent { ProgressBar::hidden() } else { ProgressBar::new(STEPS).with_style(style) };
        let lines = (!silent && !io::stderr().is_terminal()).then(AtomicU64::default);
        Ok(RunsBar { bar, lines, interrupted })
    }

    /// This share is done.
    pub fn show(&self, done: f64, message: String) {
        if let Some(lines) = &self.lines {
            let minutes = self.elapsed().as_secs() / 60;
            if lines.fetch_max(minutes, Ordering::Relaxed) < minutes {
                eprintln!("{minutes} min: {:.1} %, {message}", 100.0 * done);
            }
        }
        self.bar.set_position((done * STEPS as f64) as u64);
        self.bar.set_message(message);
    }

    /// Prints a line above it.
    pub fn say(&self, line: impl Display) {
        self.bar.suspend(|| say(line));
    }

    /// How long it has been there.
    pub fn elapsed(&self) -> Duration {
        self.bar.elapsed()
    }

    /// Whether the user wants to end it.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Takes the bar away, and says whether the user ended it.
    pub fn end(self) -> bool {
        self.bar.finish_and_clear();
        self.is_interrupted()
    }
}
