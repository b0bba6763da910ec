//! The pictures of a comparison.

use plotters::style::Color;
use swarmlab_sim::compare::Comparison;
use swarmlab_sim::measures::{MEASURES, Measure, Unit};
use swarmlab_sim::validate::Estimate;

use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Chart, Entry};
use crate::plot::Plot;

/// More variants than this are no picture any more.
const CURVES_MAX: usize = 8;

/// All that can be drawn of it.
pub(super) fn all(comparison: &Comparison) -> Vec<Plot> {
    match &comparison.plan.sweep {
        Some((key, unit)) => {
            let x = if unit.is_empty() { key.clone() } else { format!("{key} ({unit})") };
            vec![times(comparison, &x), copies(comparison, &x)]
        }
        None if comparison.plan.variants.len() <= CURVES_MAX => vec![completion(comparison)],
        None => Vec::new(),
    }
}

/// The distributions of completion times, one above the other.
fn completion(comparison: &Comparison) -> Plot {
    let variants = &comparison.plan.variants;
    let curves: Vec<Vec<(f64, f64)>> =
        (0..variants.len()).map(|variant| curve(comparison, variant)).collect();
    let bound_s = bound_s(comparison);
    let longest = curves.iter().filter_map(|curve| curve.last()).map(|point| point.0).fold(0.0, f64::max);
    let end = longest.max(bound_s.unwrap_or(0.0)) * 1.03;
    let x = Axis::time("time from arrival to completion", end);
    let mut chart = Chart::new("Completion times", x, Axis::share("leechers completed"));
    let named = |(index, variant): (usize, &swarmlab_sim::compare::Variant)| {
        Entry::line(&variant.name, palette::series(index))
    };
    chart.legend(variants.iter().enumerate().map(named));
    if let Some(bound_s) = bound_s {
        chart.vertical(bound_s, ["T", "min", ""], Stroke::solid(palette::SOFT, 1.3).dash(Dash::Dashed));
    }
    for (index, curve) in curves.into_iter().enumerate() {
        chart.line(curve, palette::series(index));
    }
    let caption = "The share of those who completed that were complete so long after their own arrival: for each share the \
                   mean time over all seeds."
        .to_owned();
    Plot::new("completion", "Completion times", caption, chart)
}

/// For each share of leechers the mean over the seeds of the time by which so many were complete.
fn curve(comparison: &Comparison, variant: usize) -> Vec<(f64, f64)> {
    let runs = || {
        let of_variant = comparison.runs.iter().filter(move |run| run.variant == variant);
        of_variant.filter(|run| !run.curve_s.is_empty())
    };
    let count = runs().count();
    if count == 0 {
        return Vec::new();
    }
    let mean = |percent: usize| runs().map(|run| run.curve_s[percent]).sum::<f64>() / count as f64;
    (0..=100).map(|percent| (mean(percent), percent as f64 / 100.0)).collect()
}

/// The bound, where it is one and the same for every run.
fn bound_s(comparison: &Comparison) -> Option<f64> {
    let first = comparison.runs.first()?.bound_s?;
    let is_same = |bound: Option<f64>| bound.is_some_and(|bound| (bound - first).abs() < first * 1e-6);
    comparison.runs.iter().all(|run| is_same(run.bound_s)).then_some(first)
}

/// A sweep: how completion follows what is varied, with the bound.
fn times(comparison: &Comparison, x_title: &str) -> Plot {
    let chosen: Vec<&Measure> =
        MEASURES.iter().filter(|measure| ["last", "median"].contains(&measure.name)).collect();
    let bounds: Vec<(f64, f64)> = (0..comparison.plan.variants.len())
        .filter_map(|variant| {
            let of_variant = comparison.runs.iter().filter(|run| run.variant == variant);
            let bounds: Vec<f64> = of_variant.filter_map(|run| run.bound_s).collect();
            let mean = bounds.iter().sum::<f64>() / bounds.len() as f64;
            Some((comparison.plan.variants[variant].x?, mean)).filter(|_| !bounds.is_empty())
        })
        .collect();
    let mut chart = sweep(comparison, &chosen, "Completion", x_title, &bounds);
    if !bounds.is_empty() {
        let stroke = Stroke::solid(palette::SOFT, 1.3).dash(Dash::Dashed);
        chart.legend([Entry::line("T min", stroke)]);
        chart.line(bounds, stroke);
    }
    let caption = "Means over the seeds with their 95 % intervals by Student’s t. T min is the least time in which the last \
                   could be complete (Kumar and Ross 2006), where it applies."
        .to_owned();
    Plot::new("sweep-times", "Completion", caption, chart)
}

fn copies(comparison: &Comparison, x_title: &str) -> Plot {
    let chosen: Vec<&Measure> = MEASURES.iter().filter(|measure| measure.unit == Unit::Copies).collect();
    let chart = sweep(comparison, &chosen, "Copies that the initial seeds sent", x_title, &[]);
    let caption = "How much of the work the initial seeds did, in copies of the content; the rest the swarm did itself."
        .to_owned();
    Plot::new("sweep-copies", "Copies that the initial seeds sent", caption, chart)
}

fn sweep(
    comparison: &Comparison,
    measures: &[&Measure],
    title: &str,
    x_title: &str,
    beside: &[(f64, f64)],
) -> Chart {
    let variants = &comparison.plan.variants;
    let lines: Vec<Vec<(f64, Estimate)>> = measures
        .iter()
        .map(|measure| {
            let estimate = |variant: usize| {
                let figures: Vec<f64> =
                    comparison.figures(variant, measure).into_iter().map(|(_, figure)| figure).collect();
                Some((variants[variant].x?, Estimate::of(&figures)?))
            };
            let mut line: Vec<(f64, Estimate)> = (0..variants.len()).filter_map(estimate).collect();
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
            line
        })
        .collect();
    let xs = || variants.iter().filter_map(|variant| variant.x);
    let (least, most) = (xs().fold(f64::INFINITY, f64::min), xs().fold(0.0, f64::max));
    let x = match least >= 1.0 && most >= 10.0 * least {
        true => Axis::decades(x_title, most),
        false => Axis::number(x_title, most),
    };
    let tops = lines.iter().flatten().map(|(_, estimate)| estimate.mean + estimate.half_width.unwrap_or(0.0));
    let y_end = tops.chain(beside.iter().map(|point| point.1)).fold(0.0, f64::max);
    let y = match measures.iter().all(|measure| measure.unit == Unit::Seconds) {
        true => Axis::time("time", y_end),
        false => Axis::number(title, y_end),
    };
    let mut chart = Chart::new(title, x, y);
    let entries = measures.iter().enumerate();
    chart.legend(entries.map(|(index, measure)| Entry::line(measure.words, palette::series(index))));
    for (index, line) in lines.iter().enumerate() {
        let stroke = palette::series(index);
        let band: Vec<(f64, f64, f64)> = line
            .iter()
            .filter_map(|(x, estimate)| {
                let half = estimate.half_width?;
                Some((*x, estimate.mean - half, estimate.mean + half))
            })
            .collect();
        chart.band(&band, stroke.colour.mix(0.2));
        chart.line(line.iter().map(|(x, estimate)| (*x, estimate.mean)), stroke);
    }
    chart
}
