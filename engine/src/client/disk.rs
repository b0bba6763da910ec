//! Who carries out disk jobs: a thread, or the caller itself.

use std::collections::VecDeque;
use std::sync::mpsc::{self as std_mpsc, SyncSender, TrySendError};
use std::thread;

use tokio::sync::mpsc;

use crate::storage::{DiskDone, DiskJob, Storage};

/// Jobs that may be waiting or under way before nothing more is taken from the network. Their blocks are what a slow
/// disk can make a client hold.
pub const DISK_JOBS_MAX: usize = 256;

/// The content of one torrent.
type BoxedStorage = Box<dyn Storage + Send>;

/// The disk of a client. Carries out its jobs one after the other, in the order they were given.
pub struct Disk {
    worker: Worker,
    /// Requests that the thread's queue had no room for.
    overflow: VecDeque<Request>,
    /// Jobs given and not answered.
    unanswered: usize,
}

enum Worker {
    Thread { requests: SyncSender<Request>, answers: mpsc::Receiver<DiskDone> },
    Inline { storages: Vec<BoxedStorage>, answers: VecDeque<DiskDone> },
}

enum Request {
    /// The content of the next torrent.
    Open(BoxedStorage),
    Job(DiskJob),
}

impl Disk {
    /// A disk with a thread of its own, which ends when the disk is dropped and every job is done.
    pub fn thread() -> Disk {
        let (requests, requested) = std_mpsc::sync_channel(DISK_JOBS_MAX);
        let (answer, answers) = mpsc::channel(DISK_JOBS_MAX);
        thread::spawn(move || {
            let mut storages = Vec::new();
            for request in requested {
                // Nobody to answer is no reason to stop: blocks that were accepted are still to be kept.
                if let Some(done) = carry_out(&mut storages, request) {
                    let _ = answer.blocking_send(done);
                }
            }
        });
        Disk::new(Worker::Thread { requests, answers })
    }

    /// A disk that does each job at once, on the caller's time: for worlds in which no thread may run.
    pub fn inline() -> Disk {
        Disk::new(Worker::Inline { storages: Vec::new(), answers: VecDeque::new() })
    }

    fn new(worker: Worker) -> Disk {
        Disk { worker, overflow: VecDeque::new(), unanswered: 0 }
    }

    /// Adds the content of the next torrent; its key is the number of contents added before.
    pub(super) fn open(&mut self, storage: BoxedStorage) {
        self.request(Request::Open(storage));
    }

    /// Accepts a job, always: it is the caller who heeds [`is_full`](Self::is_full).
    pub(super) fn submit(&mut self, job: DiskJob) {
        self.unanswered += 1;
        self.request(Request::Job(job));
    }

    /// Whether so much is to be done that it is better not to ask for more.
    pub(super) fn is_full(&self) -> bool {
        self.unanswered >= DISK_JOBS_MAX
    }

    /// The next answer. Waits forever if there is nothing to answer; nothing is lost if the future is dropped.
    pub(super) async fn next(&mut self) -> DiskDone {
        let done = match &mut self.worker {
            Worker::Inline { answers, .. } => answers.pop_front(),
            Worker::Thread { .. } if self.unanswered == 0 => None,
            Worker::Thread { answers, .. } => {
                Some(answers.recv().await.expect("the disk thread runs until it is told to end"))
            }
        };
        let Some(done) = done else { return std::future::pending().await };
        self.unanswered -= 1;
        self.pass_on();
        done
    }

    /// Carries out everything that was given, without answers.
    pub(super) async fn finish(mut self) {
        while self.unanswered > 0 {
            self.next().await;
        }
    }

    fn request(&mut self, request: Request) {
        self.overflow.push_back(request);
        self.pass_on();
    }

    fn pass_on(&mut self) {
        while let Some(request) = self.overflow.pop_front() {
            match &mut self.worker {
                Worker::Inline { storages, answers } => answers.extend(carry_out(storages, request)),
                Worker::Thread { requests, .. } => {
                    if let Err(TrySendError::Full(request) | TrySendError::Disconnected(request)) =
                        requests.try_send(request)
                    {
                        self.overflow.push_front(request);
                        return;
                    }
                }
            }
        }
    }
}

fn carry_out(storages: &mut Vec<BoxedStorage>, request: Request) -> Option<DiskDone> {
    match request {
        Request::Open(storage) => {
            storages.push(storage);
            None
        }
        Request::Job(job) => {
            let storage =
                storages.get_mut(job.torrent.0 as usize).expect("a torrent's content is added with it");
            Some(storage.perform(job))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metainfo::make::{Fields, from_source};
    use crate::metainfo::{BLOCK_BYTES, Geometry};
    use crate::storage::{Body, JobId, MemoryStorage, Outcome, TorrentKey, Work};

    const BLOCKS: u32 = 1_000;

    fn storage() -> BoxedStorage {
        let geometry = Geometry::new(u64::from(BLOCKS * BLOCK_BYTES), BLOCK_BYTES).unwrap();
        let torrent = from_source("zeros", geometry, &Fields::default(), |_, buffer| buffer.fill(0)).unwrap();
        Box::new(MemoryStorage::empty(&torrent.info))
    }

    fn write_then_verify(piece: u32) -> [DiskJob; 2] {
        let zeros = Body::from(vec![0; BLOCK_BYTES as usize].into_iter().collect::<bytes::Bytes>());
        let job = |id, work| DiskJob { id: JobId(id), torrent: TorrentKey(0), work };
        let id = u64::from(piece) * 2;
        [job(id, Work::Write { piece, begin: 0, data: zeros }), job(id + 1, Work::Verify { piece })]
    }

    /// More jobs than any queue holds, and each verified right after it was written: order is everything.
    async fn every_job_is_answered_in_order(mut disk: Disk) {
        disk.open(storage());
        for piece in 0..BLOCKS {
            write_then_verify(piece).into_iter().for_each(|job| disk.submit(job));
        }
        assert!(disk.is_full());
        for id in 0..u64::from(BLOCKS) * 2 {
            let done = disk.next().await;
            assert_eq!(done.id, JobId(id));
            assert!(
                matches!(done.outcome, Outcome::Written(Ok(())) | Outcome::Verified(Ok(true))),
                "{done:?}"
            );
        }
        assert!(!disk.is_full());
        disk.finish().await;
    }

    #[tokio::test]
    async fn a_thread_answers_every_job_in_order() {
        every_job_is_answered_in_order(Disk::thread()).await;
    }

    #[tokio::test]
    async fn inline_answers_every_job_in_order() {
        every_job_is_answered_in_order(Disk::inline()).await;
    }
}
