//! The one font of all pictures, embedded, so that a picture is laid out alike on every machine.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve};
use tiny_skia::{Path, PathBuilder};

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../../assets/DejaVuSans.ttf"))
        .expect("the embedded font is a font")
});

/// What SVG asks for: the embedded font where it is installed, then fonts that run no wider.
pub(super) const FAMILY: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// The width of `text` in pixels, set at `size`.
pub fn text_width(text: &str, size: f64) -> f64 {
    let units: f32 = text.chars().map(|character| FONT.h_advance_unscaled(FONT.glyph_id(character))).sum();
    f64::from(units) * size / units_per_em()
}

/// The outlines of `text` set at `size`, its baseline starting at the origin.
pub(super) fn outline(text: &str, size: f64) -> Option<Path> {
    let scale = (size / units_per_em()) as f32;
    let mut path = PathBuilder::new();
    let mut right = 0.0;
    for character in text.chars() {
        let glyph = FONT.glyph_id(character);
        add_glyph(&mut path, glyph, right, scale);
        right += FONT.h_advance_unscaled(glyph) * scale;
    }
    path.finish()
}

fn units_per_em() -> f64 {
    f64::from(FONT.units_per_em().unwrap_or(2048.0))
}

fn add_glyph(path: &mut PathBuilder, glyph: GlyphId, right: f32, scale: f32) {
    let Some(outline) = FONT.outline(glyph) else { return }; // a space
    let place = |point: ab_glyph::Point| (right + point.x * scale, -point.y * scale);
    let mut pen = None;
    for curve in outline.curves {
        let (OutlineCurve::Line(from, to)
        | OutlineCurve::Quad(from, _, to)
        | OutlineCurve::Cubic(from, _, _, to)) = curve;
        if pen != Some(from) {
            let (x, y) = place(from);
            path.move_to(x, y);
        }
        let (x, y) = place(to);
        match curve {
            OutlineCurve::Line(..) => path.line_to(x, y),
            OutlineCurve::Quad(_, bend, _) => {
                let (bend_x, bend_y) = place(bend);
                path.quad_to(bend_x, bend_y, x, y);
            }
            OutlineCurve::Cubic(_, bend, other, _) => {
                let ((bend_x, bend_y), (other_x, other_y)) = (place(bend), place(other));
                path.cubic_to(bend_x, bend_y, other_x, other_y, x, y);
            }
        }
        pen = Some(to);
    }
}
