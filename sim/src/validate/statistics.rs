//! Means with their intervals, and straight lines through points.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// A mean, and how far from it the expectation may lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean of the values.
    pub mean: f64,
    /// Half of the width of the 95 % interval by Student's t; none of a single value.
    pub half_width: Option<f64>,
}

impl Estimate {
    /// Of values drawn independently; none of no value.
    pub fn of(values: &[f64]) -> Option<Estimate> {
        let count = values.len() as f64;
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count;
        let freedom = count - 1.0;
        let half_width = StudentsT::new(0.0, 1.0, freedom).ok().map(|student| {
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / freedom;
            student.inverse_cdf(0.5 + CONFIDENCE / 2.0) * (variance / count).sqrt()
        });
        Some(Estimate { mean, half_width })
    }

    /// Of a value in which nothing is random.
    pub fn exactly(value: f64) -> Estimate {
        Estimate { mean: value, half_width: Some(0.0) }
    }

    /// The ends of the interval; everything, of a single value.
    pub fn interval(&self) -> (f64, f64) {
        let half_width = self.half_width.unwrap_or(f64::INFINITY);
        (self.mean - half_width, self.mean + half_width)
    }
}

/// A straight line through points by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// What y gains for one x.
    pub slope: f64,
    /// y where x is zero.
    pub intercept: f64,
    /// The share of the variance of y that the line explains, R².
    pub r_squared: f64,
}

impl Line {
    /// Through at least two points of different x; none through others.
    pub fn through(points: &[(f64, f64)]) -> Option<Line> {
        let count = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
        let sum = |of: &dyn Fn(f64, f64) -> f64| {
            points.iter().map(|&(x, y)| of(x - mean_x, y - mean_y)).sum::<f64>()
        };
        let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
        if xx.is_nan() || xx <= 0.0 {
            return None;
        }
        let slope = xy / xx;
        let r_squared = if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 };
        Some(Line { slope, intercept: mean_y - slope * mean_x, r_squared })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Half-widths from the quantiles of Student's t in any table: 12.706, 4.303 and 2.262 for 1, 2 and 9 degrees.
    #[test]
    fn intervals_of_known_samples() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-3;
        let two = Estimate::of(&[1.0, 3.0]).unwrap();
        assert!(close(two.mean, 2.0) && close(two.half_width.unwrap(), 12.706 * 2f64.sqrt() / 2f64.sqrt()));
        let three = Estimate::of(&[1.0, 2.0, 3.0]).unwrap();
        assert!(close(three.half_width.unwrap(), 4.303 / 3f64.sqrt()));
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        let ten = Estimate::of(&ten).unwrap();
        assert!(close(ten.mean, 5.5) && close(ten.half_width.unwrap(), 2.262_157 * 3.027_650 / 10f64.sqrt()));
        assert_eq!(Estimate::of(&[7.0]), Some(Estimate { mean: 7.0, half_width: None }));
        assert_eq!(Estimate::of(&[]), None);
        assert_eq!(Estimate::of(&[4.0; 5]), Some(Estimate::exactly(4.0)));
    }

    /// The first of Anscombe's quartets (1973): y = 3 + x/2 with R² = 0.667.
    #[test]
    fn a_line_through_known_points() {
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let line = Line::through(&x.into_iter().zip(y).collect::<Vec<_>>()).unwrap();
        assert!((line.slope - 0.500_09).abs() < 1e-5 && (line.intercept - 3.000_09).abs() < 1e-5);
        assert!((line.r_squared - 0.666_54).abs() < 1e-5);
        assert_eq!(Line::through(&[(1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(Line::through(&[]), None);
    }

    proptest! {
        #[test]
        fn points_on_a_line_give_the_line(slope in -1e3..1e3f64, intercept in -1e3..1e3f64) {
            let points: Vec<(f64, f64)> = (0..9).map(|x| (f64::from(x), intercept + slope * f64::from(x))).collect();
            let line = Line::through(&points).unwrap();
            prop_assert!((line.slope - slope).abs() < 1e-6 && (line.intercept - intercept).abs() < 1e-6);
            prop_assert!(line.r_squared > 1.0 - 1e-6);
        }
    }
}
