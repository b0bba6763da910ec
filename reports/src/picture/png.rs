//! A picture as PNG, on white.

use tiny_skia::{
    Color, FillRule, FilterQuality, LineJoin, Paint, PathBuilder, Pixmap, PixmapPaint, StrokeDash, Transform,
};

use super::text::{outline, text_width};
use super::{Anchor, Ink, Picture, Point, Shape, Stroke};

impl Picture {
    /// A file; `scale` is the number of its pixels for one pixel of the page, 1 to 8.
    pub fn png_file(&self, scale: f64) -> Vec<u8> {
        let scale = scale.clamp(1.0, 8.0);
        let pixels = |length: f64| (length * scale).ceil().clamp(1.0, 32_768.0) as u32;
        let mut canvas =
            Pixmap::new(pixels(self.width), pixels(self.height)).expect("neither empty nor huge");
        canvas.fill(Color::WHITE);
        let transform = Transform::from_scale(scale as f32, scale as f32);
        for shape in &self.shapes {
            draw(&mut canvas, shape, transform);
        }
        canvas.encode_png().expect("writing to memory")
    }
}

fn draw(canvas: &mut Pixmap, shape: &Shape, transform: Transform) {
    match shape {
        Shape::Line { points, stroke } => {
            if let Some(path) = path(points, false) {
                canvas.stroke_path(&path, &paint(stroke.ink), &stroke_of(stroke), transform, None);
            }
        }
        Shape::Area { points, ink } => {
            if let Some(path) = path(points, true) {
                canvas.fill_path(&path, &paint(*ink), FillRule::Winding, transform, None);
            }
        }
        Shape::Text { text, baseline: (x, y), size, anchor, upwards, ink } => {
            let shift = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => -text_width(text, *size) / 2.0,
                Anchor::End => -text_width(text, *size),
            };
            let turn = Transform::from_rotate(if *upwards { -90.0 } else { 0.0 });
            let place = transform
                .pre_translate(*x as f32, *y as f32)
                .pre_concat(turn)
                .pre_translate(shift as f32, 0.0);
            if let Some(path) = outline(text, *size) {
                canvas.fill_path(&path, &paint(*ink), FillRule::Winding, place, None);
            }
        }
        Shape::Bitmap { corner: (x, y), size: (width, height), bitmap } => {
            let pixels = bitmap.pixmap();
            let stretch = (*width as f32 / pixels.width() as f32, *height as f32 / pixels.height() as f32);
            let place = transform.pre_translate(*x as f32, *y as f32).pre_scale(stretch.0, stretch.1);
            let nearest = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
            canvas.draw_pixmap(0, 0, pixels.as_ref(), &nearest, place, None);
        }
    }
}

fn path(points: &[Point], closed: bool) -> Option<tiny_skia::Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0 as f32, first.1 as f32);
    for (x, y) in rest {
        path.line_to(*x as f32, *y as f32);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn paint(ink: Ink) -> Paint<'static> {
    let [red, green, blue] = ink.rgb.unwrap_or_default();
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, (ink.alpha * 255.0).round() as u8);
    paint
}

fn stroke_of(stroke: &Stroke) -> tiny_skia::Stroke {
    let dash = stroke.dash.lengths().map(|lengths| lengths.map(|length| length as f32).to_vec());
    tiny_skia::Stroke {
        width: stroke.width as f32,
        line_join: LineJoin::Round,
        dash: dash.and_then(|dash| StrokeDash::new(dash, 0.0)),
        ..tiny_skia::Stroke::default()
    }
}
