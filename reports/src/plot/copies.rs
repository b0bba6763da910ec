//! How evenly the pieces are spread over time.

use plotters::style::Color;
use swarmlab_sim::results::{Run, TimelineRow};

use super::{Plot, mark_events, observed_s};
use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Chart, Entry};

/// A name, what it shows, and how it is drawn.
type Line = (&'static str, fn(&TimelineRow) -> u32, Stroke);

pub(super) fn plot(run: &Run) -> Plot {
    let rows = &run.tables.timeline;
    let most = rows.iter().map(|row| row.copies_max).max().unwrap_or(0);
    let lines: [Line; 3] = [
        ("commonest piece", |row| row.copies_max, Stroke::solid(palette::SKY, 1.6).dash(Dash::Dashed)),
        ("median piece", |row| row.copies_median, Stroke::solid(palette::BLUE, 2.0)),
        ("rarest piece", |row| row.copies_min, Stroke::solid(palette::VERMILLION, 1.6).dash(Dash::Dotted)),
    ];
    let (x, y) =
        (Axis::time("time", observed_s(run)), Axis::count("copies among the peers present", most.into()));
    let mut chart = Chart::new("Copies of the pieces", x, y);
    mark_events(&mut chart, run);
    chart.legend(lines.iter().map(|(name, _, stroke)| Entry::line(*name, *stroke)));
    let band: Vec<_> =
        rows.iter().map(|row| (row.time_s, row.copies_min.into(), row.copies_max.into())).collect();
    chart.band(&band, palette::SKY.mix(0.2));
    for (_, copies, stroke) in lines {
        chart.line(rows.iter().map(|row| (row.time_s, f64::from(copies(row)))), stroke);
    }
    Plot {
        name: "copies",
        title: "Copies of the pieces",
        caption: "How many of the peers present hold the rarest, the median and the commonest piece. The narrower the \
                  band, the more evenly the pieces are spread; where the lowest line touches zero, a piece is nowhere."
            .to_owned(),
        chart,
    }
}
