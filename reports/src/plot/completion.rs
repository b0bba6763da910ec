//! When the leechers completed: the distribution of their times from arrival to completion, beside the lower
//! bound.

use std::collections::BTreeMap;

use swarmlab_sim::results::{PeerRow, Run};

use super::Plot;
use crate::chart::{Axis, Chart, Entry, palette};
use crate::format::duration;
use crate::picture::{Dash, Ink, Stroke};

/// More groups than this are drawn as one.
const GROUPS_MAX: usize = 12;

pub(super) fn plot(run: &Run) -> Plot {
    let lines = lines(&run.tables.peers);
    let longest = lines.iter().filter_map(|line| line.durations_s.last()).fold(0.0f64, |a, &b| a.max(b));
    let summary = &run.summary;
    let bound = summary.t_min_s.filter(|_| summary.t_min_applies);
    let end = longest.max(bound.unwrap_or(0.0)) * 1.03;
    let entries: Vec<Entry> = lines.iter().map(|line| Entry::line(&line.name, line.stroke)).collect();
    let entries = if lines.len() > 1 { entries } else { Vec::new() };
    let x = Axis::time("time from arrival to completion", end);
    let mut chart = Chart::new("Completion times", x, Axis::share("leechers completed"), &entries, 0.0);
    if let Some(bound) = bound {
        let words = format!("= {}", duration(bound));
        chart.vertical(bound, ["T", "min", &words], Stroke::solid(Ink::TEXT, 1.2).dash(Dash::Dashed));
    }
    for line in &lines {
        chart.line(line.steps(end), line.stroke);
    }
    if summary.completed == 0 {
        chart.remark("no leecher completed");
    }
    Plot {
        name: "completion",
        title: "Completion times",
        caption: caption(bound.is_some()),
        picture: chart.finish(),
    }
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

    /// The distribution as a staircase from the origin to `end`.
    fn steps(&self, end: f64) -> Vec<(f64, f64)> {
        let share = |count: usize| count as f64 / self.leechers.max(1) as f64;
        let mut points = vec![(0.0, 0.0)];
        for (index, &duration) in self.durations_s.iter().enumerate() {
            points.extend([(duration, share(index)), (duration, share(index + 1))]);
        }
        points.push((end, share(self.durations_s.len())));
        points
    }
}

fn lines(peers: &[PeerRow]) -> Vec<Line> {
    let leechers = || peers.iter().filter(|peer| !peer.is_seed());
    let mut groups: BTreeMap<&str, Vec<&PeerRow>> = BTreeMap::new();
    for leecher in leechers() {
        groups.entry(&leecher.group).or_default().push(leecher);
    }
    if groups.len() < 2 || groups.len() > GROUPS_MAX {
        return vec![Line::new("all leechers".to_owned(), palette::series(0), leechers())];
    }
    let all = Line::new("all leechers".to_owned(), Stroke::solid(Ink::TEXT.fade(0.45), 1.2), leechers());
    let line = |(index, (name, members)): (usize, (&str, Vec<&PeerRow>))| {
        let name = format!("{name} ({})", members.len());
        Line::new(name, palette::series(index), members.into_iter())
    };
    std::iter::once(all).chain(groups.into_iter().enumerate().map(line)).collect()
}
