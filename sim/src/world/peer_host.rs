//! One peer: a client engine, its disk, and its streams.

use std::collections::BTreeMap;

use bytes::Bytes;

use swarmlab_engine::session::{Input, Session};
use swarmlab_engine::storage::{DiskDone, DiskJob, Outcome, SharedStore, Storage, TorrentKey, Work};
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::Progress;

use crate::network::HostId;
use crate::scenario::{CorruptBlock, LinkSpec};

use super::streams::{Stream, Streams};

/// The only torrent of every simulated client.
pub const TORRENT: TorrentKey = TorrentKey(0);

/// What a peer runs while it is present.
pub struct Client {
    /// The engine.
    pub session: Session,
    /// Its disk.
    pub store: SharedStore,
    /// For when the engine's next time-out is scheduled.
    pub timer_at: Option<Time>,
}

/// One peer, before, during and after its presence.
pub struct PeerHost {
    /// Its host in the network.
    pub host: HostId,
    /// The place of its group in the scenario.
    pub group: usize,
    /// It starts with everything.
    pub starts_complete: bool,
    /// Its access link.
    pub link: LinkSpec,
    /// When it joins.
    pub joins: Time,
    /// When it had everything, if it came without.
    pub completed: Option<Time>,
    /// When it left.
    pub left: Option<Time>,
    /// While it is present.
    pub client: Option<Client>,
    /// Its streams.
    pub streams: Streams,
    /// Payload sent to each other peer, bytes.
    pub sent_to: BTreeMap<u32, u64>,
    /// Bytes of streams that were sent, payload included, peers only.
    pub stream_bytes_sent: u64,
    /// Bytes of streams that were received, payload included, peers only.
    pub stream_bytes_received: u64,
    /// What the engine counted; as of the last look, or of its leaving.
    pub last_progress: Option<Progress>,
    /// The block that this host sends with flipped bytes, while there are times left.
    pub corrupt: Option<CorruptBlock>,
}

impl PeerHost {
    /// What the engine counts; what it had counted when it left, if it has left; nothing before it joins.
    pub fn progress(&self) -> Option<Progress> {
        self.client.as_ref().map(|client| client.session.progress(TORRENT)).or(self.last_progress)
    }

    /// The client goes, what it counted stays.
    pub fn leave(&mut self, now: Time) {
        self.last_progress = self.progress();
        self.left = Some(now);
        self.client = None;
        let ended: Vec<Stream> = self.streams.drain().collect();
        ended.into_iter().for_each(|stream| self.note_sent(&stream));
    }

    /// A stream has ended: what was sent on it is added up.
    pub fn note_sent(&mut self, stream: &Stream) {
        if stream.payload_bytes > 0 {
            // Host 0 is the tracker, to which no payload goes.
            *self.sent_to.entry(stream.remote.0 - 1).or_default() += stream.payload_bytes;
        }
    }

    /// Payload sent to each other peer, streams that are still open included, bytes.
    pub fn sent_so_far(&self) -> BTreeMap<u32, u64> {
        let mut sent = self.sent_to.clone();
        for stream in self.streams.iter().filter(|stream| stream.payload_bytes > 0) {
            *sent.entry(stream.remote.0 - 1).or_default() += stream.payload_bytes;
        }
        sent
    }

    /// Carries out a disk job at once, with the fault that the scenario asks for.
    pub fn perform(&mut self, now: Time, job: DiskJob) {
        let Some(client) = &mut self.client else { return };
        let read = match job.work {
            Work::Read { piece, begin, .. } => Some((piece, begin)),
            Work::Write { .. } | Work::Verify { .. } => None,
        };
        let mut done = client.store.perform(job);
        if let Some((piece, begin)) = read {
            self.corrupt(piece, begin, &mut done);
        }
        if let Some(client) = &mut self.client {
            client.session.handle_input(now, Input::Disk(done));
        }
    }

    fn corrupt(&mut self, piece: u32, begin: u32, done: &mut DiskDone) {
        let Some(fault) = &mut self.corrupt else { return };
        let here = fault.piece == piece && fault.block * swarmlab_engine::metainfo::BLOCK_BYTES == begin;
        if let (true, Outcome::Read(Ok(data))) = (here && fault.times > 0, &mut done.outcome) {
            fault.times -= 1;
            *data = data.iter().map(|byte| !byte).collect::<Bytes>();
        }
    }
}
