//! Dense data as pixels: a heat map as thousands of rectangles would make a page of megabytes.

use tiny_skia::{ColorU8, Pixmap};

/// Pixels, row by row from the top.
#[derive(Clone, Debug)]
pub struct Bitmap {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
}

impl Bitmap {
    /// A bitmap of `width` × `height` pixels, each red, green, blue and opacity as `pixel(column, row)` says;
    /// at least one pixel.
    pub fn new(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Bitmap {
        let (width, height) = (width.max(1), height.max(1));
        let pixels = (0..height).flat_map(|row| (0..width).map(move |column| (column, row)));
        Bitmap { width, height, pixels: pixels.map(|(column, row)| pixel(column, row)).collect() }
    }

    /// The pixels as a canvas.
    pub(super) fn pixmap(&self) -> Pixmap {
        let mut pixmap = Pixmap::new(self.width, self.height).expect("at least one pixel, far below 2^31");
        for (target, &[red, green, blue, alpha]) in pixmap.pixels_mut().iter_mut().zip(&self.pixels) {
            *target = ColorU8::from_rgba(red, green, blue, alpha).premultiply();
        }
        pixmap
    }

    /// The pixels as a PNG file.
    pub(super) fn png(&self) -> Vec<u8> {
        self.pixmap().encode_png().expect("writing to memory")
    }
}
