//! The legend: a row of marks and names above the data, where it covers nothing.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBAColor;

use super::layout::TEXT;
use super::palette::{SOFT, Stroke};
use super::pen::{Drawn, Pen};
use super::text;

/// Width of a mark, pixels.
const MARK: f64 = 24.0;
/// From mark to name, pixels.
const GAP: f64 = 6.0;
/// From entry to entry, pixels.
const BETWEEN: f64 = 20.0;
/// Height of a row, pixels.
const ROW: f64 = 18.0;

/// A mark and what it stands for.
#[derive(Clone, Debug)]
pub struct Entry {
    mark: Mark,
    name: String,
}

/// How data is drawn.
#[derive(Clone, Copy, Debug)]
enum Mark {
    Line(Stroke),
    Area(RGBAColor),
    /// Not at all: the name is a remark.
    None,
}

impl Entry {
    /// A line and its name.
    pub fn line(name: impl Into<String>, stroke: Stroke) -> Entry {
        Entry { mark: Mark::Line(stroke), name: name.into() }
    }

    /// An area and its name.
    pub fn area(name: impl Into<String>, colour: impl Into<RGBAColor>) -> Entry {
        Entry { mark: Mark::Area(colour.into()), name: name.into() }
    }

    /// A remark.
    pub fn remark(text: impl Into<String>) -> Entry {
        Entry { mark: Mark::None, name: text.into() }
    }

    fn mark_width(&self) -> f64 {
        match self.mark {
            Mark::None => 0.0,
            Mark::Line(_) | Mark::Area(_) => MARK + GAP,
        }
    }

    fn width(&self) -> f64 {
        self.mark_width() + text::width(&self.name, TEXT)
    }
}

/// The height of the legend, pixels.
pub fn height(entries: &[Entry], width: f64) -> f64 {
    rows(entries, width).len() as f64 * ROW
}

/// Draws the legend from the top of the picture, its marks beginning at `left`.
pub fn draw<DB: DrawingBackend>(pen: &Pen<DB>, entries: &[Entry], left: f64, width: f64) -> Drawn<DB> {
    for (row, entries) in rows(entries, width).into_iter().enumerate() {
        let middle = (row as f64 + 0.5) * ROW;
        let mut x = left;
        for entry in entries {
            match entry.mark {
                Mark::Line(stroke) => pen.line((x, middle), (x + MARK, middle), stroke)?,
                Mark::Area(colour) => pen.area((x, middle - 5.0), (x + MARK, middle + 5.0), colour)?,
                Mark::None => {}
            }
            pen.text(&entry.name, (x + entry.mark_width(), middle), SOFT)?;
            x += entry.width() + BETWEEN;
        }
    }
    Ok(())
}

fn rows(entries: &[Entry], width: f64) -> Vec<Vec<&Entry>> {
    let mut rows: Vec<Vec<&Entry>> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries {
        if used + entry.width() > width {
            rows.push(Vec::new());
            used = 0.0;
        }
        used += entry.width() + BETWEEN;
        if let Some(row) = rows.last_mut() {
            row.push(entry);
        }
    }
    rows
}
