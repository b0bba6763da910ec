//! The legend: a row of marks and names above the data, where it covers nothing.

use super::{SOFT, TEXT};
use crate::picture::{Anchor, Ink, Picture, Stroke, text_width};

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
    /// The mark.
    pub mark: Mark,
    /// The name.
    pub name: String,
}

/// How data is drawn.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// As a line.
    Line(Stroke),
    /// As an area.
    Area(Ink),
    /// Not at all: the name is a remark.
    None,
}

impl Entry {
    /// A line and its name.
    pub fn line(name: impl Into<String>, stroke: Stroke) -> Entry {
        Entry { mark: Mark::Line(stroke), name: name.into() }
    }

    /// An area and its name.
    pub fn area(name: impl Into<String>, ink: Ink) -> Entry {
        Entry { mark: Mark::Area(ink), name: name.into() }
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
        self.mark_width() + text_width(&self.name, TEXT)
    }
}

/// The height of the legend, pixels.
pub(super) fn height(entries: &[Entry], width: f64) -> f64 {
    rows(entries, width).len() as f64 * ROW
}

/// Draws the legend from the top of the picture, its marks beginning at `left`.
pub(super) fn draw(picture: &mut Picture, entries: &[Entry], left: f64, width: f64) {
    for (row, entries) in rows(entries, width).into_iter().enumerate() {
        let middle = (row as f64 + 0.5) * ROW;
        let mut x = left;
        for entry in entries {
            match entry.mark {
                Mark::Line(stroke) => picture.line(vec![(x, middle), (x + MARK, middle)], stroke),
                Mark::Area(ink) => {
                    let (top, bottom, right) = (middle - 5.0, middle + 5.0, x + MARK);
                    picture.area(vec![(x, top), (right, top), (right, bottom), (x, bottom)], ink);
                }
                Mark::None => {}
            }
            let start = (x + entry.mark_width(), middle + TEXT * 0.35);
            picture.text(&entry.name, start, TEXT, Anchor::Start, SOFT);
            x += entry.width() + BETWEEN;
        }
    }
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
