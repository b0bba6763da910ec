//! A picture as SVG: text stays text, bitmaps are embedded, nothing is fetched. Colours of text are
//! `currentColor`, so that a picture inside a page follows its light or dark.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::Escaper;

use super::text::FAMILY;
use super::{Anchor, Ink, Picture, Point, Shape, Stroke};

impl Picture {
    /// A file of its own, on white.
    pub fn svg_file(&self) -> String {
        self.svg(" style=\"background:#fff;color:#000\"")
    }

    /// An element for a page, in the page's colours.
    pub fn svg_element(&self) -> String {
        self.svg("")
    }

    fn svg(&self, attributes: &str) -> String {
        let (width, height) = (self.width, self.height);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILY}\" role=\"img\"{attributes}>\n<title>"
        );
        escape(&mut svg, &self.title);
        svg.push_str("</title>\n");
        for shape in &self.shapes {
            write_shape(&mut svg, shape);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn write_shape(svg: &mut String, shape: &Shape) {
    match shape {
        Shape::Line { points, stroke } => {
            svg.push_str("<polyline fill=\"none\"");
            write_stroke(svg, stroke);
            write_points(svg, points);
        }
        Shape::Area { points, ink } => {
            svg.push_str("<polygon");
            write_ink(svg, "fill", *ink);
            write_points(svg, points);
        }
        Shape::Text { text, baseline: (x, y), size, anchor, upwards, ink } => {
            let (x, y) = (short(*x), short(*y));
            let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"");
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => svg.push_str(" text-anchor=\"middle\""),
                Anchor::End => svg.push_str(" text-anchor=\"end\""),
            }
            if *upwards {
                let _ = write!(svg, " transform=\"rotate(-90 {x} {y})\"");
            }
            write_ink(svg, "fill", *ink);
            svg.push('>');
            escape(svg, text);
            svg.push_str("</text>\n");
        }
        Shape::Bitmap { corner: (x, y), size: (width, height), bitmap } => {
            let (x, y, width, height) = (short(*x), short(*y), short(*width), short(*height));
            let _ = write!(
                svg,
                "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
                 style=\"image-rendering:pixelated\" href=\"data:image/png;base64,"
            );
            STANDARD.encode_string(bitmap.png(), svg);
            svg.push_str("\"/>\n");
        }
    }
}

fn write_stroke(svg: &mut String, stroke: &Stroke) {
    write_ink(svg, "stroke", stroke.ink);
    let _ = write!(svg, " stroke-width=\"{}\" stroke-linejoin=\"round\"", stroke.width);
    if let Some([mark, gap]) = stroke.dash.lengths() {
        let _ = write!(svg, " stroke-dasharray=\"{mark} {gap}\"");
    }
}

fn write_ink(svg: &mut String, attribute: &str, ink: Ink) {
    let _ = match ink.rgb {
        Some([red, green, blue]) => write!(svg, " {attribute}=\"#{red:02x}{green:02x}{blue:02x}\""),
        None => write!(svg, " {attribute}=\"currentColor\""),
    };
    if ink.alpha < 1.0 {
        let _ = write!(svg, " {attribute}-opacity=\"{}\"", ink.alpha);
    }
}

fn write_points(svg: &mut String, points: &[Point]) {
    svg.push_str(" points=\"");
    for (index, (x, y)) in points.iter().enumerate() {
        let space = if index > 0 { " " } else { "" };
        let _ = write!(svg, "{space}{},{}", short(*x), short(*y));
    }
    svg.push_str("\"/>\n");
}

/// To a tenth of a pixel.
fn short(length: f64) -> f64 {
    (length * 10.0).round() / 10.0 + 0.0 // no minus before a zero
}

fn escape(svg: &mut String, text: &str) {
    let _ = Escaper::new(svg).write_str(text);
}
