//! Which peer held which piece from which moment on.

use std::collections::BTreeMap;

use swarmlab_sim::results::{ACQUISITIONS_MAX, Run};

use super::frames::Frames;
use super::shown::Shown;

/// The most columns of pieces.
const COLUMNS_MAX: usize = 1_024;
/// The most cells: that many bytes are embedded.
const CELLS_MAX: usize = 1 << 21;
/// A piece that was not held in this visit.
const NEVER: u8 = u8::MAX;

/// A visit of a peer. A peer that was there once has one.
pub struct Life {
    /// The place of the peer among those shown.
    pub place: usize,
    /// From this moment on.
    pub frame: usize,
    visit: u32,
}

/// For each visit of each peer, for each piece shown, since when it was held.
pub struct Holdings {
    /// The visits, peer by peer in the order of time.
    pub lives: Vec<Life>,
    /// The pieces shown.
    pub pieces: Vec<u32>,
    /// One piece in so many is shown.
    pub every: u32,
    /// For each visit, for each piece: the number of the moment, or [`NEVER`].
    pub since: Vec<u8>,
}

impl Holdings {
    /// From the table of acquisitions.
    pub fn of(run: &Run, shown: &Shown, frames: &Frames) -> Holdings {
        let lives = lives(run, shown, frames);
        let all = run.summary.facts.torrent.pieces.max(1);
        let noted = stride(run);
        let columns_max = (CELLS_MAX / lives.len().max(1)).clamp(1, COLUMNS_MAX) as u32;
        let every = noted.saturating_mul(all.div_ceil(noted).div_ceil(columns_max).max(1));
        let pieces: Vec<u32> = (0..all).step_by(every as usize).collect();
        let life_of: BTreeMap<(usize, u32), usize> =
            lives.iter().enumerate().map(|(number, life)| ((life.place, life.visit), number)).collect();
        let mut since = vec![NEVER; lives.len() * pieces.len()];
        for life in whole_from_the_start(run, shown) {
            let Some(&life) = life_of.get(&(life, 1)) else { continue };
            since[life * pieces.len()..(life + 1) * pieces.len()].fill(0);
        }
        for row in run.tables.acquisitions.iter().filter(|row| row.piece.is_multiple_of(every)) {
            let life = shown.place(row.peer).and_then(|place| life_of.get(&(place, row.visit)));
            let (Some(life), column) = (life, (row.piece / every) as usize) else { continue };
            if column < pieces.len() {
                let cell = &mut since[life * pieces.len() + column];
                *cell = (*cell).min(frames.at(row.time_s).min(usize::from(NEVER) - 1) as u8);
            }
        }
        Holdings { lives, pieces, every, since }
    }
}

/// Each peer's first visit, and those later ones in which it held something.
fn lives(run: &Run, shown: &Shown, frames: &Frames) -> Vec<Life> {
    let mut visits: BTreeMap<(usize, u32), usize> =
        (0..shown.rows.len()).map(|place| ((place, 1), 0)).collect();
    for row in &run.tables.acquisitions {
        if let Some(place) = shown.place(row.peer) {
            visits.entry((place, row.visit)).or_insert_with(|| frames.at(row.time_s));
        }
    }
    visits.into_iter().map(|((place, visit), frame)| Life { place, frame, visit }).collect()
}

/// Peers that came with everything: the table has no rows of theirs.
fn whole_from_the_start(run: &Run, shown: &Shown) -> Vec<usize> {
    let mut is_full: Vec<Option<bool>> = vec![None; shown.rows.len()];
    for row in &run.tables.progress {
        if let Some(place) = shown.place(row.peer) {
            is_full[place].get_or_insert(row.pieces >= run.summary.facts.torrent.pieces);
        }
    }
    for row in run.tables.acquisitions.iter().filter(|row| row.visit == 1) {
        if let Some(place) = shown.place(row.peer) {
            is_full[place] = Some(false);
        }
    }
    let full = is_full.into_iter().enumerate().filter(|(_, is_full)| *is_full == Some(true));
    full.map(|(place, _)| place).collect()
}

/// One piece in so many was noted: a power of two, and one unless there were very many.
fn stride(run: &Run) -> u32 {
    let rows = &run.tables.acquisitions;
    if rows.len() < ACQUISITIONS_MAX / 4 {
        return 1;
    }
    let bits = rows.iter().fold(0, |bits, row| bits | row.piece);
    1 << bits.trailing_zeros().min(31)
}
