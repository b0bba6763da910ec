//! How much of the links the swarm used over time.

use plotters::style::Color;
use swarmlab_sim::results::{Run, TimelineRow};

use super::samples::steps;
use super::{Plot, mark_events, observed_s};
use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Chart, Entry};
use crate::format::rate;

/// A download capacity further above everything else than this is named, not drawn.
const DRAWN_ABOVE_MAX: f64 = 1.5;

pub(super) fn plot(run: &Run) -> Plot {
    let rows = &run.tables.timeline;
    let most = |value: fn(&TimelineRow) -> f64| rows.iter().map(value).fold(0.0, f64::max);
    let traffic = most(|row| row.up_bits_per_s).max(most(|row| row.down_bits_per_s));
    let base = traffic.max(most(|row| row.capacity_up_bits_per_s));
    let capacity_down = most(|row| row.capacity_down_bits_per_s);
    let drawn_down = capacity_down <= base * DRAWN_ABOVE_MAX;
    let end = if drawn_down { base.max(capacity_down) } else { base };

    let up = palette::series(0);
    let down = palette::SKY.mix(0.35);
    let upload_limit = Stroke::solid(palette::SOFT, 1.4).dash(Dash::Dashed);
    let download_limit = Stroke::solid(palette::SOFT, 1.4).dash(Dash::Dotted);
    let waste = Stroke::solid(palette::VERMILLION, 1.6);
    let (x, y) = (Axis::time("time", observed_s(run)), Axis::rate("payload rate", end));
    let mut chart = Chart::new("Throughput of the swarm", x, y);
    mark_events(&mut chart, run);
    chart.legend([
        Entry::line("up", up),
        Entry::area("down", down),
        Entry::line("wasted", waste),
        Entry::line("upload capacity", upload_limit),
    ]);
    chart.legend([match drawn_down {
        true => Entry::line("download capacity", download_limit),
        false => Entry::remark(format!("download capacity: {}, off the scale", rate(capacity_down))),
    }]);
    let stairs =
        |value: fn(&TimelineRow) -> f64| steps(rows.iter().map(|row| (row.time_s, Some(value(row)))));
    for line in stairs(|row| row.down_bits_per_s) {
        let band: Vec<_> = line.into_iter().map(|(time, rate)| (time, 0.0, rate)).collect();
        chart.band(&band, down);
    }
    let mut draw = |value: fn(&TimelineRow) -> f64, stroke| {
        for line in stairs(value) {
            chart.line(line, stroke);
        }
    };
    draw(|row| row.up_bits_per_s, up);
    draw(|row| row.waste_bits_per_s, waste);
    draw(|row| row.capacity_up_bits_per_s, upload_limit);
    if drawn_down {
        draw(|row| row.capacity_down_bits_per_s, download_limit);
    }
    Plot {
        name: "throughput",
        title: "Throughput of the swarm",
        caption: "Payload that all peers sent (line) and received (area) per second, as means between samples, against \
                  the links of the peers present. Between the line and the upload capacity lies what the swarm left unused."
            .to_owned(),
        chart,
    }
}
