//! Who unchoked whom, and for how long: each pair of peers as a pixel, the peers sorted by group.

use std::collections::BTreeMap;

use plotters::prelude::ViridisRGB;
use plotters::style::{RGBColor, WHITE};
use swarmlab_sim::results::{PeerRow, Run, quantile};

use super::Plot;
use crate::chart::palette::{self, Stroke};
use crate::chart::{Axis, Bitmap, Chart};
use crate::format::percent;

/// The most pixels along a side; with more peers each stands for several.
const SIDE_MAX: usize = 500;
/// The scale ends where so many of the pairs with any time lie below.
const SCALE_QUANTILE: f64 = 0.99;
/// Height of the part with data: nearly square, as the matrix is.
const HEIGHT: f64 = 500.0;
/// More groups than this are not told apart by lines.
const LINES_MAX: usize = 30;
/// The longest name of a group at an axis, characters.
const NAME_MAX: usize = 14;
const TITLE: &str = "Who unchoked whom";

pub(super) fn plot(run: &Run) -> Plot {
    let order = Order::of(&run.tables.peers);
    let matrix = Matrix::of(run, &order);
    let mut ascending: Vec<f64> = matrix.means().filter(|mean| *mean > 0.0).collect();
    ascending.sort_by(f64::total_cmp);
    let end_s = quantile(&ascending, SCALE_QUANTILE).unwrap_or(1.0);

    let (x, y) = (Axis::bands("to", &order.groups), Axis::bands("from", &order.groups));
    let mut chart = Chart::new(TITLE, x, y);
    chart.data_height(HEIGHT);
    let size = matrix.side.max(1) as u32;
    chart.backdrop(order.peers.len().max(1) as f64, matrix.bitmap(size, end_s));
    let scale = Axis::time("unchoked", end_s);
    chart.colour_bar(scale, Bitmap::new(1, 256, |_, row| colour(1.0 - f64::from(row) / 255.0)));
    if order.groups.len() <= LINES_MAX {
        let all = order.peers.len() as f64;
        let mut edge = 0.0;
        for (_, width) in order.groups.iter().rev().skip(1).rev() {
            edge += width;
            let stroke = Stroke::solid(palette::SOFT, 0.8);
            chart.line([(edge, 0.0), (edge, all)], stroke);
            chart.line([(0.0, edge), (all, edge)], stroke);
        }
    }
    if ascending.is_empty() {
        chart.remark("nobody unchoked anybody");
    }
    let binned = match matrix.each {
        1 => String::new(),
        each => format!(" Each pixel is the mean over {each} × {each} pairs."),
    };
    let caption = format!(
        "For how long each peer (upwards) let each other one (to the right) ask for blocks, over the whole run; white is \
         never. Peers stand together by group, the fastest uplink first. A darker square on the diagonal is a group that \
         keeps to itself. Of all pairs {} had any time.{binned}",
        percent(matrix.share_with_any(order.peers.len())),
    );
    Plot::new("slots", TITLE, caption, chart)
}

/// The order of peers along both axes.
struct Order {
    /// The rows of the table of peers.
    peers: Vec<usize>,
    /// Name and number of peers.
    groups: Vec<(String, f64)>,
}

impl Order {
    fn of(peers: &[PeerRow]) -> Order {
        let mut groups: Vec<(&str, f64)> = Vec::new();
        for peer in peers {
            match groups.iter_mut().find(|(name, _)| *name == peer.group) {
                Some((_, count)) => *count += 1.0,
                None => groups.push((&peer.group, 1.0)),
            }
        }
        let place = |peer: &PeerRow| groups.iter().position(|(name, _)| *name == peer.group);
        let mut order: Vec<usize> = (0..peers.len()).collect();
        order.sort_by_cached_key(|&row| {
            let peer = &peers[row];
            (place(peer), std::cmp::Reverse(peer.up_bits_per_s), peer.peer)
        });
        let short = |name: &str| match name.chars().count() > NAME_MAX {
            true => name.chars().take(NAME_MAX - 1).chain(['…']).collect(),
            false => name.to_owned(),
        };
        Order { peers: order, groups: groups.into_iter().map(|(name, count)| (short(name), count)).collect() }
    }
}

/// Unchoked seconds, some pairs to a cell.
struct Matrix {
    side: usize,
    /// Peers along the side of a cell.
    each: usize,
    sums: Vec<f64>,
    /// Peers in each row of cells.
    counts: Vec<usize>,
    pairs: usize,
}

impl Matrix {
    fn of(run: &Run, order: &Order) -> Matrix {
        let each = order.peers.len().div_ceil(SIDE_MAX).max(1);
        let side = order.peers.len().div_ceil(each);
        let peers = &run.tables.peers;
        let place: BTreeMap<u32, usize> =
            order.peers.iter().enumerate().map(|(place, &row)| (peers[row].peer, place)).collect();
        let mut sums = vec![0.0; side * side];
        let mut pairs = 0;
        for row in &run.tables.transfers {
            let (Some(from), Some(to)) = (place.get(&row.uploader), place.get(&row.downloader)) else {
                continue;
            };
            if row.unchoked_s > 0.0 && row.unchoked_s.is_finite() {
                sums[from / each * side + to / each] += row.unchoked_s;
                pairs += 1;
            }
        }
        let counts = (0..side).map(|cell| each.min(order.peers.len() - cell * each)).collect();
        Matrix { side, each, sums, counts, pairs }
    }

    fn mean(&self, from: usize, to: usize) -> f64 {
        self.sums[from * self.side + to] / (self.counts[from] * self.counts[to]) as f64
    }

    fn means(&self) -> impl Iterator<Item = f64> {
        let side = self.side;
        (0..side * side).map(move |cell| self.mean(cell / side, cell % side))
    }

    fn share_with_any(&self, peers: usize) -> f64 {
        self.pairs as f64 / (peers * peers.saturating_sub(1)).max(1) as f64
    }

    fn bitmap(&self, size: u32, end_s: f64) -> Bitmap {
        Bitmap::new(size, size, |column, row| {
            let from = (size - 1 - row) as usize;
            let seconds = if self.side == 0 { 0.0 } else { self.mean(from, column as usize) };
            if seconds > 0.0 { colour(seconds / end_s) } else { WHITE }
        })
    }
}

/// Light where little is, dark where much is: next to white little would else be the loudest.
fn colour(share: f64) -> RGBColor {
    ViridisRGB::get_color(1.0 - share.clamp(0.0, 1.0))
}
