//! An axis from zero, or in decades from one, as a coordinate of plotters: its unit, chosen by how far it reaches, and ticks at round
//! values of that unit.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// At most about so many steps up an axis.
const STEPS: f64 = 6.0;
/// At most about so many steps along an axis of time, which runs across.
const STEPS_ACROSS: f64 = 9.0;
/// A band has its name if it takes up this share of its axis.
const BAND_NAMED_MIN: f64 = 0.06;

/// An axis to its end.
#[derive(Clone, Debug)]
pub struct Axis {
    title: String,
    end: f64,
    unit: f64,
    step: f64,
    /// From one on, each power of ten as long as the others.
    is_decades: bool,
    /// Names in place of numbers, each where it is to stand.
    names: Vec<(f64, String)>,
}

/// Units of time, seconds, with the reach from which each is used, and the round steps within it.
const TIME_UNITS: [(&str, f64, f64, &[f64]); 4] = [
    ("d", 86_400.0, 72.0 * 3_600.0, &[]),
    ("h", 3_600.0, 4.0 * 3_600.0, &[0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0]),
    ("min", 60.0, 240.0, &[0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0]),
    ("s", 1.0, 0.0, &[1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0]),
];

const RATE_UNITS: [(&str, f64); 5] =
    [("Tbit/s", 1e12), ("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3), ("bit/s", 1.0)];

impl Axis {
    /// Time up to `end_s` seconds.
    pub fn time(name: &str, end_s: f64) -> Axis {
        let end = reach(end_s);
        let unit = TIME_UNITS.iter().find(|unit| end >= unit.2).unwrap_or(&TIME_UNITS[3]);
        let wanted = end / unit.1 / STEPS_ACROSS;
        let in_unit = unit.3.iter().copied().find(|&step| step >= wanted && wanted > 0.2);
        let step = in_unit.unwrap_or_else(|| round_step(wanted));
        let title = format!("{name} ({})", unit.0);
        Axis { title, end, unit: unit.1, step, is_decades: false, names: Vec::new() }
    }

    /// A rate of payload that must reach `end` bits per second.
    pub fn rate(name: &str, end: f64) -> Axis {
        let unit = RATE_UNITS.iter().find(|unit| end >= unit.1).unwrap_or(&RATE_UNITS[4]);
        Axis::whole_steps(format!("{name} ({})", unit.0), end, unit.1, 0.0)
    }

    /// A number of things that must reach `end`.
    pub fn count(name: &str, end: f64) -> Axis {
        Axis::whole_steps(name.to_owned(), end, 1.0, 1.0)
    }

    /// A number of things that ends exactly at `end`.
    pub fn count_exactly(name: &str, end: f64) -> Axis {
        Axis { end: reach(end), ..Axis::count(name, end) }
    }

    /// A number of things from one up to `end`, with a tick at each power of ten.
    pub fn decades(name: &str, end: f64) -> Axis {
        Axis { end: reach(end).max(10.0), is_decades: true, ..Axis::count(name, end) }
    }

    /// Things in the order of `bands`, each with its name and how many there are. Bands that are too narrow for it go without
    /// their name.
    pub fn bands(title: &str, bands: &[(String, f64)]) -> Axis {
        let end = reach(bands.iter().map(|(_, width)| width).sum());
        let mut from = 0.0;
        let mut names = Vec::new();
        for (name, width) in bands {
            if *width >= BAND_NAMED_MIN * end {
                names.push((from + width / 2.0, name.clone()));
            }
            from += width;
        }
        Axis { end, names, ..Axis::count(title, end) }
    }

    /// A plain number that must reach `end`.
    pub fn number(name: &str, end: f64) -> Axis {
        Axis::whole_steps(name.to_owned(), end, 1.0, 0.0)
    }

    /// A share, 0 to 1, in per cent.
    pub fn share(name: &str) -> Axis {
        let title = format!("{name} (%)");
        Axis { title, end: 1.0, unit: 0.01, step: 20.0, is_decades: false, names: Vec::new() }
    }

    /// The title with its unit.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The values with a label, from the axis' beginning.
    pub fn ticks(&self) -> Vec<f64> {
        if !self.names.is_empty() {
            return self.names.iter().map(|(place, _)| *place).collect();
        }
        let last = if self.is_decades { self.end.log10() } else { self.end / self.unit / self.step };
        let tick = |index: i32| match self.is_decades {
            true => 10f64.powi(index),
            false => f64::from(index) * self.step * self.unit,
        };
        (0..=(last + 1e-9).floor() as i32).map(tick).collect()
    }

    /// The label of a tick.
    pub fn label(&self, tick: f64) -> String {
        if let Some((_, name)) = self.names.iter().find(|(place, _)| *place == tick) {
            return name.clone();
        }
        match (tick / self.unit, decimals(self.step)) {
            (value, _) if self.is_decades => grouped(value),
            (value, 0) => grouped(value),
            (value, decimals) => format!("{value:.decimals$}"),
        }
    }

    /// How far along the axis a value lies, 0 to 1; what is beyond an end is at that end.
    pub fn along(&self, value: f64) -> f64 {
        let share = if self.is_decades { value.log10() / self.end.log10() } else { value / self.end };
        match share {
            share if share.is_nan() => 0.0,
            share => share.clamp(0.0, 1.0),
        }
    }

    /// An axis that ends at a tick.
    fn whole_steps(title: String, end: f64, unit: f64, step_min: f64) -> Axis {
        let end = reach(end);
        let step = round_step(end / unit / STEPS).max(step_min);
        let end = (end / unit / step - 1e-9).ceil().max(1.0) * step * unit;
        Axis { title, end, unit, step, is_decades: false, names: Vec::new() }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (begin, end): (i32, i32)) -> i32 {
        begin + (f64::from(end - begin) * self.along(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let fine = hint.weight().allow_light_points(); // lines between the ticks: there are none
        if fine { Vec::new() } else { self.ticks() }
    }

    fn range(&self) -> Range<f64> {
        0.0..self.end
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, tick: &f64) -> String {
        self.label(*tick)
    }
}

/// A whole number with a comma before every three digits.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An axis of nothing still reaches to 1, and none further than labels can say.
fn reach(end: f64) -> f64 {
    if end > 0.0 { end.clamp(1e-9, 1e18) } else { 1.0 }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `wanted`.
fn round_step(wanted: f64) -> f64 {
    let mut power = 0;
    while 10f64.powi(power) < wanted {
        power += 1;
    }
    while 10f64.powi(power - 1) >= wanted {
        power -= 1;
    }
    let top = 10f64.powi(power);
    [top / 5.0, top / 2.0, top].into_iter().find(|&step| step >= wanted * (1.0 - 1e-9)).unwrap_or(top)
}

/// Digits after the point that a multiple of `step` needs.
fn decimals(step: f64) -> usize {
    let shown = |digits: &usize| {
        let scaled = step * 10f64.powi(*digits as i32);
        (scaled - scaled.round()).abs() < 1e-6 && scaled >= 0.5
    };
    (0..12).find(shown).unwrap_or(12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(axis: &Axis) -> String {
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| axis.label(tick)).collect();
        format!("{}: {}", axis.title(), labels.join(" "))
    }

    #[test]
    fn ticks_are_round_in_a_fitting_unit() {
        assert_eq!(drawn(&Axis::time("time", 0.9)), "time (s): 0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9");
        assert_eq!(drawn(&Axis::time("time", 102.0)), "time (s): 0 15 30 45 60 75 90");
        assert_eq!(drawn(&Axis::time("time", 3_000.0)), "time (min): 0 10 20 30 40 50");
        assert_eq!(drawn(&Axis::time("time", 86_400.0)), "time (h): 0 3 6 9 12 15 18 21 24");
        assert_eq!(drawn(&Axis::time("time", 864_000.0)), "time (d): 0 2 4 6 8 10");
        assert_eq!(drawn(&Axis::rate("payload", 41.5e6)), "payload (Mbit/s): 0 10 20 30 40 50");
        assert_eq!(drawn(&Axis::count("copies", 3.0)), "copies: 0 1 2 3");
        assert_eq!(drawn(&Axis::count("peers", 100_000.0)), "peers: 0 20,000 40,000 60,000 80,000 100,000");
        assert_eq!(drawn(&Axis::count_exactly("piece", 453.0)), "piece: 0 100 200 300 400");
        let bands = [("seed".to_owned(), 1.0), ("slow".to_owned(), 40.0), ("fast".to_owned(), 20.0)];
        assert_eq!(drawn(&Axis::bands("peer", &bands)), "peer: slow fast");
        assert_eq!(drawn(&Axis::share("share")), "share (%): 0 20 40 60 80 100");
        assert_eq!(drawn(&Axis::number("ratio", 1.3)), "ratio: 0.0 0.5 1.0 1.5");
        assert_eq!(drawn(&Axis::decades("peers", 8_000.0)), "peers: 1 10 100 1,000");
        assert_eq!(Axis::decades("peers", 1_000.0).along(100.0), 2.0 / 3.0);
    }

    #[test]
    fn any_end_gives_few_ticks() {
        for end in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-12, 1e-3, 1.0, 7.0, 59.9, 1e6, 1e18, f64::MAX] {
            for axis in [
                Axis::time("t", end),
                Axis::rate("r", end),
                Axis::count("c", end),
                Axis::count_exactly("e", end),
                Axis::number("n", end),
                Axis::decades("d", end),
            ] {
                assert!((1..=19).contains(&axis.ticks().len()), "{end} {}", drawn(&axis));
                assert!(axis.end > 0.0 && axis.end.is_finite(), "{end} {}", axis.end);
            }
        }
    }
}
