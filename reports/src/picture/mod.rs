//! A picture as a list of shapes: what every plot is made as, and what SVG and PNG are written from. Lengths
//! are in pixels of a page at normal size, with the origin at the top left. It knows nothing of axes or data.

mod bitmap;
mod ink;
mod png;
mod svg;
mod text;

pub use bitmap::Bitmap;
pub use ink::{Anchor, Dash, Ink, Stroke};
pub use text::text_width;

/// A place in a picture: right, down.
pub type Point = (f64, f64);

/// Shapes on a canvas, the first at the bottom.
#[derive(Clone, Debug)]
pub struct Picture {
    title: String,
    width: f64,
    height: f64,
    shapes: Vec<Shape>,
}

#[derive(Clone, Debug)]
enum Shape {
    Line { points: Vec<Point>, stroke: Stroke },
    Area { points: Vec<Point>, ink: Ink },
    Text { text: String, baseline: Point, size: f64, anchor: Anchor, upwards: bool, ink: Ink },
    Bitmap { corner: Point, size: (f64, f64), bitmap: Bitmap },
}

impl Picture {
    /// An empty canvas; `title` is read out to those who cannot see it.
    pub fn new(title: &str, width: f64, height: f64) -> Picture {
        Picture { title: title.to_owned(), width, height, shapes: Vec::new() }
    }

    /// A line through `points`.
    pub fn line(&mut self, points: Vec<Point>, stroke: Stroke) {
        self.shapes.push(Shape::Line { points, stroke });
    }

    /// The area inside `points`.
    pub fn area(&mut self, points: Vec<Point>, ink: Ink) {
        self.shapes.push(Shape::Area { points, ink });
    }

    /// Text of one line; `size` is that of the em square.
    pub fn text(&mut self, text: &str, baseline: Point, size: f64, anchor: Anchor, ink: Ink) {
        self.shapes.push(Shape::Text { text: text.to_owned(), baseline, size, anchor, upwards: false, ink });
    }

    /// Text that runs upwards, its baseline on the right.
    pub fn text_upwards(&mut self, text: &str, baseline: Point, size: f64, anchor: Anchor, ink: Ink) {
        self.shapes.push(Shape::Text { text: text.to_owned(), baseline, size, anchor, upwards: true, ink });
    }

    /// A bitmap, stretched over the rectangle with its top left at `corner`; its pixels stay rectangles.
    pub fn bitmap(&mut self, corner: Point, size: (f64, f64), bitmap: Bitmap) {
        self.shapes.push(Shape::Bitmap { corner, size, bitmap });
    }
}
