//! Payload between peers, moment by moment.

use swarmlab_sim::results::{FlowRow, Run};

use super::frames::Frames;
use super::shown::Shown;

/// The most edges of a moment; of more the fastest are shown.
pub const FRAME_MAX: usize = 2_500;
/// Steps of a rate's logarithm for each doubling.
const STEPS: f64 = 8.0;

/// The edges of all moments.
#[derive(Default)]
pub struct Edges {
    /// Where the edges of each moment begin, and where the last ones end.
    pub starts: Vec<usize>,
    /// Who sends: the place among the peers shown.
    pub from: Vec<u16>,
    /// Who receives.
    pub to: Vec<u16>,
    /// Binary logarithm of the rate in bits per second, times [`STEPS`].
    pub levels: Vec<u8>,
    /// How many are not shown.
    pub left_out: usize,
}

impl Edges {
    /// Of each moment those of the interval that ends there, or that it lies in.
    pub fn of(run: &Run, shown: &Shown, frames: &Frames) -> Edges {
        let intervals: Vec<&[FlowRow]> = run.tables.flows.chunk_by(|a, b| a.until_s == b.until_s).collect();
        let mut edges = Edges { starts: vec![0], ..Edges::default() };
        for &time_s in &frames.times_s {
            let at = intervals.partition_point(|rows| rows[0].until_s < time_s - 1e-6);
            if let Some(rows) = intervals.get(at).filter(|rows| rows[0].from_s < time_s) {
                edges.add(rows, shown);
            }
            edges.starts.push(edges.from.len());
        }
        edges
    }

    fn add(&mut self, rows: &[FlowRow], shown: &Shown) {
        let known = rows.iter().filter_map(|row| {
            let (from, to) = (shown.place(row.uploader)?, shown.place(row.downloader)?);
            Some((row.bits_per_s(), from as u16, to as u16)) // places are below PEERS_MAX
        });
        let mut edges: Vec<(f64, u16, u16)> = known.collect();
        edges.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        self.left_out += edges.len().saturating_sub(FRAME_MAX);
        for (rate, from, to) in edges.into_iter().take(FRAME_MAX) {
            self.from.push(from);
            self.to.push(to);
            self.levels.push((rate.max(1.0).log2() * STEPS).round().clamp(0.0, 255.0) as u8);
        }
    }
}
