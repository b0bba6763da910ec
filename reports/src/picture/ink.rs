//! What shapes are drawn with.

/// A colour of its own, or the colour of the text around: black on paper, light on a dark page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Red, green, blue; none for the colour of text.
    pub rgb: Option<[u8; 3]>,
    /// From 0, invisible, to 1.
    pub alpha: f64,
}

impl Ink {
    /// The colour of text.
    pub const TEXT: Ink = Ink { rgb: None, alpha: 1.0 };

    /// An opaque colour.
    pub const fn rgb(rgb: [u8; 3]) -> Ink {
        Ink { rgb: Some(rgb), alpha: 1.0 }
    }

    /// The same colour, as opaque as `alpha`.
    pub const fn fade(self, alpha: f64) -> Ink {
        Ink { rgb: self.rgb, alpha }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// With what.
    pub ink: Ink,
    /// How wide, pixels.
    pub width: f64,
    /// In which pattern.
    pub dash: Dash,
}

impl Stroke {
    /// A line without gaps.
    pub const fn solid(ink: Ink, width: f64) -> Stroke {
        Stroke { ink, width, dash: Dash::Solid }
    }

    /// The same line in another pattern.
    pub const fn dash(self, dash: Dash) -> Stroke {
        Stroke { dash, ..self }
    }
}

/// The pattern of a line: with it lines can be told apart without colour.
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
    pub(super) fn lengths(self) -> Option<[f64; 2]> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some([7.0, 4.0]),
            Dash::Dotted => Some([2.0, 2.5]),
        }
    }
}

/// Which end of a text its point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}
