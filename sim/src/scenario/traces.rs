//! Files of times, rates and latencies that a scenario names. They are read with the scenario.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::network::LatencyMatrix;

use super::arrival::Trace;
use super::rate_steps::{RateStep, RateSteps};
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Columns, Complaint, ExistingPath, Form, Read, Row, Shape, Value, Written};

/// As many as there can be peers.
const ARRIVALS_MAX: usize = 1_000_000;
/// A week with a step every few seconds.
const STEPS_MAX: usize = 100_000;
/// A terabit a second, in bit/s.
const RATE_MAX: f64 = 1e12;

/// A file of arrival times: the column `time_s`, not falling.
pub struct ArrivalTimes;
/// A file of arrival times.
pub const ARRIVAL_TIMES: ArrivalTimes = ArrivalTimes;

impl Form for ArrivalTimes {
    type T = Trace;

    fn read(&self, value: &Value<'_>) -> Read<Trace> {
        let columns = Columns {
            head: &["time_s"],
            rows_max: ARRIVALS_MAX,
            number_max: SIMULATED_TIME_MAX.as_secs_f64(),
        };
        let (path, rows) = columns.read(value, |before, row| match before {
            Some(before) if before.numbers[0] > row.numbers[0] => {
                Err(Complaint::new("this time is before the one above").help("sort the file by time"))
            }
            _ => Ok(()),
        })?;
        let times: Arc<[Duration]> = rows.iter().map(|row| Duration::from_secs_f64(row.numbers[0])).collect();
        Ok(Trace { path, times })
    }

    fn shape(&self) -> Shape {
        ExistingPath.shape()
    }
}

impl Written for ArrivalTimes {
    fn written(&self, trace: &Trace) -> String {
        ExistingPath.written(&trace.path)
    }
}

/// A file of rates: the columns `time_s`, `up_bits_per_s` and `down_bits_per_s`, times rising.
pub struct RateTrace;

impl Form for RateTrace {
    type T = RateSteps;

    fn read(&self, value: &Value<'_>) -> Read<RateSteps> {
        let columns = Columns {
            head: &["time_s", "up_bits_per_s", "down_bits_per_s"],
            rows_max: STEPS_MAX,
            number_max: RATE_MAX,
        };
        let (path, rows) = columns.read(value, judge_rates)?;
        let step = |row: &Row| RateStep {
            at: Duration::from_secs_f64(row.numbers[0]),
            up_bits_per_s: Some(row.numbers[1] as u64),
            down_bits_per_s: Some(row.numbers[2] as u64),
        };
        Ok(RateSteps { trace: Some(path), steps: rows.iter().map(step).collect() })
    }

    fn shape(&self) -> Shape {
        ExistingPath.shape()
    }
}

fn judge_rates(before: Option<&Row>, row: &Row) -> Result<(), Complaint> {
    if row.numbers[0] > SIMULATED_TIME_MAX.as_secs_f64() {
        return Err(Complaint::new("this time is over the limit").label("at most a year, 31536000 s"));
    }
    if row.numbers[1..].iter().any(|rate| *rate < 1.0) {
        return Err(Complaint::new("a link without a rate").label("at least 1 bit/s, both ways"));
    }
    match before {
        Some(before) if before.numbers[0] >= row.numbers[0] => {
            Err(Complaint::new("this time is not after the one above").help("sort the file by time"))
        }
        _ => Ok(()),
    }
}

/// As many hosts as the largest sets of measured round trips have; their square fits in memory.
const MATRIX_ROWS_MAX: usize = 4_096;
/// A round trip of twenty seconds, in ms.
const ROUND_TRIP_MS_MAX: f64 = 20_000.0;

/// A square file of round-trip times in milliseconds: what is read is one way, half of it.
pub struct RoundTripMatrix;

impl Form for RoundTripMatrix {
    type T = (PathBuf, Arc<LatencyMatrix>);

    fn read(&self, value: &Value<'_>) -> Read<(PathBuf, Arc<LatencyMatrix>)> {
        let columns = Columns { head: &[], rows_max: MATRIX_ROWS_MAX, number_max: ROUND_TRIP_MS_MAX };
        let (path, rows) = columns.read(value, |_, _| Ok(()))?;
        let half = |ms: &f64| Duration::from_secs_f64(ms / 2_000.0);
        let rows: Vec<Vec<Duration>> =
            rows.iter().map(|row| row.numbers.iter().map(half).collect()).collect();
        match LatencyMatrix::from_rows(&rows) {
            Some(matrix) => Ok((path, Arc::new(matrix))),
            None => {
                let (lines, width) = (rows.len(), rows.first().map_or(0, Vec::len));
                let complaint = Complaint::new(format!("this matrix is {lines} by {width}, not square"))
                    .label("as many lines as there are numbers in a line");
                Err(value.refuse(complaint))
            }
        }
    }

    fn shape(&self) -> Shape {
        ExistingPath.shape()
    }
}
