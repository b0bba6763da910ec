//! Colours that readers with any colour vision can tell apart, on screen and in print, and strokes that stay
//! apart without any colour.

use plotters::style::{BLACK, RGBColor};

/// Blue, from the palette of Okabe and Ito (2008), as all of these.
pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
/// Vermillion.
pub const VERMILLION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
/// Bluish green.
pub const GREEN: RGBColor = RGBColor(0x00, 0x9e, 0x73);
/// Reddish purple.
pub const PURPLE: RGBColor = RGBColor(0xcc, 0x79, 0xa7);
/// Orange.
pub const ORANGE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
/// Sky blue.
pub const SKY: RGBColor = RGBColor(0x56, 0xb4, 0xe9);

/// Titles, and lines that data is compared with.
pub const TEXT: RGBColor = BLACK;
/// Labels, and what may stand back behind data.
pub const SOFT: RGBColor = RGBColor(0x40, 0x40, 0x40);
/// Axes and their ticks.
pub const FRAME: RGBColor = RGBColor(0x59, 0x59, 0x59);
/// Lines at the ticks.
pub const GRID: RGBColor = RGBColor(0xe0, 0xe0, 0xe0);

/// A moment at which something was done to the swarm.
pub const MOMENT: Stroke = Stroke { colour: PURPLE, width: 1.2, dash: Dash::Dotted };

/// How a line is drawn: opaque, so that it may cross itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub colour: RGBColor,
    /// How wide, pixels.
    pub width: f64,
    /// In which pattern.
    pub dash: Dash,
}

impl Stroke {
    /// A line without gaps.
    pub const fn solid(colour: RGBColor, width: f64) -> Stroke {
        Stroke { colour, width, dash: Dash::Solid }
    }

    /// The same line in another pattern.
    pub const fn dash(self, dash: Dash) -> Stroke {
        Stroke { dash, ..self }
    }
}

/// The pattern of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// No gaps.
    Solid,
    /// Long dashes.
    Dashed,
    /// Short dashes.
    Dotted,
}

impl Dash {
    /// Lengths of mark and gap, pixels; none if there is no gap.
    pub fn lengths(self) -> Option<(f64, f64)> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some((7.0, 4.0)),
            Dash::Dotted => Some((2.0, 2.5)),
        }
    }
}

/// For lines in the order of their number; the palette's yellow is left out, too light on paper.
const SERIES: [RGBColor; 6] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY];
const DASHES: [Dash; 3] = [Dash::Solid, Dash::Dashed, Dash::Dotted];

/// The stroke of line number `index`: neighbours differ in colour and in pattern, and eighteen lines differ
/// in one of them.
pub fn series(index: usize) -> Stroke {
    let dash = DASHES[(index + index / SERIES.len()) % DASHES.len()];
    Stroke::solid(SERIES[index % SERIES.len()], 1.8).dash(dash)
}
