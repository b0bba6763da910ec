//! A chart: two axes, a legend above, and data in the units of the axes. plotters draws it, as SVG and as
//! PNG; this module owns the layout and the look. What is drawn is the business of each plot.

mod axis;
mod bitmap;
mod draw;
mod layout;
mod legend;
pub mod palette;
mod pen;
mod raster;
mod svg;
mod text;

pub use axis::{Axis, grouped};
pub use bitmap::Bitmap;
pub use legend::Entry;

use plotters::style::RGBAColor;

use self::palette::Stroke;

/// A chart, not yet drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    title: String,
    x: Axis,
    y: Axis,
    legend: Vec<Entry>,
    beside: Beside,
    backdrop: Option<Backdrop>,
    marks: Vec<Mark>,
    /// Height of the part with data, pixels.
    data_height: f64,
}

/// What stands right of the data.
#[derive(Clone, Debug)]
enum Beside {
    Nothing,
    Names(Vec<Name>),
    ColourBar(Axis, Bitmap),
}

/// A bitmap behind everything, from x = 0 to `x_end` and as high as the data.
#[derive(Clone, Debug)]
struct Backdrop {
    x_end: f64,
    bitmap: Bitmap,
}

/// A name on the right, behind the mark of its line.
#[derive(Clone, Debug)]
pub struct Name {
    /// Where it should stand.
    pub y: f64,
    /// The name.
    pub name: String,
    /// How its line is drawn.
    pub stroke: Stroke,
}

/// Data, or a remark on it.
#[derive(Clone, Debug)]
enum Mark {
    Line {
        points: Vec<(f64, f64)>,
        stroke: Stroke,
    },
    Dots {
        points: Vec<(f64, f64)>,
        colour: RGBAColor,
    },
    Band {
        outline: Vec<(f64, f64)>,
        colour: RGBAColor,
    },
    Vertical {
        x: f64,
        words: [String; 3],
        stroke: Stroke,
    },
    /// Moments over the whole height, numbered in this order from 1.
    Moments(Vec<f64>),
    Remark(String),
}

impl Chart {
    /// Empty axes; `title` is read out to those who cannot see the chart.
    pub fn new(title: &str, x: Axis, y: Axis) -> Chart {
        let title = title.to_owned();
        let (legend, marks) = (Vec::new(), Vec::new());
        let data_height = layout::DATA_HEIGHT;
        Chart { title, x, y, legend, beside: Beside::Nothing, backdrop: None, marks, data_height }
    }

    /// Another height of the part with data, pixels.
    pub fn data_height(&mut self, pixels: f64) {
        self.data_height = pixels;
    }

    /// Adds an entry to the legend.
    pub fn legend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.legend.extend(entries);
    }

    /// A line through points.
    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, stroke: Stroke) {
        self.marks.push(Mark::Line { points: points.into_iter().collect(), stroke });
    }

    /// A dot for each point.
    pub fn dots(&mut self, points: impl IntoIterator<Item = (f64, f64)>, colour: RGBAColor) {
        self.marks.push(Mark::Dots { points: points.into_iter().collect(), colour });
    }

    /// The area between two lines, given as (x, lower y, upper y).
    pub fn band(&mut self, points: &[(f64, f64, f64)], colour: RGBAColor) {
        let upper = points.iter().map(|&(x, _, upper)| (x, upper));
        let lower = points.iter().rev().map(|&(x, lower, _)| (x, lower));
        self.marks.push(Mark::Band { outline: upper.chain(lower).collect(), colour });
    }

    /// A vertical line over the whole height, named at its top: a symbol, its index set low, and words.
    pub fn vertical(&mut self, x: f64, words: [&str; 3], stroke: Stroke) {
        self.marks.push(Mark::Vertical { x, words: words.map(str::to_owned), stroke });
    }

    /// Moments that data is to be seen beside, in the order of time: lines over the whole height with their numbers,
    /// from 1, at the top.
    pub fn moments(&mut self, moments: impl IntoIterator<Item = f64>) {
        let moments: Vec<f64> = moments.into_iter().filter(|moment| moment.is_finite()).collect();
        if !moments.is_empty() {
            self.marks.push(Mark::Moments(moments));
        }
    }

    /// A remark in the middle, for a chart without data.
    pub fn remark(&mut self, text: &str) {
        self.marks.push(Mark::Remark(text.to_owned()));
    }

    /// A bitmap behind everything, from x = 0 to `x_end` and as high as the data.
    pub fn backdrop(&mut self, x_end: f64, bitmap: Bitmap) {
        self.backdrop = Some(Backdrop { x_end, bitmap });
    }

    /// Names right of the data, in the given order from the top and none over another.
    pub fn names(&mut self, names: Vec<Name>) {
        self.beside = Beside::Names(names);
    }

    /// A bar of colours on the right, from zero at its bottom to the scale's end at its top.
    pub fn colour_bar(&mut self, scale: Axis, colours: Bitmap) {
        self.beside = Beside::ColourBar(scale, colours);
    }
}
