//! Dice: the random choices of a scenario, in the shapes that people would write down.

use std::ops::RangeInclusive;
use std::time::Duration;

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::world::draws::generator;

/// A generator for one part of a scenario. Each part has its own, so that a draw more in one changes no other.
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The dice for a part of the scenario of this seed.
    pub fn new(seed: u64, part: &str) -> Dice {
        Dice(generator(seed, part.as_bytes(), 0))
    }

    /// Once in so many times.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.0.random_range(0..times) == 0
    }

    /// Anything from 0 to 1.
    pub fn fraction(&mut self) -> f64 {
        self.0.random()
    }

    /// Each as likely; of the same one written twice, twice as likely.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.0.random_range(0..choices.len())].clone()
    }

    /// A whole number, each as likely.
    pub fn whole(&mut self, range: RangeInclusive<u32>) -> u32 {
        self.0.random_range(range)
    }

    /// A number whose logarithm is evenly distributed: as many between 1 and 10 as between 10 and 100.
    pub fn scale(&mut self, least: f64, most: f64) -> f64 {
        least * (most / least).powf(self.fraction())
    }

    /// A span in seconds, on the same scale, to two digits.
    pub fn span(&mut self, least_s: f64, most_s: f64) -> Duration {
        let most_s = most_s.max(least_s);
        let ms = (self.scale(least_s, most_s) * 1e3).clamp(1.0, most_s * 1e3);
        Duration::from_millis(two_digits(ms))
    }

    /// A share of whole per cents, on the same scale.
    pub fn share(&mut self, least_percent: f64, most_percent: f64) -> f64 {
        self.scale(least_percent, most_percent).round().max(1.0) / 100.0
    }
}

/// The number with all but its first two digits zero, rounded down: what is drawn should read well.
pub fn two_digits(number: f64) -> u64 {
    let number = number.max(1.0) as u64;
    let unit = 10u64.pow(number.ilog10().saturating_sub(1));
    number / unit * unit
}
