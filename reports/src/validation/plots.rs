//! Draws the pictures of experiments.

use plotters::style::Color;
use swarmlab_sim::validate::{Curve, Picture, Scale};

use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Chart, Entry};

/// The picture as a chart.
pub(super) fn chart(picture: &Picture) -> Chart {
    let points = || picture.curves.iter().flat_map(|curve| &curve.points);
    let x_end = points().map(|point| point.x).fold(0.0, f64::max);
    let y_end = points().map(|point| point.y + point.half_width).fold(0.0, f64::max);
    let mut chart = Chart::new(&picture.title, axis(&picture.x, x_end), axis(&picture.y, y_end));
    let strokes: Vec<Stroke> =
        (0..picture.curves.len()).map(|index| stroke(&picture.curves, index)).collect();
    let entries = picture.curves.iter().zip(&strokes);
    chart.legend(entries.map(|(curve, &stroke)| Entry::line(&curve.name, stroke)));
    for (curve, &stroke) in picture.curves.iter().zip(&strokes) {
        if curve.points.iter().any(|point| point.half_width > 0.0) {
            let of = |point: &swarmlab_sim::validate::Point| {
                (point.x, point.y - point.half_width, point.y + point.half_width)
            };
            chart.band(&curve.points.iter().map(of).collect::<Vec<_>>(), stroke.colour.mix(0.2));
        }
        chart.line(curve.points.iter().map(|point| (point.x, point.y)), stroke);
    }
    if points().next().is_none() {
        chart.remark("nothing was measured");
    }
    chart
}

/// What was expected is drawn in grey, what was simulated in colours.
fn stroke(curves: &[Curve], index: usize) -> Stroke {
    if curves[index].is_expected {
        return Stroke::solid(palette::SOFT, 1.3).dash(Dash::Dashed);
    }
    palette::series(curves[..index].iter().filter(|curve| !curve.is_expected).count())
}

fn axis(scale: &Scale, end: f64) -> Axis {
    match scale {
        Scale::Time(name) => Axis::time(name, end),
        Scale::Count(name) => Axis::count(name, end),
        Scale::Decades(name) => Axis::decades(name, end),
        Scale::Share(name) => Axis::share(name),
        Scale::Number(name) => Axis::number(name, end),
        Scale::Rate(name) => Axis::rate(name, end),
    }
}
