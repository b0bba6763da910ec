//! What the disk is asked, and what its answers mean.

use crate::session::context::Context;
use crate::session::{ConnectionId, Event, Output};
use crate::storage::{DiskDone, DiskError, DiskErrorKind, DiskJob, JobId, Outcome, Work};
use crate::wire::BlockRequest;

use super::{Phase, Torrent};

/// What was asked of the disk, and for whom.
#[derive(Clone, Copy, Debug)]
pub(super) enum PendingJob {
    /// Is this piece here? (Before the download.)
    Check { piece: u32 },
    /// A block for a peer.
    Read { peer: u32, connection: ConnectionId, request: BlockRequest },
    /// A block that came.
    Write { piece: u32, block: u32 },
    /// A piece of which all blocks came.
    Verify { piece: u32 },
}

impl Torrent {
    /// Asks the disk.
    pub(super) fn disk(&mut self, cx: &mut Context<'_>, pending: PendingJob, work: Work) {
        let id = JobId(self.jobs.insert(pending) as u64);
        cx.outputs.push_back(Output::Disk(DiskJob { id, torrent: self.key, work }));
    }

    /// The disk has answered.
    pub fn disk_done(&mut self, cx: &mut Context<'_>, done: DiskDone) {
        let Some(pending) = self.jobs.try_remove(done.id.0 as usize) else { return };
        match (pending, done.outcome) {
            (PendingJob::Check { piece }, Outcome::Verified(result)) => self.checked(cx, piece, result),
            (PendingJob::Read { peer, connection, request }, Outcome::Read(result)) => match result {
                Ok(data) => self.block_read(cx, peer as usize, connection, &request, data),
                Err(error) => self.block_unreadable(cx, peer as usize, connection, request, error),
            },
            (PendingJob::Write { piece, block }, Outcome::Written(Ok(()))) => self.written(cx, piece, block),
            (PendingJob::Write { piece, block }, Outcome::Written(Err(error)))
                if error.kind == DiskErrorKind::Full =>
            {
                self.block_without_room(cx, piece, block, error);
            }
            (PendingJob::Verify { piece }, Outcome::Verified(Ok(true))) => self.accept_piece(cx, piece),
            (PendingJob::Verify { piece }, Outcome::Verified(Ok(false))) => self.refuse_piece(cx, piece),
            (_, Outcome::Written(Err(error)) | Outcome::Verified(Err(error))) => self.disk_failed(cx, error),
            (pending, outcome) => unreachable!("the answer {outcome:?} to {pending:?}"),
        }
    }

    fn block_read(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        connection: ConnectionId,
        request: &BlockRequest,
        data: bytes::Bytes,
    ) {
        let Some(peer) = self.peers.get_mut(at).filter(|peer| peer.id == connection) else { return };
        if peer.serve.loaded(request, data) {
            self.wake(cx, at);
        }
        self.read_ahead(cx, at);
    }

    /// A block that we have can't be read: this request won't be served, the torrent goes on.
    fn block_unreadable(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        connection: ConnectionId,
        request: BlockRequest,
        error: DiskError,
    ) {
        cx.event(Event::ReadFailed { torrent: self.key, error: error.to_string() });
        let Some(peer) = self.peers.get_mut(at).filter(|peer| peer.id == connection) else { return };
        if peer.serve.unreadable(&request) {
            self.reject(cx, at, request);
        }
        self.read_ahead(cx, at);
    }

    pub(super) fn disk_failed(&mut self, cx: &mut Context<'_>, error: DiskError) {
        // Whoever is leaving needs its disk no more.
        if !self.is_leaving() {
            self.end(cx, Phase::Failed);
            self.announce_stopped(cx);
            cx.event(Event::DiskFailed { torrent: self.key, error: error.to_string() });
        }
    }
}
