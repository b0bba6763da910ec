//! A host's disk, and how it can fail.
//!
//! A healthy disk does each job at once. A slow one does one job after the other and takes its time for each; what it
//! has not done when the host crashes never happens. What a disk holds outlives the client that runs on it.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::storage::{
    DiskDone, DiskError, DiskErrorKind, DiskJob, Outcome, SharedStore, Storage, Work,
};
use swarmlab_engine::time::Time;

use crate::scenario::{CorruptBlock, DiskFault};
use crate::world::participant::Disk;

/// With so many jobs waiting a client reads nothing more from its streams, as the shipped driver does.
const JOBS_MAX: usize = 256;

/// The disk of one host.
pub struct HostDisk {
    store: SharedStore,
    /// By the event that caused each, in the order in which they began.
    faults: Vec<(u32, DiskFault)>,
    /// The block that is sent with flipped bytes, while there are times left.
    corrupt: Option<CorruptBlock>,
    /// Jobs that a slow disk has not done, with the time at which each will be.
    jobs: VecDeque<(Time, DiskJob)>,
}

impl Disk for HostDisk {
    fn read_back(&mut self, piece: u32, bytes: u32) -> Result<Bytes, DiskError> {
        self.store.read(piece, 0, bytes)
    }

    fn forget_jobs(&mut self) {
        self.jobs.clear();
    }
}

impl HostDisk {
    /// A disk without a fault, except for this block.
    pub fn new(store: SharedStore, corrupt: Option<CorruptBlock>) -> HostDisk {
        HostDisk { store, faults: Vec::new(), corrupt, jobs: VecDeque::new() }
    }

    /// It holds something else from now on; its faults stay.
    pub fn replace(&mut self, store: SharedStore) {
        self.store = store;
    }

    /// A fault begins.
    pub fn fail(&mut self, event: u32, fault: DiskFault) {
        self.faults.push((event, fault));
    }

    /// The fault that this event caused is over.
    pub fn mend(&mut self, event: u32) {
        self.faults.retain(|(by, _)| *by != event);
    }

    /// Does a job at once, or keeps it for later.
    pub fn submit(&mut self, now: Time, job: DiskJob) -> Option<DiskDone> {
        let delay = self.delay();
        if delay == Duration::ZERO && self.jobs.is_empty() {
            return Some(self.perform(job));
        }
        let begins = self.jobs.back().map_or(now, |(due, _)| now.max(*due));
        self.jobs.push_back((begins + delay, job));
        None
    }

    /// When the next job will be done.
    pub fn due(&self) -> Option<Time> {
        self.jobs.front().map(|(due, _)| *due)
    }

    /// The next job, if it is done by now.
    pub fn done(&mut self, now: Time) -> Option<DiskDone> {
        let (_, job) = self.jobs.pop_front_if(|(due, _)| *due <= now)?;
        Some(self.perform(job))
    }

    /// Whether it does what it is asked for, and at once.
    pub fn is_well(&self) -> bool {
        self.faults.is_empty() && self.jobs.is_empty()
    }

    /// Whether so much waits that the client doesn't ask for more.
    pub fn is_overrun(&self) -> bool {
        self.jobs.len() >= JOBS_MAX
    }

    fn delay(&self) -> Duration {
        let slow = |(_, fault): &(u32, DiskFault)| match fault {
            DiskFault::Slow(delay) => Some(*delay),
            DiskFault::Full | DiskFault::Error | DiskFault::Lying => None,
        };
        self.faults.iter().filter_map(slow).sum()
    }

    fn has(&self, fault: DiskFault) -> bool {
        self.faults.iter().any(|(_, own)| *own == fault)
    }

