//! Dense data as pixels: a heat map as thousands of rectangles would make a page of megabytes.

use plotters::style::RGBColor;

/// Opaque pixels, row by row from the top.
#[derive(Clone, Debug)]
pub struct Bitmap {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Bitmap {
    /// A bitmap of `width` × `height` pixels, each coloured as `pixel(column, row)` says; at least one pixel.
    pub fn new(width: u32, height: u32, pixel: impl Fn(u32, u32) -> RGBColor) -> Bitmap {
        let (width, height) = (width.max(1), height.max(1));
        let places = (0..height).flat_map(|row| (0..width).map(move |column| (column, row)));
        let rgb = places.flat_map(|(column, row)| {
            let RGBColor(red, green, blue) = pixel(column, row);
            [red, green, blue]
        });
        Bitmap { width, height, rgb: rgb.collect() }
    }

    /// From red, green and blue of each pixel in turn.
    pub fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Bitmap {
        Bitmap { width, height, rgb }
    }

    /// Red, green and blue of each pixel in turn.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// Pixels in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Stretched, each pixel to a rectangle.
    pub fn stretched(&self, width: u32, height: u32) -> Bitmap {
        Bitmap::new(width, height, |column, row| {
            let near = |place: u32, of: u32, to: u32| u64::from(place) * u64::from(of) / u64::from(to);
            let row = near(row, self.height, height) * u64::from(self.width);
            let first = (row + near(column, self.width, width)) as usize * 3;
            RGBColor(self.rgb[first], self.rgb[first + 1], self.rgb[first + 2])
        })
    }

    /// Shrunk to one of `times` pixels in each direction, the mean of each square.
    pub fn shrunk(&self, times: u32) -> Bitmap {
        Bitmap::new(self.width / times, self.height / times, |column, row| {
            let mut sums = [0u32; 3];
            for down in row * times..(row + 1) * times {
                let first = (down * self.width + column * times) as usize * 3;
                for pixel in self.rgb[first..first + times as usize * 3].chunks_exact(3) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
                }
            }
            let count = times * times;
            let [red, green, blue] = sums.map(|sum| ((sum + count / 2) / count) as u8);
            RGBColor(red, green, blue)
        })
    }

    /// The pixels as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut image| image.write_image_data(&self.rgb));
        written.expect("writing to memory, as many bytes as the header says");
        file
    }
}
