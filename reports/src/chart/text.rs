//! The one font of all plots, embedded, so that a plot is laid out alike on every machine.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, Point};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBColor, TextStyle};

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../../assets/DejaVuSans.ttf"))
        .expect("the embedded font is a font")
});

/// What SVG asks for: the embedded font where it is installed, then fonts that run no wider.
const FAMILY: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// What plotters calls the size of a font, for one em: its SVG divides by this.
const SIZE_OF_EM: f64 = 1.24;

/// The width of `text` where an em is `em` long.
pub fn width(text: &str, em: f64) -> f64 {
    let units: f32 = text.chars().map(|character| FONT.h_advance_unscaled(FONT.glyph_id(character))).sum();
    f64::from(units) * em / units_per_em()
}

/// Text for plotters to draw, anchored at the middle of its height.
pub fn style(em: f64, colour: RGBColor, anchor: HPos) -> TextStyle<'static> {
    let font = FontDesc::new(FontFamily::Name(FAMILY), em * SIZE_OF_EM, FontStyle::Normal);
    font.color(&colour).pos(Pos::new(anchor, VPos::Center))
}

/// Calls `dot` with every pixel of `text` and how much of it is covered, 0 to 1. `size` and `anchor` are those
/// of a style; pixels count from the anchor, where SVG would put it.
pub fn rasterise(text: &str, size: f64, anchor: Pos, mut dot: impl FnMut((i32, i32), f64)) {
    let em = size / SIZE_OF_EM;
    let width = width(text, em);
    let mut x = match anchor.h_pos {
        HPos::Left => 0.0,
        HPos::Center => -width / 2.0,
        HPos::Right => -width,
    };
    let y = match anchor.v_pos {
        VPos::Top => 0.76 * em,
        VPos::Center => 0.27 * em,
        VPos::Bottom => -0.27 * em,
    };
    let scale = FONT.height_unscaled() * (em / units_per_em()) as f32;
    for character in text.chars() {
        let id = FONT.glyph_id(character);
        let position = Point { x: x as f32, y: y as f32 };
        x += f64::from(FONT.h_advance_unscaled(id)) * em / units_per_em();
        let glyph = Glyph { id, scale: scale.into(), position };
        let Some(outline) = FONT.outline_glyph(glyph) else { continue }; // a space
        let corner = outline.px_bounds().min;
        outline.draw(|right, down, cover| {
            dot((corner.x as i32 + right as i32, corner.y as i32 + down as i32), f64::from(cover));
        });
    }
}

fn units_per_em() -> f64 {
    f64::from(FONT.units_per_em().unwrap_or(2048.0))
}
