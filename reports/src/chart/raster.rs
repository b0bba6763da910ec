//! A chart as PNG: drawn some times too large with plotters' bitmap backend, then shrunk, so that edges are
//! smooth.

use plotters::drawing::IntoDrawingArea;
use plotters::element::BitMapElement;
use plotters::prelude::{BitMapBackend, DrawingBackend};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, rasterizer,
};

use super::layout::{Layout, WIDTH};
use super::pen::{Drawn, Pen};
use super::{Bitmap, Chart, text};

/// The most pixels of a file for one pixel of the page.
const SCALE_MAX: u32 = 4;
/// Pixels drawn for one pixel of the page, at the least.
const DRAWN_MIN: u32 = 6;

impl Chart {
    /// A PNG file; `scale` is the number of its pixels for one pixel of the page, 1 to 4.
    pub fn png(&self, scale: u32) -> Vec<u8> {
        let scale = scale.clamp(1, SCALE_MAX);
        let shrink = DRAWN_MIN.div_ceil(scale);
        let unit = f64::from(scale * shrink);
        let layout = Layout::of(self);
        let pixels = |length: f64| length.ceil() as u32 * scale * shrink;
        let (width, height) = (pixels(WIDTH), pixels(layout.height()));
        let mut rgb = vec![u8::MAX; width as usize * height as usize * 3];
        self.draw_raster(&mut rgb, (width, height), unit, layout).expect("drawing to memory");
        Bitmap::from_rgb(width, height, rgb).shrunk(shrink).png()
    }

    fn draw_raster(&self, rgb: &mut [u8], size: (u32, u32), unit: f64, layout: Layout) -> Drawn<Raster<'_>> {
        let root = Raster(BitMapBackend::with_buffer(rgb, size)).into_drawing_area();
        let pen = Pen { root: &root, unit };
        for (corner, opposite, bitmap) in self.bitmaps(layout) {
            let (x, y) = (pen.units(corner.0), pen.units(corner.1));
            let size = (pen.units(opposite.0) - x, pen.units(opposite.1) - y);
            let (width, height) = (size.0.max(1) as u32, size.1.max(1) as u32);
            let stretched = bitmap.stretched(width, height).into_rgb();
            let element: Option<BitMapElement<_>> =
                BitMapElement::with_owned_buffer((x, y), (width, height), stretched);
            element.map_or(Ok(()), |element| root.draw(&element))?;
        }
        self.draw(&pen, layout)?;
        root.present()
    }
}

/// plotters' bitmap backend, with better text and lines: its own text leaves out the space that belongs before
/// each letter, and its own wide lines have holes where they cross themselves.
struct Raster<'a>(BitMapBackend<'a>);

impl<'a> DrawingBackend for Raster<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.present()
    }

    fn draw_pixel(
        &mut self,
        at: BackendCoord,
        colour: BackendColor,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_pixel(at, colour)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_line(from, to, style)
    }

    fn blit_bitmap(
        &mut self,
        corner: BackendCoord,
        size: (u32, u32),
        rgb: &[u8],
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.blit_bitmap(corner, size, rgb)
    }

    /// Segment by segment, with a dot on each bend.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let mut before: Option<BackendCoord> = None;
        let mut bends = false;
        for place in path {
            if let Some(before) = before {
                rasterizer::draw_line(self, before, place, style)?;
                if bends {
                    self.draw_circle(before, style.stroke_width() / 2, style, true)?;
                }
                bends = true;
            }
            before = Some(place);
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let (colour, turn) = (style.color(), style.transform());
        let mut drawn = Ok(());
        text::rasterise(text, style.size(), style.anchor(), |(right, down), cover| {
            let (right, down) = turn.transform(right, down);
            if drawn.is_ok() {
                drawn = self.draw_pixel((x + right, y + down), colour.mix(cover));
            }
        });
        drawn
    }
}
