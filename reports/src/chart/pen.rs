//! Drawing beside the data: lines, areas and text at pixels of the page, on any of plotters' backends.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{DashedPathElement, PathElement, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::HPos;
use plotters::style::{FontTransform, RGBAColor, RGBColor, ShapeStyle};

use super::layout::TEXT;
use super::palette::Stroke;
use super::text;

/// What comes of drawing.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A place on the page: right, down, in pixels.
pub type Place = (f64, f64);

/// plotters knows whole pixels only: a picture is drawn `unit` times as large as it is shown.
pub struct Pen<'a, DB: DrawingBackend> {
    /// The whole picture.
    pub root: &'a DrawingArea<DB, Shift>,
    /// Pixels of the picture for one pixel of the page.
    pub unit: f64,
}

impl<DB: DrawingBackend> Pen<'_, DB> {
    /// A straight line.
    pub fn line(&self, from: Place, to: Place, stroke: Stroke) -> Drawn<DB> {
        let points = vec![self.place(from), self.place(to)];
        match self.dash(stroke) {
            None => self.root.draw(&PathElement::new(points, self.style(stroke))),
            Some((mark, gap)) => {
                self.root.draw(&DashedPathElement::new(points, mark, gap, self.style(stroke)))
            }
        }
    }

    /// A filled rectangle.
    pub fn area(&self, corner: Place, opposite: Place, colour: RGBAColor) -> Drawn<DB> {
        let corners = [self.place(corner), self.place(opposite)];
        self.root.draw(&Rectangle::new(corners, ShapeStyle::from(colour).filled()))
    }

    /// Text that begins at the place, which is at the middle of its height.
    pub fn text(&self, text: &str, start: Place, colour: RGBColor) -> Drawn<DB> {
        self.text_of(TEXT, text, start, colour)
    }

    /// Text of another size.
    pub fn text_of(&self, size: f64, text: &str, start: Place, colour: RGBColor) -> Drawn<DB> {
        self.anchored(size, text, start, colour, HPos::Left)
    }

    /// Text with its middle at the place.
    pub fn text_around(&self, text: &str, middle: Place, colour: RGBColor) -> Drawn<DB> {
        self.anchored(TEXT, text, middle, colour, HPos::Center)
    }

    /// Text that runs upwards, with its middle at the place.
    pub fn text_upwards(&self, text: &str, middle: Place, colour: RGBColor) -> Drawn<DB> {
        let style = text::style(TEXT * self.unit, colour, HPos::Center).transform(FontTransform::Rotate270);
        self.root.draw_text(text, &style, self.place(middle))
    }

    /// A length in pixels of the picture.
    pub fn units(&self, length: f64) -> i32 {
        (length * self.unit).round() as i32
    }

    /// How plotters draws a stroke, but for its dashes.
    pub fn style(&self, stroke: Stroke) -> ShapeStyle {
        ShapeStyle::from(stroke.colour).stroke_width(self.units(stroke.width).max(1) as u32)
    }

    /// Length of a stroke's marks and gaps in pixels of the picture, if it has gaps.
    pub fn dash(&self, stroke: Stroke) -> Option<(i32, i32)> {
        stroke.dash.lengths().map(|(mark, gap)| (self.units(mark), self.units(gap)))
    }

    fn anchored(&self, size: f64, text: &str, at: Place, colour: RGBColor, anchor: HPos) -> Drawn<DB> {
        // Half the height of an x is what SVG calls the middle; capitals and digits need a little more.
        let lowered = (at.0, at.1 + size * 0.09);
        self.root.draw_text(text, &text::style(size * self.unit, colour, anchor), self.place(lowered))
    }

    fn place(&self, (right, down): Place) -> (i32, i32) {
        (self.units(right), self.units(down))
    }
}
