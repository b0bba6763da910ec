//! What the disk has to do, against what waits for it.

use crate::invariant::{Broken, must_hold};
use crate::pieces::BlockState;
use crate::torrent::disk::PendingJob;
use crate::torrent::{Phase, Torrent};

impl Torrent {
    pub(super) fn check_jobs(&self) -> Result<(), Broken> {
        self.checks_are_counted()?;
        // What the disk has failed to do stays undone, also while the client leaves.
        if self.is_running() {
            self.blocks_are_being_written()?;
            self.whole_pieces_are_being_verified()?;
        }
        Ok(())
    }

    /// The blocks that are being read for each peer that is here.
    pub(super) fn reads_by_peer(&self) -> Vec<usize> {
        let mut reads = vec![0; self.peers.capacity()];
        for (_, job) in &self.jobs {
            if let PendingJob::Read { peer, connection, .. } = job
                && self.peers.get(*peer as usize).is_some_and(|here| here.id == *connection)
            {
                reads[*peer as usize] += 1;
            }
        }
        reads
    }

    fn checks_are_counted(&self) -> Result<(), Broken> {
        if self.phase != Phase::Checking {
            return Ok(());
        }
        let counted = self.checks_begun - self.checks_done;
        let jobs = self.jobs.iter().filter(|(_, job)| matches!(job, PendingJob::Check { .. })).count();
        must_hold!(
            jobs == counted as usize,
            "S17",
            "{counted} checks are counted, the disk has to do {jobs}"
        );
        must_hold!(
            (1..=self.checks_at_a_time()).contains(&counted),
            "S29",
            "{counted} pieces are checked at a time"
        );
        Ok(())
    }

    fn blocks_are_being_written(&self) -> Result<(), Broken> {
        let mut jobs: Vec<(u32, u32)> = self
            .jobs
            .iter()
            .filter_map(|(_, job)| match job {
                PendingJob::Write { piece, block } => Some((*piece, *block)),
                _ => None,
            })
            .collect();
        jobs.sort_unstable();
        let mut waiting: Vec<(u32, u32)> = self
            .pieces
            .partials()
            .iter()
            .flat_map(|partial| {
                let blocks = (0..).zip(partial.blocks());
                let writing = blocks.filter(|(_, state)| matches!(state, BlockState::Writing(_)));
                writing.map(|(block, _)| (partial.piece, block))
            })
            .collect();
        waiting.sort_unstable();
        must_hold!(
            jobs == waiting,
            "S19",
            "blocks {waiting:?} wait for the disk, which has to write {jobs:?}"
        );
        Ok(())
    }

    fn whole_pieces_are_being_verified(&self) -> Result<(), Broken> {
        let mut jobs: Vec<u32> = self
            .jobs
            .iter()
            .filter_map(|(_, job)| if let PendingJob::Verify { piece } = job { Some(*piece) } else { None })
            .collect();
        jobs.sort_unstable();
        let whole = self.pieces.partials().iter().filter(|partial| partial.is_whole());
        let mut waiting: Vec<u32> = whole.map(|partial| partial.piece).collect();
        waiting.sort_unstable();
        must_hold!(
            jobs == waiting,
            "S15",
            "whole pieces {waiting:?} wait for the disk, which has to verify {jobs:?}"
        );
        Ok(())
    }
}
