//! The moments at which the swarm can be seen, and how far each peer had come.

use swarmlab_sim::results::{FLOW_INTERVALS_MAX, Run};

use super::shown::Shown;

/// The most moments, so that the number of one fits into a byte.
pub const FRAMES_MAX: usize = FLOW_INTERVALS_MAX + 2;
/// A peer that is not there.
const ABSENT: u8 = u8::MAX;
/// A peer that has everything.
const COMPLETE: u8 = ABSENT - 1;
/// Sampled at one moment: rounding apart.
const SAME_S: f64 = 1e-6;

/// The moments of the replay.
pub struct Frames {
    /// Simulated seconds, ascending.
    pub times_s: Vec<f64>,
    /// For each moment, for each peer shown: the share that it holds, up to [`COMPLETE`], or [`ABSENT`].
    pub shares: Vec<u8>,
}

impl Frames {
    /// The beginning and the end of each interval in which payload was measured, or what comes nearest to it.
    pub fn of(run: &Run, shown: &Shown) -> Frames {
        let end_s = run.summary.facts.simulated_s;
        let mut times_s = match interval_s(run) {
            // No moment is left out because nothing flowed before it.
            Some(interval_s) => (1..FRAMES_MAX).map(|index| index as f64 * interval_s).collect(),
            None => run.tables.progress.iter().map(|row| row.time_s).collect::<Vec<f64>>(),
        };
        times_s.retain(|time_s| *time_s < end_s);
        times_s.extend([0.0, end_s]);
        times_s.retain(|time_s| time_s.is_finite() && *time_s >= 0.0);
        times_s.sort_by(f64::total_cmp);
        times_s.dedup_by(|later, earlier| *later - *earlier < SAME_S);
        let every = times_s.len().div_ceil(FRAMES_MAX).max(1);
        let last = times_s.last().copied();
        times_s = times_s.into_iter().step_by(every).collect();
        if let (Some(last), Some(shown)) = (last, times_s.last_mut()) {
            *shown = last;
        }
        let shares = shares(run, shown, &times_s);
        Frames { times_s, shares }
    }

    /// The first moment at or after a time; the last one after the end.
    pub fn at(&self, time_s: f64) -> usize {
        let first = self.times_s.partition_point(|&frame_s| frame_s < time_s - SAME_S);
        first.min(self.times_s.len().saturating_sub(1))
    }
}

/// The length of the intervals in which payload was measured; only the last one may be shorter.
fn interval_s(run: &Run) -> Option<f64> {
    let spans = run.tables.flows.iter().map(|row| row.until_s - row.from_s);
    let longest_s = spans.filter(|span_s| span_s.is_finite()).fold(0.0, f64::max);
    let whole = run.summary.facts.simulated_s / longest_s;
    (longest_s > 0.0 && whole < FRAMES_MAX as f64).then_some(longest_s)
}

/// From the latest sample of each moment.
fn shares(run: &Run, shown: &Shown, times_s: &[f64]) -> Vec<u8> {
    let pieces = run.summary.facts.torrent.pieces.max(1);
    let samples: Vec<_> = run.tables.progress.chunk_by(|a, b| a.time_s == b.time_s).collect();
    let mut shares = vec![ABSENT; times_s.len() * shown.rows.len()];
    for (&time_s, shares) in times_s.iter().zip(shares.chunks_mut(shown.rows.len().max(1))) {
        let after = samples.partition_point(|rows| rows[0].time_s <= time_s + SAME_S);
        let Some(rows) = after.checked_sub(1).map(|sample| samples[sample]) else { continue };
        for row in rows {
            if let Some(place) = shown.place(row.peer) {
                let share = u64::from(row.pieces) * u64::from(COMPLETE) / u64::from(pieces);
                shares[place] = share.min(COMPLETE.into()) as u8;
            }
        }
    }
    shares
}
