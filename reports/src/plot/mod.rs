//! The plots of a run: each a pure function from the run's tables to a picture with its caption.

mod completion;
mod copies;
mod heat_map;
mod progress;
mod samples;
mod seed_share;
mod throughput;

use swarmlab_sim::results::Run;

use crate::picture::Picture;

/// One plot of a run.
#[derive(Clone, Debug)]
pub struct Plot {
    /// Name of its file, without an ending.
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// How to read it, one or two sentences.
    pub caption: String,
    /// The picture.
    pub picture: Picture,
}

/// All plots of a run, in the order of the page.
pub fn all(run: &Run) -> Vec<Plot> {
    vec![
        completion::plot(run),
        throughput::plot(run),
        progress::plot(run),
        copies::plot(run),
        heat_map::plot(run),
        seed_share::plot(run),
    ]
}

/// Until when the run was observed, simulated seconds.
fn observed_s(run: &Run) -> f64 {
    run.tables.timeline.last().map_or(0.0, |row| row.time_s).max(run.summary.facts.simulated_s)
}
