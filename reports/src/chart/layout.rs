//! Where the parts of a chart lie, in pixels of a page at normal size, with the origin at the top left.

use super::{Axis, Beside, Chart, Mark, Name, legend, text};

/// Width of every chart: that of the page's text.
pub const WIDTH: f64 = 760.0;
/// Height of the part with data, unless the chart says otherwise.
pub const DATA_HEIGHT: f64 = 290.0;
/// Radius of a dot.
pub const DOT: f64 = 2.6;
/// Size of all text.
pub const TEXT: f64 = 12.0;
/// Length of the tick marks; labels begin at twice that.
pub const TICK: f64 = 5.0;
/// From the bottom of the data to the bottom of the picture: tick labels and the title of the axis.
pub const BELOW: f64 = 46.0;
/// Free at the left of the title that runs upwards.
pub const MARGIN: f64 = 3.0;
/// Height of the row over the data in which vertical lines have their names.
pub const ROW: f64 = 20.0;
/// From the data to a colour bar beside it.
const BAR_GAP: f64 = 18.0;
/// Width of a colour bar.
const BAR: f64 = 14.0;
/// Length of the line before a name on the right.
pub const NAME_MARK: f64 = 22.0;
/// The gaps around that line.
pub const NAME_GAP: f64 = 7.0;

/// The edges of a chart's parts.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Of the data.
    pub left: f64,
    /// Of the data.
    pub top: f64,
    /// Of the data.
    pub right: f64,
    /// Of the data.
    pub bottom: f64,
}

impl Layout {
    /// Room for everything the chart has around its data.
    pub fn of(chart: &Chart) -> Layout {
        let left = (MARGIN + TEXT * 1.8 + widest_label(&chart.y) + TICK * 2.0).max(56.0);
        let named = chart.marks.iter().any(|mark| matches!(mark, Mark::Vertical { .. } | Mark::Moments(_)));
        let names = if named { ROW } else { 8.0 };
        let top = legend::height(&chart.legend, WIDTH - left) + names;
        let beside = match &chart.beside {
            Beside::Nothing => half_of_last_label(&chart.x).max(16.0),
            Beside::Names(names) => names_width(names),
            Beside::ColourBar(scale, _) => BAR_GAP + BAR + TICK * 2.0 + widest_label(scale) + TEXT * 2.2,
        };
        Layout { left, top, right: WIDTH - beside, bottom: top + chart.data_height }
    }

    /// Height of the whole picture.
    pub fn height(&self) -> f64 {
        self.bottom + BELOW
    }

    /// Where a value of the x axis falls.
    pub fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + (self.right - self.left) * axis.along(value)
    }

    /// Where a value of the y axis, or of a scale beside it, falls.
    pub fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * axis.along(value)
    }

    /// Left and right edge of a colour bar.
    pub fn bar(&self) -> (f64, f64) {
        (self.right + BAR_GAP, self.right + BAR_GAP + BAR)
    }
}

/// Width of an axis' widest label.
pub fn widest_label(axis: &Axis) -> f64 {
    axis.ticks().into_iter().map(|tick| text::width(&axis.label(tick), TEXT)).fold(0.0, f64::max)
}

/// How far the last label may reach over the end of the axis.
fn half_of_last_label(axis: &Axis) -> f64 {
    axis.ticks().last().map_or(0.0, |&tick| text::width(&axis.label(tick), TEXT) / 2.0 + 4.0)
}

fn names_width(names: &[Name]) -> f64 {
    let widest = names.iter().map(|name| text::width(&name.name, TEXT)).fold(0.0, f64::max);
    (NAME_GAP + NAME_MARK + NAME_GAP + widest + 6.0).min(WIDTH / 2.0)
}
