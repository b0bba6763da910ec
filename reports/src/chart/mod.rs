//! A chart: a picture with two axes, a legend above, and data drawn in the units of the axes. It owns the
//! layout; what is drawn is the business of each plot.

mod axis;
mod legend;
pub mod palette;

pub use axis::{Axis, grouped};
pub use legend::Entry;

use crate::picture::{Anchor, Bitmap, Ink, Picture, Point, Stroke, text_width};

/// Width of every chart, pixels: that of the page's text.
const WIDTH: f64 = 760.0;
/// Height of the part with data, pixels.
const DATA_HEIGHT: f64 = 290.0;
/// Size of all text, pixels.
const TEXT: f64 = 12.0;
/// Length of the tick marks, pixels.
const TICK: f64 = 5.0;
/// From the bottom of the data to the bottom of the picture: tick labels and the title of the axis.
const BELOW: f64 = 50.0;
/// Length of the line before a name on the right, pixels.
const NAME_MARK: f64 = 14.0;
/// The gaps around that line, pixels.
const NAME_GAP: f64 = 7.0;
/// Points closer than this to the last one drawn are not drawn, pixels.
const FINEST: f64 = 0.25;

const GRID: Stroke = Stroke::solid(Ink::TEXT.fade(0.13), 1.0);
const FRAME: Stroke = Stroke::solid(Ink::TEXT.fade(0.65), 1.0);
const SOFT: Ink = Ink::TEXT.fade(0.75);

/// A picture with axes.
pub struct Chart {
    picture: Picture,
    x: Axis,
    y: Axis,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Chart {
    /// Axes and legend, with `margin` pixels kept free on the right.
    pub fn new(title: &str, x: Axis, y: Axis, entries: &[Entry], margin: f64) -> Chart {
        let labels = y.ticks().map(|(_, label)| text_width(&label, TEXT)).fold(0.0, f64::max);
        let left = (labels + TICK + 4.0 + TEXT * 2.0).max(56.0);
        let top = legend::height(entries, WIDTH - left) + 8.0;
        let (right, bottom) = (WIDTH - margin.max(16.0), top + DATA_HEIGHT);
        let mut picture = Picture::new(title, WIDTH, bottom + BELOW);
        legend::draw(&mut picture, entries, left, WIDTH - left);
        let mut chart = Chart { picture, x, y, left, top, right, bottom };
        chart.draw_axes();
        chart
    }

    /// A line through points in the units of the axes.
    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, stroke: Stroke) {
        let points = self.places(points);
        if points.len() > 1 {
            self.picture.line(points, stroke);
        }
    }

    /// The area between two lines, given as (x, lower y, upper y).
    pub fn band(&mut self, points: &[(f64, f64, f64)], ink: Ink) {
        let lower = self.places(points.iter().map(|&(x, lower, _)| (x, lower)));
        let upper = self.places(points.iter().map(|&(x, _, upper)| (x, upper)));
        self.picture.area(upper.into_iter().chain(lower.into_iter().rev()).collect(), ink);
    }

    /// A bitmap over the data from x = 0 to `x_end` and the whole height.
    pub fn bitmap(&mut self, x_end: f64, bitmap: Bitmap) {
        let width = self.place((x_end, 0.0)).0 - self.left;
        if width > 0.0 {
            self.picture.bitmap((self.left, self.top), (width, self.bottom - self.top), bitmap);
        }
    }

    /// A vertical line over the whole height, named at its top, on its left if there is room: a symbol, its
    /// index set low, and words.
    pub fn vertical(&mut self, x: f64, [symbol, index, words]: [&str; 3], stroke: Stroke) {
        let (place, _) = self.place((x, 0.0));
        self.picture.line(vec![(place, self.top), (place, self.bottom)], stroke);
        let parts = [(symbol, TEXT, 0.0), (index, TEXT * 0.75, TEXT * 0.2), (words, TEXT, 0.0)];
        let gap = TEXT * 0.3;
        let width =
            parts.iter().map(|(text, size, _)| text_width(text, *size) + gap).sum::<f64>() - gap * 2.0;
        let on_the_left = place - 7.0 - width;
        let mut at = if on_the_left > self.left + 7.0 { on_the_left } else { place + 7.0 };
        for (text, size, lower) in parts {
            self.picture.text(text, (at, self.top + TEXT * 1.25 + lower), size, Anchor::Start, Ink::TEXT);
            at += text_width(text, size) + if text == index { gap } else { 0.0 };
        }
    }

