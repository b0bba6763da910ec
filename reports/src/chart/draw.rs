//! Draws a chart with plotters, from the grid to the names on the right.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::{Circle, Polygon};
use plotters::prelude::DrawingBackend;
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, TRANSPARENT};

use super::layout::{BELOW, DOT, Layout, MARGIN, NAME_GAP, NAME_MARK, ROW, TEXT, TICK, WIDTH, widest_label};
use super::palette::{FRAME, GRID, MOMENT, SOFT, Stroke};
use super::pen::{Drawn, Pen};
use super::{Axis, Beside, Chart, Mark, Name, legend, palette, text};

/// plotters' view of the part with data.
type Plane<'a, DB> = ChartContext<'a, DB, Cartesian2d<Axis, Axis>>;

impl Chart {
    /// Draws everything but the bitmaps.
    pub(super) fn draw<DB: DrawingBackend>(&self, pen: &Pen<DB>, layout: Layout) -> Drawn<DB> {
        let mut plane = ChartBuilder::on(pen.root)
            .margin_top(pen.units(layout.top))
            .margin_right(pen.units(WIDTH - layout.right))
            .margin_left(pen.units(MARGIN))
            .x_label_area_size(pen.units(BELOW))
            .y_label_area_size(pen.units(layout.left) - pen.units(MARGIN))
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        self.draw_axes(pen, &mut plane)?;
        for mark in &self.marks {
            match mark {
                Mark::Line { points, stroke } => draw_line(pen, &mut plane, points, *stroke)?,
                Mark::Dots { points, colour } => {
                    let dot = |point: &(f64, f64)| Circle::new(*point, pen.units(DOT), colour.filled());
                    plane.draw_series(points.iter().map(dot))?;
                }
                Mark::Band { outline, colour } => {
                    plane.draw_series([Polygon::new(thinned(&plane, outline), *colour)])?;
                }
                Mark::Vertical { x, words, stroke } => self.draw_vertical(pen, layout, *x, words, *stroke)?,
                Mark::Moments(moments) => self.draw_moments(pen, layout, moments)?,
                Mark::Remark(text) => {
                    let across = f64::midpoint(layout.left, layout.right);
                    pen.text_around(text, (across, f64::midpoint(layout.top, layout.bottom)), SOFT)?;
                }
            }
        }
        legend::draw(pen, &self.legend, layout.left, WIDTH - layout.left)?;
        match &self.beside {
            Beside::Nothing => Ok(()),
            Beside::Names(names) => self.draw_names(pen, layout, names),
            Beside::ColourBar(scale, _) => draw_scale(pen, layout, scale),
        }
    }

    fn draw_axes<DB: DrawingBackend>(&self, pen: &Pen<DB>, plane: &mut Plane<DB>) -> Drawn<DB> {
        let label = text::style(TEXT * pen.unit, SOFT, HPos::Center);
        let title = text::style(TEXT * pen.unit, palette::TEXT, HPos::Center);
        let mut mesh = plane.configure_mesh();
        mesh.disable_x_mesh()
            .bold_line_style(pen.style(Stroke::solid(GRID, 1.0)))
            .light_line_style(TRANSPARENT)
            .axis_style(pen.style(Stroke::solid(FRAME, 1.0)))
            .set_all_tick_mark_size(pen.units(TICK))
            .label_style(label)
            .y_label_offset(pen.units(1.0)) // the middle of digits is higher than that of small letters
            .axis_desc_style(title)
            .x_desc(self.x.title())
            .y_desc(self.y.title());
        if matches!(self.beside, Beside::ColourBar(..)) {
            mesh.disable_y_mesh(); // a grid over colours would change them
        }
        mesh.draw()
    }

