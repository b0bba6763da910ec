//! The plots of a run: each a pure function from the run's tables to a chart with its caption.

mod completion;
mod copies;
mod given_and_taken;
mod heat_map;
mod progress;
mod samples;
mod seed_share;
mod slots;
mod throughput;

use swarmlab_sim::results::Run;

use crate::chart::Chart;
use crate::chart::palette::{self, Dash, Stroke};
use crate::format::duration;

/// One plot of a run.
#[derive(Clone, Debug)]
pub struct Plot {
    /// Name of its file, without an ending.
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// How to read it, one or two sentences.
    pub caption: String,
    chart: Chart,
}

impl Plot {
    /// A chart with its name and its caption.
    pub(crate) fn new(name: &'static str, title: &'static str, caption: String, chart: Chart) -> Plot {
        Plot { name, title, caption, chart }
    }

    /// As an SVG file, which is also an element for a page.
    pub fn svg(&self) -> String {
        self.chart.svg()
    }

    /// As a PNG file; `scale` is the number of its pixels for one pixel of the page, 1 to 4.
    pub fn png(&self, scale: u32) -> Vec<u8> {
        self.chart.png(scale)
    }
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
        slots::plot(run),
        given_and_taken::plot(run),
    ]
}

/// Until when the run was observed, simulated seconds.
fn observed_s(run: &Run) -> f64 {
    run.tables.timeline.last().map_or(0.0, |row| row.time_s).max(run.summary.facts.simulated_s)
}

/// The lower bound on the last completion, seconds from the first arrival, where it applies.
fn bound_s(run: &Run) -> Option<f64> {
    run.summary.t_min_s.filter(|_| run.summary.t_min_applies)
}

/// Draws the lower bound into a chart whose x axis counts from the arrival that the bound counts from.
fn mark_bound(chart: &mut Chart, bound_s: Option<f64>) {
    if let Some(bound_s) = bound_s {
        let stroke = Stroke::solid(palette::TEXT, 1.2).dash(Dash::Dashed);
        chart.vertical(bound_s, ["T", "min", &format!("= {}", duration(bound_s))], stroke);
    }
}

/// Draws what the script did into a chart whose x axis is simulated time.
fn mark_events(chart: &mut Chart, run: &Run) {
    chart.moments(run.tables.events.iter().map(|event| event.time_s));
}

/// Draws what the script did into a chart whose x axis is each leecher's own time since its arrival: possible where all
/// came at one moment. What was done before that has no place in it.
fn mark_events_since_arrival(chart: &mut Chart, run: &Run) {
    let mut arrivals = run.tables.peers.iter().filter(|peer| peer.is_leecher()).map(|peer| peer.joined_s);
    let Some(first) = arrivals.next() else { return };
    let events = || run.tables.events.iter().map(|event| event.time_s - first);
    if arrivals.all(|arrival| arrival == first) && events().all(|since| since >= 0.0) {
        chart.moments(events());
    }
}
