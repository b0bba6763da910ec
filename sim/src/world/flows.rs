//! Payload between each pair, interval by interval: fine enough to be played, coarse enough to be kept.

use std::time::Duration;

use swarmlab_engine::time::Time;

use crate::results::{FLOW_INTERVALS_MAX, FLOW_ROWS_MAX, FlowRow};

/// The first length of the intervals.
const INTERVAL_FIRST: Duration = Duration::from_secs(1);

/// Payload from one peer to another, bytes.
pub type Flow = (u32, u32, u64);

/// Intervals of even length from time zero. When there are too many of them, or of rows, neighbours become one and the
/// length doubles.
#[derive(Debug)]
pub struct Flows {
    rows_max: usize,
    interval: Duration,
    /// What flowed in each interval that is over, in the order of uploader, then downloader.
    intervals: Vec<Vec<Flow>>,
    /// What flowed in the first part of the interval that is not over.
    begun: Vec<Flow>,
    rows: usize,
}

impl Flows {
    /// Nothing has flowed.
    pub fn new() -> Flows {
        Flows {
            rows_max: FLOW_ROWS_MAX,
            interval: INTERVAL_FIRST,
            intervals: Vec::new(),
            begun: Vec::new(),
            rows: 0,
        }
    }

    /// When the present interval ends. Later after every [`push`](Flows::push).
    pub fn due(&self) -> Time {
        Time::ZERO + self.interval.saturating_mul(self.intervals.len() as u32 + 1)
    }

    /// What has flowed until [`due`](Flows::due) since the push before, in the order of uploader, then downloader.
    pub fn push(&mut self, flows: Vec<Flow>) {
        let whole = merged(&std::mem::take(&mut self.begun), &flows);
        self.rows += whole.len();
        self.intervals.push(whole);
        while self.intervals.len() > FLOW_INTERVALS_MAX
            || self.rows > self.rows_max && self.intervals.len() > 1
        {
            self.coarsen();
        }
    }

    /// All rows in the order of time, closed by what flowed until the end of the run.
    pub fn finish(mut self, now: Time, flows: Vec<Flow>) -> Vec<FlowRow> {
        let last = merged(&std::mem::take(&mut self.begun), &flows);
        let interval_s = self.interval.as_secs_f64();
        let whole = self.intervals.len();
        match self.intervals.last_mut() {
            // The run ended as an interval did: what flowed at that moment counts for that one.
            Some(before) if whole as f64 * interval_s >= now.as_secs_f64() => *before = merged(before, &last),
            _ => self.intervals.push(last),
        }
        let spans = self.intervals.into_iter().enumerate().map(|(index, flows)| {
            let from_s = index as f64 * interval_s;
            let until_s = if index < whole { from_s + interval_s } else { now.as_secs_f64() };
            (from_s, until_s, flows)
        });
        spans
            .flat_map(|(from_s, until_s, flows)| {
                flows.into_iter().map(move |(uploader, downloader, payload_bytes)| FlowRow {
                    from_s,
                    until_s,
                    uploader,
                    downloader,
                    payload_bytes,
                })
            })
            .collect()
    }

    fn coarsen(&mut self) {
        if !self.intervals.len().is_multiple_of(2) {
            // The half of an interval that is not over.
            self.begun = self.intervals.pop().unwrap_or_default();
        }
        self.intervals = self.intervals.chunks(2).map(|pair| merged(&pair[0], &pair[1])).collect();
        self.interval *= 2;
        self.rows = self.intervals.iter().map(Vec::len).sum();
    }
}

/// Both together, in the same order.
fn merged(a: &[Flow], b: &[Flow]) -> Vec<Flow> {
    let mut all: Vec<Flow> = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(left), Some(right)) if (left.0, left.1) <= (right.0, right.1) => a.next(),
            (Some(_), None) => a.next(),
            (_, Some(_)) => b.next(),
            (None, None) => return all,
        };
        let Some(&(uploader, downloader, bytes)) = next else { return all };
        match all.last_mut() {
            Some(last) if (last.0, last.1) == (uploader, downloader) => last.2 += bytes,
            _ => all.push((uploader, downloader, bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever flows in whichever second is in the interval in which that second lies.
        #[test]
        fn nothing_is_lost_or_moved(
            seconds in prop::collection::vec(prop::collection::btree_map((0u32..4, 0u32..4), 1u64..9, 0..6), 0..400),
            rows_max in 1usize..500,
            rest_ms in 0u64..1_000,
        ) {
            let flows_of = |second: usize| -> Vec<Flow> {
                let flows = seconds.get(second).into_iter().flatten();
                flows.map(|(&(from, to), &bytes)| (from, to, bytes)).collect()
            };
            let mut flows = Flows { rows_max, ..Flows::new() };
            let (mut second, mut rest) = (0, Vec::new());
            while second < seconds.len() {
                // All seconds until the next push is due.
                let due = flows.due().as_secs_f64() as usize;
                let gathered = (second..due.min(seconds.len())).map(flows_of).fold(Vec::new(), |sum, next| merged(&sum, &next));
                second = due;
                if due > seconds.len() {
                    rest = gathered;
                    break;
                }
                flows.push(gathered);
                prop_assert!(flows.due().as_secs_f64() as usize > due);
                prop_assert!(flows.intervals.len() <= FLOW_INTERVALS_MAX);
                prop_assert!(flows.rows <= rows_max || flows.intervals.len() == 1);
            }
            let end = Time::from_nanos((seconds.len() as u64 * 1_000 + rest_ms) * 1_000_000);
            let rows = flows.finish(end, rest);
            let key = |row: &FlowRow| (row.from_s, row.uploader, row.downloader);
            prop_assert!(rows.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
            for row in &rows {
                prop_assert!(row.from_s < row.until_s);
                let within = seconds.iter().enumerate().filter(|(second, _)| {
                    let middle = *second as f64 + 0.5;
                    row.from_s < middle && middle < row.until_s
                });
                let sum: u64 = within.filter_map(|(_, flows)| flows.get(&(row.uploader, row.downloader))).sum();
                prop_assert_eq!(sum, row.payload_bytes);
            }
            let mut totals: BTreeMap<(u32, u32), u64> = BTreeMap::new();
            seconds.iter().flatten().for_each(|(pair, bytes)| *totals.entry(*pair).or_default() += bytes);
            let mut noted: BTreeMap<(u32, u32), u64> = BTreeMap::new();
            rows.iter().for_each(|row| *noted.entry((row.uploader, row.downloader)).or_default() += row.payload_bytes);
            prop_assert_eq!(totals, noted);
        }
    }
}
