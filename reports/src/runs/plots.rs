//! The pictures of several runs.

use swarmlab_sim::results::PeerRow;

use super::Entry;
use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Chart, Entry as Legend};
use crate::format::duration;
use crate::plot::Plot;

/// More lines than this can't be told apart.
const LINES_MAX: usize = 18;

/// All of them.
pub(super) fn all(entries: &[Entry]) -> Vec<Plot> {
    vec![completion(entries)]
}

/// The distributions of completion times, one beside the other.
fn completion(entries: &[Entry]) -> Plot {
    let shown = &entries[..entries.len().min(LINES_MAX)];
    let times: Vec<Vec<f64>> = shown.iter().map(|entry| durations_s(&entry.peers)).collect();
    let bound = bound_s(shown);
    let longest = times.iter().filter_map(|times| times.last()).fold(bound.unwrap_or(0.0), |a, &b| a.max(b));
    let end = longest * 1.03;
    let title = "Completion times";
    let x = Axis::time("time from arrival to completion", end);
    let mut chart = Chart::new(title, x, Axis::share("leechers completed"));
    chart.legend(
        shown.iter().enumerate().map(|(index, entry)| Legend::line(&entry.name, palette::series(index))),
    );
    if let Some(bound_s) = bound {
        let stroke = Stroke::solid(palette::TEXT, 1.2).dash(Dash::Dashed);
        chart.vertical(bound_s, ["T", "min", &format!("= {}", duration(bound_s))], stroke);
    }
    for (index, (entry, times)) in shown.iter().zip(&times).enumerate() {
        let all = entry.summary.leechers.max(1) as f64;
        let steps = times.iter().enumerate();
        let mut line: Vec<(f64, f64)> = steps
            .flat_map(|(done, &time)| [(time, done as f64 / all), (time, (done + 1) as f64 / all)])
            .collect();
        if times.len() < entry.summary.leechers as usize {
            line.push((end, times.len() as f64 / all));
        }
        chart.line(line, palette::series(index));
    }
    let first = match entries.len() > LINES_MAX {
        true => format!(" The first {LINES_MAX} runs are drawn."),
        false => String::new(),
    };
    let caption = format!(
        "The share of each run’s leechers that were complete so long after their own arrival; a line that ends below 100 % \
         says that the rest did not finish.{first}"
    );
    Plot::new("completion", title, caption, chart)
}

fn durations_s(peers: &[PeerRow]) -> Vec<f64> {
    let leechers = peers.iter().filter(|peer| peer.is_leecher());
    let mut times: Vec<f64> =
        leechers.filter_map(PeerRow::completion_s).filter(|time| time.is_finite()).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// The bound, where it is one and the same for every run.
fn bound_s(entries: &[Entry]) -> Option<f64> {
    let bound = |entry: &Entry| entry.summary.t_min_s.filter(|_| entry.summary.t_min_applies);
    let first = bound(entries.first()?)?;
    let is_same = |entry: &Entry| bound(entry).is_some_and(|bound| (bound - first).abs() <= first * 1e-6);
    entries.iter().all(is_same).then_some(first)
}
