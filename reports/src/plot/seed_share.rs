//! How much of the work the initial seeds did.

use swarmlab_sim::results::{Run, TimelineRow};

use super::samples::steps;
use super::{Plot, mark_events, observed_s};
use crate::chart::palette::{self, Stroke};
use crate::chart::{Axis, Chart, Entry};

/// A share of less than this part of the highest rate says nothing and is left out.
const TELLING_MIN: f64 = 0.05;

pub(super) fn plot(run: &Run) -> Plot {
    let rows = &run.tables.timeline;
    let now = Stroke::solid(palette::SKY, 1.2);
    let so_far = Stroke::solid(palette::BLUE, 2.0);
    let (x, y) = (Axis::time("time", observed_s(run)), Axis::share("upload by the initial seeds"));
    let mut chart = Chart::new("The seeds' share of the upload", x, y);
    mark_events(&mut chart, run);
    chart.legend([Entry::line("between samples", now), Entry::line("since the start", so_far)]);

    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let most = rows.iter().map(|row| row.up_bits_per_s).fold(0.0, f64::max);
    let telling = |row: &&TimelineRow| row.up_bits_per_s >= most * TELLING_MIN;
    let share_of = |row: &TimelineRow| share(row.seed_up_bits_per_s, row.up_bits_per_s);
    for line in steps(rows.iter().map(|row| (row.time_s, Some(row).filter(telling).and_then(share_of)))) {
        chart.line(line, now);
    }
    let mut sums = (0.0, 0.0);
    let mut cumulative = Vec::new();
    for pair in rows.windows(2) {
        let span_s = pair[1].time_s - pair[0].time_s;
        sums = (sums.0 + pair[1].seed_up_bits_per_s * span_s, sums.1 + pair[1].up_bits_per_s * span_s);
        cumulative.extend(share(sums.0, sums.1).map(|share| (pair[1].time_s, share)));
    }
    if cumulative.is_empty() {
        chart.remark("no payload was sent");
    }
    chart.line(cumulative, so_far);
    Plot {
        name: "seed_share",
        title: "The seeds' share of the upload",
        caption: "Which part of all payload sent came from the peers that started with everything. The sooner it falls, \
                  the sooner the leechers served each other. Samples with hardly any traffic are left out."
            .to_owned(),
        chart,
    }
}
