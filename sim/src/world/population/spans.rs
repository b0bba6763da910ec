//! Draws of spans of time.

use std::time::Duration;

use rand::RngExt;
use rand_distr::{Distribution, Exp, Weibull};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::scenario::Spans;

/// Heavy tails are cut here: no run is longer.
const SPAN_MAX: Duration = Duration::from_secs(365 * 86_400);

/// A span of this distribution.
pub fn draw(spans: &Spans, rng: &mut Xoshiro256PlusPlus) -> Duration {
    let seconds = match *spans {
        Spans::Constant(span) => return span,
        Spans::Uniform { min, max } => rng.random_range(min.as_secs_f64()..=max.as_secs_f64()),
        Spans::Exponential { mean } => {
            Exp::new(1.0 / mean.as_secs_f64()).expect("a scenario's mean is positive").sample(rng)
        }
        Spans::Weibull { shape, scale } => {
            Weibull::new(scale.as_secs_f64(), shape).expect("a scenario's shape is positive").sample(rng)
        }
    };
    Duration::from_secs_f64(seconds.min(SPAN_MAX.as_secs_f64()))
}
