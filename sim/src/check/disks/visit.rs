//! One client's dealings with its disk.

use std::collections::BTreeMap;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::Geometry;
use swarmlab_engine::session::{Event, Session, StartWith};
use swarmlab_engine::storage::{Body, DiskDone, DiskJob, JobId, Outcome, TorrentKey, Work};

use crate::check::judge::Bench;

use super::surface::Surface;

/// The only torrent of every simulated client.
const TORRENT: TorrentKey = TorrentKey(0);

/// What became of a block since its piece was last judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Untouched,
    Writing,
    Written,
}

/// A job that the disk has not answered.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Read,
    Write { piece: u32, block: u32, right: bool },
    Verify { piece: u32 },
}

/// A client, from its start to its end.
pub struct Visit {
    geometry: Geometry,
    asked: BTreeMap<JobId, Asked>,
    stages: Vec<Stage>,
    /// The disk has found them right, and nothing was written to them since.
    verified: PieceSet,
    /// By piece, what the disk said last.
    verdicts: Vec<Option<bool>>,
    /// Pieces that are still to be looked at before the download.
    unchecked: PieceSet,
    /// Pieces that it said were verified.
    said: PieceSet,
    has_completed: bool,
    /// What it held when it was last looked at.
    held: PieceSet,
}

impl Visit {
    /// A client that starts on this disk.
    pub fn new(bench: &mut Bench<'_>, peer: u32, start: &StartWith, surface: &Surface) -> Visit {
        let geometry = bench.setting.geometry();
        let pieces = geometry.piece_count;
        let set = |full| if full { PieceSet::full(pieces) } else { PieceSet::empty(pieces) };
        let known = start.known(pieces);
        if !known.iter().all(|piece| surface.may_be(piece).0) {
            let what = "it starts with pieces that its disk does not hold, as a seed if they are all";
            bench.violated("S16", [peer], what, []);
        }
        Visit {
            geometry,
            asked: BTreeMap::new(),
            stages: vec![Stage::Untouched; geometry.block_count() as usize],
            verified: known.clone(),
            verdicts: vec![None; pieces as usize],
            unchecked: set(*start == StartWith::Check),
            said: set(false),
            has_completed: false,
            held: known,
        }
    }

    /// The pieces that the disk has found right.
    pub fn has_verified(&self) -> &PieceSet {
        &self.verified
    }

    /// The client asks its disk for something.
    pub fn asked(&mut self, bench: &mut Bench<'_>, peer: u32, job: &DiskJob) {
        let asked = match &job.work {
            Work::Read { piece, .. } => {
                if !self.verified.contains(*piece) {
                    let what = format!("piece {piece} is read for somebody, and was not verified");
                    bench.violated("S13", [peer], what, []);
                }
                Asked::Read
            }
            Work::Write { piece, begin, data } => {
                let Some(asked) = self.writes(bench, peer, *piece, *begin, data) else { return };
                asked
            }
            Work::Verify { piece } => {
                self.verifies(bench, peer, *piece);
                Asked::Verify { piece: *piece }
            }
        };
        self.asked.insert(job.id, asked);
    }

    /// Its disk has answered.
    pub fn answered(&mut self, bench: &mut Bench<'_>, peer: u32, done: &DiskDone, surface: &mut Surface) {
        let Some(asked) = self.asked.remove(&done.id) else { return };
        match (asked, &done.outcome) {
            (Asked::Write { piece, block, right }, Outcome::Written(Ok(()))) => {
                surface.write(piece, block, right);
                *self.stage(piece, block) = Stage::Written;
            }
            (Asked::Write { piece, block, .. }, _) => *self.stage(piece, block) = Stage::Untouched,
            (Asked::Verify { piece }, Outcome::Verified(Ok(right))) => {
                self.judged(bench, peer, piece, *right, surface);
            }
            (Asked::Verify { piece }, _) => self.verdicts[piece as usize] = None,
            (Asked::Read, _) => {}
        }
    }

    /// It says what happened to it.
    pub fn said(&mut self, bench: &mut Bench<'_>, peer: u32, event: &Event) {
        match event {
            Event::PieceVerified { piece, .. } => {
                if self.verdicts[*piece as usize] != Some(true) || !self.verified.contains(*piece) {
                    let what = format!("piece {piece} counts as verified, and its disk did not say so");
                    bench.violated("S15", [peer], what, []);
                }
                if !self.said.insert(*piece) {
                    bench.violated("S16", [peer], format!("piece {piece} was verified twice"), []);
                }
            }
            Event::PieceFailed { piece, .. } if self.verdicts[*piece as usize] != Some(false) => {
                let what = format!("piece {piece} counts as bad, and its disk did not say so");
                bench.violated("S15", [peer], what, []);
            }
            Event::Completed { .. } => self.completes(bench, peer),
            _ => {}
        }
    }