    /// The words stand over the data, so that they cover none.
    fn draw_vertical<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        layout: Layout,
        x: f64,
        [symbol, index, words]: &[String; 3],
        stroke: Stroke,
    ) -> Drawn<DB> {
        let place = layout.x(&self.x, x);
        pen.line((place, layout.top - 3.0), (place, layout.bottom), stroke)?;
        let small = TEXT * 0.75;
        let to_index = text::width(symbol, TEXT);
        let to_words = to_index + text::width(index, small) + TEXT * 0.3;
        let width = to_words + text::width(words, TEXT);
        let start = (place - width / 2.0).min(WIDTH - width).max(layout.left);
        let middle = layout.top - ROW / 2.0 - 1.0;
        pen.text(symbol, (start, middle), palette::TEXT)?;
        pen.text_of(small, index, (start + to_index, middle + TEXT * 0.3), palette::TEXT)?;
        pen.text(words, (start + to_words, middle), palette::TEXT)
    }

    /// The numbers stand over the data; those that would run into each other are drawn together.
    fn draw_moments<DB: DrawingBackend>(&self, pen: &Pen<DB>, layout: Layout, moments: &[f64]) -> Drawn<DB> {
        let places: Vec<f64> = moments.iter().map(|&moment| layout.x(&self.x, moment)).collect();
        for &place in &places {
            pen.line((place, layout.top - 3.0), (place, layout.bottom), MOMENT)?;
        }
        let size = TEXT * 0.85;
        let mut first = 0;
        while first < places.len() {
            let near = |next: &&f64| **next < places[first] + TEXT * 1.6;
            let last = first + places[first..].iter().take_while(near).count() - 1;
            let number = match last - first {
                0 => format!("{}", first + 1),
                _ => format!("{}–{}", first + 1, last + 1),
            };
            let middle = f64::midpoint(places[first], places[last]);
            let start = middle - text::width(&number, size) / 2.0;
            pen.text_of(size, &number, (start, layout.top - ROW / 2.0 - 1.0), palette::TEXT)?;
            first = last + 1;
        }
        Ok(())
    }

    fn draw_names<DB: DrawingBackend>(&self, pen: &Pen<DB>, layout: Layout, names: &[Name]) -> Drawn<DB> {
        let mut free = layout.top;
        for Name { y, name, stroke } in names {
            let middle = layout.y(&self.y, *y).max(free);
            let mark = layout.right + NAME_GAP;
            pen.line((mark, middle), (mark + NAME_MARK, middle), *stroke)?;
            pen.text(name, (mark + NAME_MARK + NAME_GAP, middle), SOFT)?;
            free = middle + TEXT * 1.3;
        }
        Ok(())
    }
}

fn draw_line<DB: DrawingBackend>(
    pen: &Pen<DB>,
    plane: &mut Plane<DB>,
    points: &[(f64, f64)],
    stroke: Stroke,
) -> Drawn<DB> {
    let points = thinned(plane, points);
    if points.len() < 2 {
        return Ok(());
    }
    match pen.dash(stroke) {
        None => plane.draw_series(LineSeries::new(points, pen.style(stroke)))?,
        Some((mark, gap)) => {
            plane.draw_series(DashedLineSeries::new(points, mark, gap, pen.style(stroke)))?
        }
    };
    Ok(())
}

/// The points without those that fall on the pixel of the one before.
fn thinned<DB: DrawingBackend>(plane: &Plane<DB>, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points = points.to_vec();
    points.dedup_by_key(|point| plane.backend_coord(point));
    points
}

/// The labels of a colour bar.
fn draw_scale<DB: DrawingBackend>(pen: &Pen<DB>, layout: Layout, scale: &Axis) -> Drawn<DB> {
    let (_, edge) = layout.bar();
    for tick in scale.ticks() {
        let y = layout.y(scale, tick);
        pen.line((edge, y), (edge + TICK, y), Stroke::solid(FRAME, 1.0))?;
        pen.text(&scale.label(tick), (edge + TICK * 2.0, y), SOFT)?;
    }
    let right = edge + TICK * 2.0 + widest_label(scale) + TEXT * 1.3;
    pen.text_upwards(scale.title(), (right, f64::midpoint(layout.top, layout.bottom)), palette::TEXT)
}
