//! How far each leecher has come over time: named lines for a few, the density of all lines for many.

use plotters::style::RGBColor;
use swarmlab_sim::results::{PeerRow, Run, quantile};

use super::{Plot, bound_s, mark_bound, mark_events, mark_events_since_arrival, observed_s};
use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Bitmap, Chart, Entry, Name};
use crate::format::{count, duration};

/// Up to so many leechers each have a line with a name.
const NAMED_MAX: usize = 12;
/// Size of the density in pixels of its own.
const DENSITY: (u32, u32) = (1020, 435);
/// Height of a line in the density, pixels of its own.
const LINE: f64 = 1.5;
/// How many steps the lines of the quantiles have.
const AGES: u32 = 200;
const TITLE: &str = "Progress of each leecher";
const HELD: &str = "pieces held";

pub(super) fn plot(run: &Run) -> Plot {
    let tracks = tracks(run);
    let few = tracks.len() <= NAMED_MAX;
    let (caption, chart) = match few {
        true => (
            "The share of the torrent that each leecher holds; the names are in the order of completion.",
            named(run, &tracks),
        ),
        false => (
            "The share of the torrent that leechers held so long after their own arrival: the stronger the blue, the more of their \
             lines run there. Half are above the solid line, nine in ten between the dashed ones; one that completed \
             counts as complete from then on, one that left before that does not count any more. Before T_min, where it is \
             marked, no protocol can have brought all of them to the end.",
            density(run, &tracks),
        ),
    };
    Plot { name: "progress", title: TITLE, caption: caption.to_owned(), chart }
}

/// One leecher: (time, share held) while it was present.
struct Track<'a> {
    peer: &'a PeerRow,
    points: Vec<(f64, f64)>,
}

impl Track<'_> {
    /// The share held so long after its arrival, between the points on a straight line; 1 from its completion
    /// on, none before the first point and none once it was no longer seen.
    fn at_age(&self, age_s: f64) -> Option<f64> {
        let time_s = self.peer.joined_s + age_s;
        if self.peer.completed_s.is_some_and(|completed_s| completed_s <= time_s) {
            return Some(1.0);
        }
        let after = self.points.partition_point(|(point_s, _)| *point_s <= time_s);
        let (before_s, before) = *self.points.get(after.checked_sub(1)?)?;
        match self.points.get(after) {
            Some((after_s, held)) => {
                Some(before + (held - before) * (time_s - before_s) / (after_s - before_s))
            }
            None => (before_s == time_s).then_some(before),
        }
    }

    /// How long it was seen, seconds.
    fn age_max_s(&self) -> f64 {
        self.points.last().map_or(0.0, |(time_s, _)| time_s - self.peer.joined_s)
    }
}

fn tracks(run: &Run) -> Vec<Track<'_>> {
    let pieces = f64::from(run.summary.facts.torrent.pieces.max(1));
    let mut points: Vec<Vec<(f64, f64)>> = vec![Vec::new(); run.tables.peers.len()];
    for row in &run.tables.progress {
        if let Some(points) = points.get_mut(row.peer as usize) {
            points.push((row.time_s, f64::from(row.pieces) / pieces));
        }
    }
    let leechers = run.tables.peers.iter().zip(points).filter(|(peer, _)| peer.is_leecher());
    let with_ends = leechers.map(|(peer, mut points)| {
        if let Some(completed_s) = peer.completed_s {
            let place = points.partition_point(|(time_s, _)| *time_s < completed_s);
            points.insert(place, (completed_s, 1.0));
        }
        Track { peer, points }
    });
    with_ends.collect()
}

