//! The table `events`: what the scenario's script did, and when.

use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet::record::{Row, RowAccessor};
use parquet_derive::ParquetRecordWriter;
use serde::{Deserialize, Serialize};

use super::described::described;
use super::table::Table;

described! {
    /// One thing that the script did. What it undid later has a row of its own.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ParquetRecordWriter)]
    pub struct EventRow {
        /// Simulated seconds from the start of the run.
        pub time_s: f64,
        /// The event's name in the scenario; `event 3` for the third, if it has none.
        pub name: String,
        /// What was done, in words.
        pub action: String,
        /// How many peers it was done to.
        pub hosts: u32,
        /// Their numbers, as ranges: `0-4, 9`.
        pub peers: String,
    }
}

impl EventRow {
    /// Numbers, in ascending order, as ranges.
    pub fn ranges(numbers: &[u32]) -> String {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for &number in numbers {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => ranges.push((number, number)),
            }
        }
        let words = ranges.into_iter().map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

impl Table for EventRow {
    const NAME: &str = "events";

    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<EventRow>, ParquetError> {
        group.get_row_iter(None)?.map(|row| event(&row?)).collect()
    }
}

fn event(row: &Row) -> Result<EventRow, ParquetError> {
    Ok(EventRow {
        time_s: row.get_double(0)?,
        name: row.get_string(1)?.clone(),
        action: row.get_string(2)?.clone(),
        hosts: row.get_uint(3)?,
        peers: row.get_string(4)?.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_drawn_together() {
        assert_eq!(EventRow::ranges(&[]), "");
        assert_eq!(EventRow::ranges(&[3]), "3");
        assert_eq!(EventRow::ranges(&[0, 1, 2, 4, 6, 7]), "0-2, 4, 6-7");
    }
}
