//! When the leechers completed: the distribution of their times from arrival to completion, beside the lower
//! bound.

use std::collections::BTreeMap;

use swarmlab_sim::results::{PeerRow, Run};

use super::{Plot, bound_s, mark_bound, mark_events_since_arrival};
use crate::chart::palette::{self, Stroke};
use crate::chart::{Axis, Chart, Entry};

/// More groups than this are drawn as one.
const GROUPS_MAX: usize = 12;

pub(super) fn plot(run: &Run) -> Plot {
    let lines = lines(&run.tables.peers);
    let longest = lines.iter().filter_map(|line| line.durations_s.last()).fold(0.0f64, |a, &b| a.max(b));
    let summary = &run.summary;
    let bound = bound_s(run);
    let end = longest.max(bound.unwrap_or(0.0)) * 1.03;
    let x = Axis::time("time from arrival to completion", end);
    let mut chart = Chart::new("Completion times", x, Axis::share("leechers completed"));
    if lines.len() > 1 {
        chart.legend(lines.iter().map(|line| Entry::line(&line.name, line.stroke)));
    }
    mark_events_since_arrival(&mut chart, run);
    mark_bound(&mut chart, bound);
    for line in &lines {
        chart.line(line.steps(end), line.stroke);
    }
    if summary.completed == 0 {
        chart.remark("no leecher completed");
    }
    Plot { name: "completion", title: "Completion times", caption: caption(bound.is_some()), chart }
}

fn caption(with_bound: bool) -> String {
    let bound = match with_bound {
        true => "T_min is the least time that any protocol needs on these links.",
        false => "The lower bound T_min does not apply to this run.",
    };
    format!(
        "The share of leechers that were complete so long after their own arrival; a line that ends below 100 % says \
         that the rest did not finish. {bound}"
    )
}

/// The leechers of a group.
struct Line {
    name: String,
    stroke: Stroke,
    leechers: usize,
    durations_s: Vec<f64>,
}

impl Line {
    fn new<'a>(name: String, stroke: Stroke, leechers: impl Iterator<Item = &'a PeerRow>) -> Line {
        let durations: Vec<Option<f64>> = leechers.map(PeerRow::completion_s).collect();
        let mut durations_s: Vec<f64> = durations.iter().flatten().copied().collect();
        durations_s.sort_by(f64::total_cmp);
        Line { name, stroke, leechers: durations.len(), durations_s }
    }

    /// The distribution as a staircase from the first completion to the last; to `end` if some leechers never
    /// completed.
    fn steps(&self, end: f64) -> Vec<(f64, f64)> {
        let share = |count: usize| count as f64 / self.leechers.max(1) as f64;
        let stairs = self.durations_s.iter().enumerate();
        let mut points: Vec<(f64, f64)> = stairs
            .flat_map(|(index, &duration)| [(duration, share(index)), (duration, share(index + 1))])
            .collect();
        if self.durations_s.len() < self.leechers {
            points.insert(0, (0.0, 0.0));
            points.push((end, share(self.durations_s.len())));
        }
        points
    }
}

fn lines(peers: &[PeerRow]) -> Vec<Line> {
    let leechers = || peers.iter().filter(|peer| peer.is_leecher());
    let mut groups: BTreeMap<&str, Vec<&PeerRow>> = BTreeMap::new();
    for leecher in leechers() {
        groups.entry(&leecher.group).or_default().push(leecher);
    }
    if groups.len() < 2 || groups.len() > GROUPS_MAX {
        return vec![Line::new("all leechers".to_owned(), palette::series(0), leechers())];
    }
    let all = Line::new("all leechers".to_owned(), Stroke::solid(palette::SOFT, 1.0), leechers());
    let line = |(index, (name, members)): (usize, (&str, Vec<&PeerRow>))| {
        let name = format!("{name} ({})", members.len());
        Line::new(name, palette::series(index), members.into_iter())
    };
    std::iter::once(all).chain(groups.into_iter().enumerate().map(line)).collect()
}
