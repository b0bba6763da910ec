//! Who carries out disk jobs: a thread, or the caller itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{self as std_mpsc, SyncSender, TrySendError};
use std::thread;

use tokio::sync::mpsc;

use crate::metainfo::Info;
use crate::storage::{DiskDone, DiskError, DiskJob, Outcome, Storage, TorrentKey, Work};

use super::hashers::Hashers;

/// Jobs that may be waiting or under way before nothing more is taken from the network. Their blocks are what a slow
/// disk can make a client hold.
pub const DISK_JOBS_MAX: usize = 256;

/// The content of one torrent.
pub type BoxedStorage = Box<dyn Storage + Send>;

/// Where the content of a torrent is to be kept.
pub enum Place {
    /// It is open already.
    Open(BoxedStorage),
    /// It is opened when the metadata say what is to be kept there, on the disk's own time. Should that fail, so does
    /// the torrent's first disk job.
    Later(OpenStorage),
}

/// Opens the storage of a torrent, once.
pub type OpenStorage = Box<dyn FnOnce(&Info) -> Result<BoxedStorage, DiskError> + Send>;

impl<S: Storage + Send + 'static> From<Box<S>> for Place {
    fn from(storage: Box<S>) -> Place {
        Place::Open(storage)
    }
}

impl From<BoxedStorage> for Place {
    fn from(storage: BoxedStorage) -> Place {
        Place::Open(storage)
    }
}

impl Place {
    /// A place that [`open`](OpenStorage) opens when it is known what for.
    pub fn later(open: impl FnOnce(&Info) -> Result<BoxedStorage, DiskError> + Send + 'static) -> Place {
        Place::Later(Box::new(open))
    }
}

/// The disk of a client. Carries out its jobs one after the other, in the order they were given, and answers them so. Only
/// what a thread has read of a piece to verify it is hashed beside, and answered when it is done.
pub struct Disk {
    worker: Worker,
    /// Requests that the thread's queue had no room for.
    overflow: VecDeque<Request>,
    /// Jobs given and not answered.
    unanswered: usize,
}

enum Worker {
    Thread { requests: SyncSender<Request>, answers: mpsc::Receiver<DiskDone> },
    Inline { storages: Storages, answers: VecDeque<DiskDone> },
}

enum Request {
    /// The content of a torrent.
    Open(TorrentKey, Opening),
    Job(DiskJob),
}

/// How the content of a torrent comes to be there.
type Opening = Box<dyn FnOnce() -> Result<BoxedStorage, DiskError> + Send>;

/// Each torrent's content, or why it could not be opened.
type Storages = BTreeMap<TorrentKey, Result<BoxedStorage, DiskError>>;

