//! Spans of time that hosts differ in: how long they stay, when they give up, when they come back.

use std::time::Duration;

/// Where a span comes from; each host draws its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spans {
    /// `"30 s"`: the same for all.
    Constant(Duration),
    /// `{ min = "10 s", max = "60 s" }`: every value between both bounds as likely.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// `{ exponential = "500 s" }`.
    Exponential {
        /// The mean, over zero.
        mean: Duration,
    },
    /// `{ weibull = "42.4 min", shape = 0.38 }`. `{ measured = "debian" }` is read as one of these.
    Weibull {
        /// The shape parameter k, over zero; below 1 the tail is heavier than exponential.
        shape: f64,
        /// The scale parameter λ, over zero: 63.2 % of the spans are shorter.
        scale: Duration,
    },
}