fn named(run: &Run, tracks: &[Track<'_>]) -> Chart {
    let mut order: Vec<usize> = (0..tracks.len()).collect();
    let rank = |track: &Track<'_>| {
        let held = track.points.last().map_or(0.0, |point| point.1);
        (track.peer.completed_s.unwrap_or(f64::INFINITY), -held)
    };
    order.sort_by(|&a, &b| {
        let (a, b) = (rank(&tracks[a]), rank(&tracks[b]));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let names = order
        .iter()
        .map(|&index| {
            let Track { peer, points } = &tracks[index];
            let end = match peer.completed_s {
                Some(completed_s) => duration(completed_s),
                None => "incomplete".to_owned(),
            };
            let name = format!("{} {} · {end}", peer.group, peer.peer);
            Name { y: points.last().map_or(0.0, |point| point.1), name, stroke: palette::series(index) }
        })
        .collect();
    let (x, y) = (Axis::time("time", observed_s(run)), Axis::share(HELD));
    let mut chart = Chart::new(TITLE, x, y);
    mark_events(&mut chart, run);
    for (index, track) in tracks.iter().enumerate() {
        chart.line(track.points.iter().copied(), palette::series(index));
    }
    chart.names(names);
    if tracks.is_empty() {
        chart.remark("there is no leecher");
    }
    chart
}

fn density(run: &Run, tracks: &[Track<'_>]) -> Chart {
    let middle = Stroke::solid(palette::TEXT, 1.8);
    let tail = Stroke::solid(palette::TEXT, 1.2).dash(Dash::Dashed);
    let end_s = tracks.iter().map(Track::age_max_s).fold(0.0, f64::max);
    let bound = bound_s(run);
    let (x, y) = (Axis::time("time since arrival", end_s.max(bound.unwrap_or(0.0))), Axis::share(HELD));
    let mut chart = Chart::new(TITLE, x, y);
    chart.legend([
        Entry::area(
            format!("{} leechers", count(tracks.len() as u64)),
            shade(tracks.len() as f64 / 4.0, tracks.len() as f64),
        ),
        Entry::line("median", middle),
        Entry::line("5th and 95th percentile", tail),
    ]);
    mark_events_since_arrival(&mut chart, run);
    mark_bound(&mut chart, bound);
    chart.backdrop(end_s, shades(tracks, end_s));
    let ages = (0..=AGES).map(|index| end_s * f64::from(index) / f64::from(AGES));
    let held: Vec<(f64, Vec<f64>)> = ages.map(|age_s| (age_s, held(tracks, age_s))).collect();
    for (q, stroke) in [(0.05, tail), (0.5, middle), (0.95, tail)] {
        chart.line(held.iter().filter_map(|(age_s, held)| Some((*age_s, quantile(held, q)?))), stroke);
    }
    chart
}

/// The shares held at an age, ascending.
fn held(tracks: &[Track<'_>], age_s: f64) -> Vec<f64> {
    let mut held: Vec<f64> = tracks.iter().filter_map(|track| track.at_age(age_s)).collect();
    held.sort_by(f64::total_cmp);
    held
}

/// How many lines cross each pixel, as blue of more or less strength.
fn shades(tracks: &[Track<'_>], end_s: f64) -> Bitmap {
    let (width, height) = DENSITY;
    let edge_s = |column: u32| f64::from(column) / f64::from(width) * end_s;
    let down = |share: f64| (1.0 - share).clamp(0.0, 1.0) * f64::from(height);
    let mut crossings = vec![0.0; (width * height) as usize];
    for track in tracks {
        let edges: Vec<Option<f64>> =
            (0..=width).map(|column| track.at_age(edge_s(column)).map(down)).collect();
        for (column, pair) in edges.windows(2).enumerate() {
            let [Some(from), Some(until)] = *pair else { continue };
            let (top, bottom) = (from.min(until) - LINE / 2.0, from.max(until) + LINE / 2.0);
            let rows = top.max(0.0) as u32..(bottom.ceil() as u32).min(height);
            for row in rows {
                let covered = bottom.min(f64::from(row + 1)) - top.max(f64::from(row));
                crossings[row as usize * width as usize + column] += covered;
            }
        }
    }
    let total = tracks.len().max(1) as f64;
    Bitmap::new(width, height, |column, row| shade(crossings[(row * width + column) as usize], total))
}

/// The blue of a pixel that `crossings` of `total` lines cross: one line among many is seen.
fn shade(crossings: f64, total: f64) -> RGBColor {
    let strength = 0.2 * crossings.min(1.0) + 0.6 * (crossings / total).min(1.0).sqrt();
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * strength).round() as u8;
    let RGBColor(red, green, blue) = palette::BLUE;
    RGBColor(mix(red), mix(green), mix(blue))
}