    fn perform(&mut self, job: DiskJob) -> DiskDone {
        if let Some(outcome) = self.refusal(&job.work) {
            return DiskDone { id: job.id, torrent: job.torrent, outcome };
        }
        let read = match job.work {
            Work::Read { piece, begin, .. } => Some((piece, begin)),
            Work::Write { .. } | Work::Verify { .. } => None,
        };
        let mut done = self.store.perform(job);
        if let (Some((piece, begin)), Outcome::Read(Ok(data))) = (read, &mut done.outcome)
            && (self.corrupts(piece, begin) || self.has(DiskFault::Lying))
        {
            *data = data.iter().map(|byte| !byte).collect::<Bytes>();
        }
        done
    }

    /// What a disk that fails answers, in place of doing the work.
    fn refusal(&self, work: &Work) -> Option<Outcome> {
        if self.has(DiskFault::Error) {
            let error = DiskError { kind: DiskErrorKind::Io, text: "input/output error".into() };
            return Some(match work {
                Work::Read { .. } => Outcome::Read(Err(error)),
                Work::Write { .. } => Outcome::Written(Err(error)),
                Work::Verify { .. } => Outcome::Verified(Err(error)),
            });
        }
        let is_write = matches!(work, Work::Write { .. });
        (is_write && self.has(DiskFault::Full)).then(|| {
            let error = DiskError { kind: DiskErrorKind::Full, text: "no space left on device".into() };
            Outcome::Written(Err(error))
        })
    }

    fn corrupts(&mut self, piece: u32, begin: u32) -> bool {
        let Some(fault) = &mut self.corrupt else { return false };
        let here = fault.piece == piece && fault.block * BLOCK_BYTES == begin && fault.times > 0;
        fault.times -= u32::from(here);
        here
    }
}

#[cfg(test)]
mod tests {
    use swarmlab_engine::metainfo::Geometry;
    use swarmlab_engine::storage::{Content, Hashing, JobId, TorrentKey};

    use super::*;

    fn disk() -> HostDisk {
        let content = Content::formula(1, Geometry::new(65_536, 32_768).unwrap());
        HostDisk::new(SharedStore::full(content, Hashing::Identity).unwrap(), None)
    }

    fn read(id: u64) -> DiskJob {
        let work = Work::Read { piece: 0, begin: 0, length: BLOCK_BYTES };
        DiskJob { id: JobId(id), torrent: TorrentKey(0), work }
    }

    #[test]
    fn a_slow_disk_does_one_job_after_the_other_and_in_order() {
        let (mut disk, second) = (disk(), Duration::from_secs(1));
        assert!(disk.submit(Time::ZERO, read(0)).is_some());
        disk.fail(3, DiskFault::Slow(second));
        assert!((1..=3).all(|id| disk.submit(Time::ZERO, read(id)).is_none()));
        disk.mend(3);
        // Quick again, but those before it go first.
        assert!(disk.submit(Time::from_secs(2), read(4)).is_none());
        assert_eq!(disk.due(), Some(Time::from_secs(1)));
        assert_eq!(disk.done(Time::ZERO), None);
        let ids: Vec<u64> =
            std::iter::from_fn(|| disk.done(Time::from_secs(3))).map(|done| done.id.0).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        assert!(disk.submit(Time::from_secs(3), read(5)).is_some());
    }

    #[test]
    fn each_fault_answers_in_its_own_way_until_it_is_mended() {
        let mut disk = disk();
        let outcome = |disk: &mut HostDisk| disk.submit(Time::ZERO, read(0)).unwrap().outcome;
        let healthy = outcome(&mut disk);
        disk.fail(0, DiskFault::Full);
        assert_eq!(outcome(&mut disk), healthy, "what is there can be read from a full disk");
        disk.fail(1, DiskFault::Lying);
        let lie = outcome(&mut disk);
        assert!(matches!(&lie, Outcome::Read(Ok(_))) && lie != healthy);
        disk.fail(2, DiskFault::Error);
        assert!(matches!(outcome(&mut disk), Outcome::Read(Err(_))));
        (0..3).for_each(|event| disk.mend(event));
        assert_eq!(outcome(&mut disk), healthy);
    }
}
