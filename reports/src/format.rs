//! Numbers as people read them.

use crate::chart::grouped;

/// What stands for a value that does not exist.
pub const NONE: &str = "–";

/// A duration in seconds: `0.25 s`, `102.4 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return NONE.to_owned();
    }
    let pair = |small: f64, big_name: &str, ratio: f64, small_name: &str| {
        let small = small.round();
        format!("{:.0} {big_name} {:.0} {small_name}", (small / ratio).floor(), small % ratio)
    };
    match seconds {
        s if s < 10.0 => format!("{s:.2} s"),
        s if s < 300.0 => format!("{s:.1} s"),
        s if s < 7_200.0 => pair(s, "min", 60.0, "s"),
        s if s < 172_800.0 => pair(s / 60.0, "h", 60.0, "min"),
        s => pair(s / 3_600.0, "d", 24.0, "h"),
    }
}

/// A duration that may not exist.
pub fn duration_or_none(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| NONE.to_owned(), duration)
}

/// A rate in bits per second, three digits: `784 kbit/s`, `1.50 Mbit/s`.
pub fn rate(bits_per_s: f64) -> String {
    scaled(bits_per_s, 1_000.0, &["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"])
}

/// A number of bytes, three digits: `16.0 KiB`, `1.00 GiB`.
pub fn bytes(bytes: f64) -> String {
    scaled(bytes, 1_024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
}

/// A share, 0 to 1, in per cent.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A number of things.
pub fn count(number: u64) -> String {
    grouped(number as f64)
}

fn scaled(value: f64, ratio: f64, units: &[&str]) -> String {
    let mut value = value;
    let mut unit = 0;
    while value >= ratio * 0.9995 && unit + 1 < units.len() {
        value /= ratio;
        unit += 1;
    }
    let decimals = match value {
        _ if unit == 0 => 0,
        value if value < 10.0 => 2,
        value if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        let durations = [0.25, 102.44, 299.96, 725.0, 7_199.9, 12_000.0, 187_200.0, f64::NAN].map(duration);
        let expected =
            ["0.25 s", "102.4 s", "300.0 s", "12 min 5 s", "120 min 0 s", "3 h 20 min", "2 d 4 h", "–"];
        assert_eq!(durations, expected);
        let rates = [0.0, 784e3, 1.5e6, 999.9e3, 2.5e9, 1e18].map(rate);
        assert_eq!(
            rates,
            ["0 bit/s", "784 kbit/s", "1.50 Mbit/s", "1.00 Mbit/s", "2.50 Gbit/s", "1000000 Tbit/s"]
        );
        assert_eq!([512.0, 16_384.0, 1e9].map(bytes), ["512 B", "16.0 KiB", "954 MiB"]);
        assert_eq!(percent(0.1234), "12.3 %");
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
