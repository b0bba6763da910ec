//! What a plot of an experiment shows, not yet drawn.

use serde::{Deserialize, Serialize};

/// A plot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Name of its file, without an ending.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// How to read it.
    pub caption: String,
    /// The axis across.
    pub x: Scale,
    /// The axis upwards.
    pub y: Scale,
    /// The lines.
    pub curves: Vec<Curve>,
}

/// What an axis counts, from zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Simulated seconds.
    Time(String),
    /// Things.
    Count(String),
    /// Things, from one on, each decade as long as the others.
    Decades(String),
    /// A share of one.
    Share(String),
    /// A plain number.
    Number(String),
    /// Bits a second.
    Rate(String),
}

/// A line of a plot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What it stands for.
    pub name: String,
    /// Whether it is what was expected rather than what was simulated.
    pub is_expected: bool,
    /// Its points from left to right.
    pub points: Vec<Point>,
}

/// A point of a line, with its interval if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Across.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// Half of the width of the interval of y; 0 if there is none.
    pub half_width: f64,
}

impl Curve {
    /// What was simulated.
    pub fn simulated(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Curve {
        let points = points.into_iter().map(|(x, y)| Point { x, y, half_width: 0.0 });
        Curve { name: name.into(), is_expected: false, points: points.collect() }
    }

    /// What was expected.
    pub fn expected(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Curve {
        Curve { is_expected: true, ..Curve::simulated(name, points) }
    }

    /// The same value everywhere between both ends.
    pub fn level(name: impl Into<String>, y: f64, (from, until): (f64, f64)) -> Curve {
        Curve::expected(name, [(from, y), (until, y)])
    }

    /// Means with their intervals, at their places.
    pub fn means<'a>(
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, &'a super::Values)>,
    ) -> Curve {
        let points = points.into_iter().filter_map(|(x, values)| {
            let estimate = values.estimate()?;
            Some(Point { x, y: estimate.mean, half_width: estimate.half_width.unwrap_or(0.0) })
        });
        Curve { name: name.into(), is_expected: false, points: points.collect() }
    }
}
