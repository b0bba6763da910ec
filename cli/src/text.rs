//! Sizes and dates as people write and read them.

use std::fmt::Display;
use std::io::{Write, stdout};
use std::time::Duration;

/// Prints a line. A reader that has gone away (`| head`) is no error.
pub fn say(line: impl Display) {
    let _ = writeln!(stdout(), "{line}");
}

/// Bytes of a size like `262144`, `256KiB` or `1MiB`.
pub fn parse_bytes(text: &str) -> Result<u32, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: u32 = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        other => return Err(format!("`{other}` is no unit of size: use KiB, MiB, or none for bytes")),
    };
    let number: u32 = number.parse().map_err(|_| "a size is a whole number, with KiB or MiB".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "too large".to_owned())
}

/// A span like `90s`, `30min` or `2h`, whole seconds.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let seconds: u64 = match unit.trim() {
        "s" => 1,
        "min" => 60,
        "h" => 3600,
        "" => return Err("a span needs its unit: s, min or h".to_owned()),
        other => return Err(format!("`{other}` is no unit of time: use s, min or h")),
    };
    let number: u64 = number.parse().map_err(|_| "a span is a whole number, with s, min or h".to_owned())?;
    match number.checked_mul(seconds) {
        Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("a span is from 1s to 24h".to_owned()),
    }
}

/// What others have written must not drive the terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A day and a time in UTC, of seconds since 1970: `2015-12-10 00:17:22 UTC`.
pub fn date(seconds: i64) -> String {
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// The date that is so many days after 1970-01-01. Years are counted from March, so that the leap day is their last;
/// in eras of 400 years, each of the same length.
fn civil(days: i64) -> (i64, i64, i64) {
    const ERA_DAYS: i64 = 146_097;
    let from_march_of_year_0 = days + 719_468;
    let (era, of_era) =
        (from_march_of_year_0.div_euclid(ERA_DAYS), from_march_of_year_0.rem_euclid(ERA_DAYS));
    let of_era_year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_era_year + of_era_year / 4 - of_era_year / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + of_era_year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_bytes("262144"), Ok(262_144));
        assert_eq!(parse_bytes("256KiB"), Ok(262_144));
        assert_eq!(parse_bytes("4 MiB"), Ok(4 << 20));
        for wrong in ["", "KiB", "-1", "1.5MiB", "256kb", "99999MiB"] {
            assert!(parse_bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn spans_have_units() {
        assert_eq!(parse_span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_span("30 min"), Ok(Duration::from_secs(1_800)));
        assert_eq!(parse_span("24h"), Ok(Duration::from_secs(86_400)));
        for wrong in ["", "s", "0s", "-1s", "1.5h", "30", "25h", "1d", "99999999999999999999h"] {
            assert!(parse_span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(date(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(date(1_449_706_642), "2015-12-10 00:17:22 UTC");
        assert_eq!(date(4_107_542_399), "2100-02-28 23:59:59 UTC");
        assert_eq!(date(4_107_542_400), "2100-03-01 00:00:00 UTC");
        assert_eq!(date(-1), "1969-12-31 23:59:59 UTC");
    }
}