    /// It has done what followed. What it holds is counted each time, and looked through when the count has changed.
    pub fn settled(&mut self, bench: &mut Bench<'_>, peer: u32, session: &Session) {
        let held = session.held(TORRENT);
        if held.len() != self.held.len() {
            self.holds(bench, peer, held);
        }
        let is_done = held.is_full() && !self.has_completed;
        // Who leaves has no peers any more, and completes nothing.
        if is_done && session.peers(TORRENT).next().is_some() {
            bench.violated("S17", [peer], "everything is held, and it did not say that it is complete", []);
        }
    }

    fn writes(
        &mut self,
        bench: &mut Bench<'_>,
        peer: u32,
        piece: u32,
        begin: u32,
        data: &Body,
    ) -> Option<Asked> {
        let block = (piece < self.geometry.piece_count)
            .then(|| self.geometry.block_at(piece, begin, data.len() as u32))
            .flatten();
        let Some(block) = block else {
            let what = format!("{} bytes at {begin} of piece {piece} are written: no block", data.len());
            bench.violated("S17", [peer], what, []);
            return None;
        };
        if self.verified.contains(piece) {
            let what = format!("block {block} of piece {piece} is written, and the piece was verified");
            bench.violated("S16", [peer], what, []);
        }
        let stage = self.stage(piece, block);
        if *stage != Stage::Untouched {
            let what = format!("block {block} of piece {piece} is written twice");
            bench.violated("S5", [peer], what, []);
        }
        *stage = Stage::Writing;
        let right = is_same(data, &bench.setting.content.block(piece, block));
        Some(Asked::Write { piece, block, right })
    }

    /// Before the download each piece may be looked at once; later all of its blocks must have come again.
    fn verifies(&mut self, bench: &mut Bench<'_>, peer: u32, piece: u32) {
        if self.unchecked.remove(piece) {
            return;
        }
        let missing = self.stages_of(piece).iter().filter(|stage| **stage != Stage::Written).count();
        if missing > 0 {
            let what = format!("piece {piece} is verified, {missing} of its blocks did not come");
            bench.violated("S15", [peer], what, []);
        }
    }

    fn judged(&mut self, bench: &mut Bench<'_>, peer: u32, piece: u32, right: bool, surface: &mut Surface) {
        let (may_be_right, may_be_wrong) = surface.may_be(piece);
        if right && !may_be_right {
            let what = format!("its disk finds piece {piece} right, which has a wrong block or lacks one");
            bench.violated("S17", [peer], what, []);
        }
        if !right && !may_be_wrong {
            let what = format!("its disk finds piece {piece} wrong, of which it was given every block right");
            bench.violated("S17", [peer], what, []);
        }
        self.verdicts[piece as usize] = Some(right);
        if right {
            surface.confirm(piece);
            self.verified.insert(piece);
        } else {
            self.verified.remove(piece);
            self.stages_of(piece).fill(Stage::Untouched);
        }
    }

    fn completes(&mut self, bench: &mut Bench<'_>, peer: u32) {
        let missing = self.geometry.piece_count - self.verified.len();
        if missing > 0 {
            let what = format!("it says that it is complete, {missing} pieces were not verified");
            bench.violated("S17", [peer], what, []);
        }
        if std::mem::replace(&mut self.has_completed, true) {
            bench.violated("S17", [peer], "it says twice that it is complete", []);
        }
    }

    fn holds(&mut self, bench: &mut Bench<'_>, peer: u32, held: &PieceSet) {
        if let Some(piece) = self.held.iter_without(held).next() {
            bench.violated("S16", [peer], format!("piece {piece} was held, and is not held any more"), []);
        }
        if let Some(piece) = held.iter_without(&self.verified).next() {
            let what = format!("piece {piece} is held, and its disk did not find it right");
            bench.violated("S16", [peer], what, []);
        }
        self.held = held.clone();
    }

    fn stage(&mut self, piece: u32, block: u32) -> &mut Stage {
        &mut self.stages[self.geometry.block_index(piece, block) as usize]
    }

    fn stages_of(&mut self, piece: u32) -> &mut [Stage] {
        let first = self.geometry.block_index(piece, 0) as usize;
        &mut self.stages[first..first + self.geometry.blocks_in(piece) as usize]
    }
}

/// Whether a body has these bytes.
fn is_same(body: &Body, block: &[u8]) -> bool {
    let mut rest = block;
    for fragment in body.fragments() {
        let Some((same, behind)) = rest.split_at_checked(fragment.len()) else { return false };
        if same != &fragment[..] {
            return false;
        }
        rest = behind;
    }
    rest.is_empty()
}