    /// A remark in the middle, for a chart without data.
    pub fn remark(&mut self, text: &str) {
        let middle = (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom));
        self.picture.text(text, middle, TEXT + 1.0, Anchor::Middle, SOFT);
    }

    /// Names right of the data, each behind its stroke and near the height of its `y`, in the given order
    /// from the top and none over another.
    pub fn names(&mut self, names: &[(f64, String, Stroke)]) {
        let mut free = self.top + TEXT * 0.35;
        for (y, name, stroke) in names {
            let baseline = (self.place((0.0, *y)).1 + TEXT * 0.35).max(free);
            let middle = baseline - TEXT * 0.35;
            let mark = self.right + NAME_GAP;
            self.picture.line(vec![(mark, middle), (mark + NAME_MARK, middle)], *stroke);
            let start = (mark + NAME_MARK + NAME_GAP, baseline);
            self.picture.text(name, start, TEXT, Anchor::Start, SOFT);
            free = baseline + TEXT * 1.3;
        }
    }

    /// A bar of colours on the right, from `low` at its bottom to the axis' end at its top.
    pub fn colour_bar(&mut self, scale: &Axis, colours: Bitmap) {
        let (left, width) = (self.right + 18.0, 14.0);
        self.picture.bitmap((left, self.top), (width, self.bottom - self.top), colours);
        let mut widest: f64 = 0.0;
        for (value, label) in scale.ticks() {
            let y = self.bottom - (self.bottom - self.top) * value / scale.end();
            let edge = left + width;
            self.picture.line(vec![(edge, y), (edge + TICK, y)], FRAME);
            self.picture.text(&label, (edge + TICK + 4.0, y + TEXT * 0.35), TEXT, Anchor::Start, SOFT);
            widest = widest.max(text_width(&label, TEXT));
        }
        let title = (left + width + TICK + 4.0 + widest + TEXT * 1.5, f64::midpoint(self.top, self.bottom));
        self.picture.text_upwards(scale.title(), title, TEXT, Anchor::Middle, Ink::TEXT);
    }

    /// The room that [`colour_bar`](Chart::colour_bar) needs on the right, pixels.
    pub fn colour_bar_width(scale: &Axis) -> f64 {
        let widest = scale.ticks().map(|(_, label)| text_width(&label, TEXT)).fold(0.0, f64::max);
        18.0 + 14.0 + TICK + 4.0 + widest + TEXT * 2.2
    }

    /// The room that [`names`](Chart::names) needs on the right, pixels.
    pub fn names_width(names: &[(f64, String, Stroke)]) -> f64 {
        let widest = names.iter().map(|(_, name, _)| text_width(name, TEXT)).fold(0.0, f64::max);
        (NAME_GAP + NAME_MARK + NAME_GAP + widest + 6.0).min(WIDTH / 2.0)
    }

    /// The picture.
    pub fn finish(self) -> Picture {
        self.picture
    }

    fn draw_axes(&mut self) {
        for (value, label) in self.y.ticks() {
            let (_, y) = self.place((0.0, value));
            self.picture.line(vec![(self.left, y), (self.right, y)], GRID);
            let end = (self.left - TICK - 4.0, y + TEXT * 0.35);
            self.picture.text(&label, end, TEXT, Anchor::End, SOFT);
        }
        for (value, label) in self.x.ticks() {
            let (x, _) = self.place((value, 0.0));
            self.picture.line(vec![(x, self.bottom), (x, self.bottom + TICK)], FRAME);
            let middle = (x, self.bottom + TICK + 4.0 + TEXT * 0.9);
            self.picture.text(&label, middle, TEXT, Anchor::Middle, SOFT);
        }
        self.picture.line(vec![(self.left, self.bottom), (self.right, self.bottom)], FRAME);
        self.picture.line(vec![(self.left, self.top), (self.left, self.bottom)], FRAME);
        let below = (f64::midpoint(self.left, self.right), self.bottom + BELOW - 8.0);
        self.picture.text(self.x.title(), below, TEXT, Anchor::Middle, Ink::TEXT);
        let beside = (TEXT, f64::midpoint(self.top, self.bottom));
        self.picture.text_upwards(self.y.title(), beside, TEXT, Anchor::Middle, Ink::TEXT);
    }

    /// Where points fall, without those too close to be seen apart; the last is always there.
    fn places(&self, points: impl IntoIterator<Item = (f64, f64)>) -> Vec<Point> {
        let mut places: Vec<Point> = Vec::new();
        let mut pending = None;
        for point in points {
            let place = self.place(point);
            let far = |last: &Point| (place.0 - last.0).abs() >= FINEST || (place.1 - last.1).abs() >= FINEST;
            if places.last().is_none_or(far) {
                places.push(place);
                pending = None;
            } else {
                pending = Some(place);
            }
        }
        places.extend(pending);
        places
    }

    /// Where a point falls; what is not on the axes falls on their ends.
    fn place(&self, (x, y): (f64, f64)) -> Point {
        let share = |value: f64, axis: &Axis| match value / axis.end() {
            share if share.is_nan() => 0.0,
            share => share.clamp(0.0, 1.0),
        };
        (
            self.left + (self.right - self.left) * share(x, &self.x),
            self.bottom - (self.bottom - self.top) * share(y, &self.y),
        )
    }
}
