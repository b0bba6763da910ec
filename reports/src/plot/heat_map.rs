//! Copies of every piece over time.

use plotters::prelude::ViridisRGB;
use plotters::style::{RGBColor, WHITE};
use swarmlab_sim::results::{PieceRow, Run, TimelineRow};

use super::samples::{by_time, columns};
use super::{Plot, mark_events, observed_s};
use crate::chart::{Axis, Bitmap, Chart, Entry, palette};

/// The most rows of pixels; with more pieces each row stands for several.
const ROWS_MAX: u32 = 290;
/// The most columns of pixels.
const COLUMNS_MAX: u32 = 600;
/// A piece that nobody holds.
const NOWHERE: RGBColor = palette::VERMILLION;

pub(super) fn plot(run: &Run) -> Plot {
    let rows = &run.tables.pieces;
    let last_piece = rows.iter().map(|row| row.piece).max().unwrap_or(0);
    let bins = Bins::new(run.summary.facts.torrent.pieces.max(last_piece.saturating_add(1)));
    let most = rows.iter().map(|row| row.copies).max().unwrap_or(0).max(1);
    let end_s = observed_s(run);
    let columns = bins.columns(run, end_s);
    let nowhere = columns.iter().flatten().any(|cell| cell.nowhere);

    let scale = Axis::count_exactly("copies among the peers present", most.into());
    let (x, y) = (Axis::time("time", end_s), Axis::count_exactly("piece", bins.pieces.into()));
    let mut chart = Chart::new("Copies of every piece", x, y);
    mark_events(&mut chart, run);
    if nowhere {
        chart.legend([Entry::area("a piece that nobody present holds", NOWHERE)]);
    }
    chart.backdrop(end_s, bitmap(&columns, bins.count, most));
    if rows.is_empty() {
        chart.remark("no piece was sampled");
    }
    chart
        .colour_bar(scale, Bitmap::new(1, 256, |_, row| ViridisRGB::get_color(1.0 - f64::from(row) / 255.0)));
    let binned = match bins.pieces_each {
        1 => String::new(),
        each => format!(" Each row of pixels is the mean of {each} pieces."),
    };
    Plot {
        name: "pieces",
        title: "Copies of every piece",
        caption: format!(
            "Every piece of the torrent over time, the brighter the more of the peers present hold it. Horizontal \
             streaks are pieces that stay rarer or commoner than the rest.{binned}"
        ),
        chart,
    }
}

/// A few neighbouring pieces at one sample.
#[derive(Clone, Copy, Default)]
struct Cell {
    copies: u64,
    pieces: u64,
    nowhere: bool,
}

/// How pieces fall into rows of pixels.
struct Bins {
    pieces: u32,
    pieces_each: u32,
    count: u32,
}

impl Bins {
    fn new(pieces: u32) -> Bins {
        let pieces_each = pieces.div_ceil(ROWS_MAX).max(1);
        Bins { pieces, pieces_each, count: pieces.div_ceil(pieces_each) }
    }

    /// The cells of each column of pixels; none in a column before the first sample, or where nobody is present.
    fn columns(&self, run: &Run, end_s: f64) -> Vec<Vec<Cell>> {
        let samples = by_time(&run.tables.pieces, |row| row.time_s);
        let times: Vec<f64> = samples.iter().map(|(time_s, _)| *time_s).collect();
        let width = (times.len() as u32).min(COLUMNS_MAX);
        let peopled = |sample: &usize| somebody_present(&run.tables.timeline, times[*sample]);
        let shown = columns(&times, end_s, width).into_iter().map(|sample| sample.filter(peopled));
        shown.map(|sample| sample.map_or_else(Vec::new, |sample| self.cells(samples[sample].1))).collect()
    }

    fn cells(&self, rows: &[PieceRow]) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); self.count as usize];
        for row in rows {
            if let Some(cell) = cells.get_mut((row.piece / self.pieces_each) as usize) {
                cell.copies += u64::from(row.copies);
                cell.pieces += 1;
                cell.nowhere |= row.copies == 0;
            }
        }
        cells
    }
}

fn somebody_present(timeline: &[TimelineRow], time_s: f64) -> bool {
    let after = timeline.partition_point(|row| row.time_s <= time_s);
    after.checked_sub(1).is_none_or(|row| timeline[row].leechers + timeline[row].seeds > 0)
}

fn bitmap(columns: &[Vec<Cell>], height: u32, most: u32) -> Bitmap {
    Bitmap::new(columns.len() as u32, height, |column, row| {
        let cells = columns.get(column as usize).map_or(&[][..], Vec::as_slice);
        match cells.get((height - 1 - row) as usize) {
            Some(cell) if cell.nowhere => NOWHERE,
            Some(cell) if cell.pieces > 0 => {
                ViridisRGB::get_color(cell.copies as f64 / cell.pieces as f64 / f64::from(most))
            }
            Some(_) | None => WHITE,
        }
    })
}