impl Disk {
    /// A disk with a thread of its own, and others that hash, which end when the disk is dropped and every job is done.
    pub fn thread() -> Disk {
        let (requests, requested) = std_mpsc::sync_channel(DISK_JOBS_MAX);
        let (answer, answers) = mpsc::channel(DISK_JOBS_MAX);
        thread::spawn(move || {
            let mut storages = Storages::new();
            let mut hashers = Hashers::new(answer.clone());
            for request in requested {
                let Some(request) = verify_beside(&mut storages, &mut hashers, request) else { continue };
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
        Disk::new(Worker::Inline { storages: Storages::new(), answers: VecDeque::new() })
    }

    fn new(worker: Worker) -> Disk {
        Disk { worker, overflow: VecDeque::new(), unanswered: 0 }
    }

    /// Takes the content of a torrent, before its first job.
    pub(super) fn open(&mut self, torrent: TorrentKey, opening: Opening) {
        self.request(Request::Open(torrent, opening));
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

    /// Whether something that was given is not answered yet.
    pub(super) fn is_busy(&self) -> bool {
        self.unanswered > 0
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

/// Reads the piece that is to be verified, in its turn, and has it hashed beside. Whatever else is to be done is given back.
fn verify_beside(storages: &mut Storages, hashers: &mut Hashers, request: Request) -> Option<Request> {
    let Request::Job(DiskJob { id, torrent, work: Work::Verify { piece } }) = request else {
        return Some(request);
    };
    match storages.get_mut(&torrent) {
        Some(Ok(storage)) if piece < storage.geometry().piece_count => {
            let bytes = storage.geometry().piece_size(piece);
            hashers.make_room(bytes);
            hashers.hash(id, torrent, bytes, storage.begin_verification(piece));
            None
        }
        _ => Some(request),
    }
}

fn carry_out(storages: &mut Storages, request: Request) -> Option<DiskDone> {
    match request {
        Request::Open(torrent, opening) => {
            storages.insert(torrent, opening());
            None
        }
        Request::Job(job) => Some(
            match storages.get_mut(&job.torrent).expect("a torrent's content is added before its jobs") {
                Ok(storage) => storage.perform(job),
                Err(error) => refuse(&job, error),
            },
        ),
    }
}

/// The answer to a job on content that could not be opened.
fn refuse(job: &DiskJob, error: &DiskError) -> DiskDone {
    let outcome = match job.work {
        Work::Read { .. } => Outcome::Read(Err(error.clone())),
        Work::Write { .. } => Outcome::Written(Err(error.clone())),
        Work::Verify { .. } => Outcome::Verified(Err(error.clone())),
    };
    DiskDone { id: job.id, torrent: job.torrent, outcome }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metainfo::make::{Fields, from_source};
    use crate::metainfo::{BLOCK_BYTES, Geometry, Metainfo};
    use crate::storage::{Body, DiskErrorKind, FilesStorage, JobId, MemoryStorage};

    const BLOCKS: u32 = 1_000;

    fn torrent(pieces: u32, piece_length: u32) -> Metainfo {
        let geometry = Geometry::new(u64::from(pieces * piece_length), piece_length).unwrap();
        from_source("ones", geometry, &Fields::default(), |_, buffer| buffer.fill(1)).unwrap()
    }

    fn storage() -> BoxedStorage {
        Box::new(MemoryStorage::empty(&torrent(BLOCKS, BLOCK_BYTES).info))
    }

    fn write_then_verify(piece: u32) -> [DiskJob; 2] {
        let ones = Body::from(bytes::Bytes::from(vec![1; BLOCK_BYTES as usize]));
        let job = |id, work| DiskJob { id: JobId(id), torrent: TorrentKey(0), work };
        let id = u64::from(piece) * 2;
        [job(id, Work::Write { piece, begin: 0, data: ones }), job(id + 1, Work::Verify { piece })]
    }

    /// More jobs than any queue holds, and each verified right after it was written: order is everything. `in_order` says
    /// whether verifications are answered in their turn, as all else is.
    async fn every_job_is_answered(mut disk: Disk, in_order: bool) {
        disk.open(TorrentKey(0), Box::new(|| Ok(storage())));
        for piece in 0..BLOCKS {
            write_then_verify(piece).into_iter().for_each(|job| disk.submit(job));
        }
        assert!(disk.is_full());
        let mut ids = Vec::new();
        for _ in 0..u64::from(BLOCKS) * 2 {
            let done = disk.next().await;
            ids.push(done.id.0);
            assert!(
                matches!(done.outcome, Outcome::Written(Ok(())) | Outcome::Verified(Ok(true))),
                "{done:?}"
            );
        }
        assert!(!disk.is_full());
        let writes: Vec<u64> = ids.iter().copied().filter(|id| id % 2 == 0).collect();
        assert!(writes.is_sorted());
        assert!(!in_order || ids.is_sorted());
        ids.sort_unstable();
        assert!(ids.iter().copied().eq(0..u64::from(BLOCKS) * 2));
        assert!(!disk.is_busy());
    }

    /// Right and wrong blocks, in two pieces of two; verifications and reads between them.
    fn jobs() -> impl Strategy<Value = Vec<Work>> {
        let work = (0u8..4, 0u32..2, 0u32..2).prop_map(|(kind, piece, block)| {
            let begin = block * BLOCK_BYTES;
            let data = |byte| Body::from(bytes::Bytes::from(vec![byte; BLOCK_BYTES as usize]));
            match kind {
                0 => Work::Write { piece, begin, data: data(1) },
                1 => Work::Write { piece, begin, data: data(2) },
                2 => Work::Read { piece, begin, length: BLOCK_BYTES },
                _ => Work::Verify { piece },
            }
        });
        prop::collection::vec(work, 0..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// A verification says what was true when its turn came, whatever is written while it is hashed.
        #[test]
        fn every_job_sees_what_was_done_before_it_and_nothing_else(jobs in jobs()) {
            let info = torrent(2, 2 * BLOCK_BYTES).info;
            let folder = tempfile::tempdir().unwrap();
            let job = |(id, work)| DiskJob { id: JobId(id), torrent: TorrentKey(0), work };
            let jobs: Vec<DiskJob> = (0..).zip(jobs).map(job).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let mut disk = Disk::thread();
            let files = FilesStorage::open(folder.path(), &info).unwrap();
            disk.open(TorrentKey(0), Box::new(|| Ok(Box::new(files))));
            let mut plain = MemoryStorage::empty(&info);
            for job in &jobs {
                disk.submit(job.clone());
            }
            let mut answers = runtime.block_on(async {
                let mut answers = Vec::new();
                for _ in &jobs {
                    answers.push(disk.next().await);
                }
                answers
            });
            answers.sort_by_key(|done| done.id);
            for (job, done) in jobs.into_iter().zip(answers) {
                let expected = plain.perform(job);
                prop_assert_eq!(done.id, expected.id);
                match (&done.outcome, &expected.outcome) {
                    // The file is longer than what was written where a later block came first.
                    (Outcome::Read(_), Outcome::Read(Err(_))) => {}
                    (done, expected) => prop_assert_eq!(done, expected),
                }
            }
        }
    }

    #[tokio::test]
    async fn jobs_on_content_that_could_not_be_opened_fail_with_the_reason() {
        let mut disk = Disk::inline();
        let error = DiskError { kind: DiskErrorKind::Io, text: "no such folder".into() };
        let reason = error.clone();
        disk.open(TorrentKey(0), Box::new(|| Err(reason)));
        let read = DiskJob {
            id: JobId(9),
            torrent: TorrentKey(0),
            work: Work::Read { piece: 0, begin: 0, length: 1 },
        };
        write_then_verify(0).into_iter().chain([read]).for_each(|job| disk.submit(job));
        assert_eq!(disk.next().await.outcome, Outcome::Written(Err(error.clone())));
        assert_eq!(disk.next().await.outcome, Outcome::Verified(Err(error.clone())));
        assert_eq!(disk.next().await.outcome, Outcome::Read(Err(error)));
    }

    #[tokio::test]
    async fn a_thread_answers_every_job() {
        every_job_is_answered(Disk::thread(), false).await;
    }

    #[tokio::test]
    async fn inline_answers_every_job_in_order() {
        every_job_is_answered(Disk::inline(), true).await;
    }
}
