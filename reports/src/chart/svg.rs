//! A chart as SVG: text stays text, bitmaps are embedded, nothing is fetched. The colours are those of paper
//! on any page, so that a heat map and its scale stay what they are.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::Escaper;
use plotters::drawing::IntoDrawingArea;
use plotters::prelude::SVGBackend;

use super::layout::{Layout, WIDTH};
use super::pen::{Pen, Place};
use super::{Beside, Bitmap, Chart};

/// plotters' pixels for one pixel of the page.
const UNIT: f64 = 4.0;

impl Chart {
    /// An SVG file, which is also an element for a page.
    pub fn svg(&self) -> String {
        let layout = Layout::of(self);
        let (width, height) = (WIDTH, layout.height());
        let size = ((width * UNIT) as u32, (height * UNIT) as u32);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {} {}\" stroke-linejoin=\"round\" role=\"img\">\n<title>",
            size.0, size.1,
        );
        let _ = Escaper::new(&mut svg).write_str(&self.title);
        svg.push_str("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        for (corner, opposite, bitmap) in self.bitmaps(layout) {
            write_bitmap(&mut svg, corner, opposite, bitmap);
        }
        svg.push_str(&self.plotted(layout, size));
        svg
    }

    /// Where the bitmaps lie, beneath everything else.
    pub(super) fn bitmaps(&self, layout: Layout) -> Vec<(Place, Place, &Bitmap)> {
        let mut bitmaps = Vec::new();
        if let Some(backdrop) = &self.backdrop {
            let right = layout.x(&self.x, backdrop.x_end);
            bitmaps.push(((layout.left, layout.top), (right, layout.bottom), &backdrop.bitmap));
        }
        if let Beside::ColourBar(_, colours) = &self.beside {
            let (left, right) = layout.bar();
            bitmaps.push(((left, layout.top), (right, layout.bottom), colours));
        }
        bitmaps
    }

    /// What plotters draws, after its own opening tag.
    fn plotted(&self, layout: Layout, size: (u32, u32)) -> String {
        let mut svg = String::new();
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        self.draw(&Pen { root: &root, unit: UNIT }, layout).expect("drawing to memory");
        root.present().expect("drawing to memory");
        drop(root);
        svg.split_once(">\n").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
    }
}

/// plotters' own way to embed bitmaps needs a second library for images, and names the wrong type.
fn write_bitmap(svg: &mut String, corner: Place, opposite: Place, bitmap: &Bitmap) {
    let units = |length: f64| (length * UNIT).round();
    let (x, y) = (units(corner.0), units(corner.1));
    let (width, height) = (units(opposite.0) - x, units(opposite.1) - y);
    let _ = write!(
        svg,
        "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\""
    );
    if f64::from(bitmap.width()) * UNIT <= width {
        svg.push_str(" style=\"image-rendering:pixelated\""); // coarser than the page: its pixels are data
    }
    svg.push_str(" href=\"data:image/png;base64,");
    STANDARD.encode_string(bitmap.png(), svg);
    svg.push_str("\"/>\n");
}
