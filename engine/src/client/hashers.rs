//! Threads that hash what the disk has read.

use std::num::NonZero;
use std::sync::mpsc::{self as std_mpsc, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use tokio::sync::mpsc;

use crate::storage::{DiskDone, JobId, Outcome, TorrentKey, Verification};

/// Bytes of pieces that are read and not hashed at most; a longer piece is hashed alone.
pub const HASHING_BYTES_MAX: u64 = 64 << 20;
/// Threads at most: a disk that feeds more of them is not seen yet.
const THREADS_MAX: usize = 16;
/// Pieces that are read and not hashed at most, for each thread: one that it hashes, one that it takes next.
const PIECES_PER_THREAD: usize = 2;

/// Hashes pieces on as many threads as there are processors, and answers each when it is done: not in order.
pub(super) struct Hashers {
    tasks: Sender<Task>,
    /// Taken by the threads in turn; also kept here, for those that are still to be spawned.
    waiting: Arc<Mutex<Receiver<Task>>>,
    under_way: Arc<UnderWay>,
    answer: mpsc::Sender<DiskDone>,
    threads: usize,
    threads_max: usize,
}

/// A piece to be hashed.
struct Task {
    id: JobId,
    torrent: TorrentKey,
    verification: Verification,
    bytes: u64,
}

impl Hashers {
    /// Nobody, until there is something to hash.
    pub fn new(answer: mpsc::Sender<DiskDone>) -> Hashers {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Hashers::of(processors.min(THREADS_MAX), HASHING_BYTES_MAX, answer)
    }

    fn of(threads_max: usize, bytes_max: u64, answer: mpsc::Sender<DiskDone>) -> Hashers {
        let (tasks, waiting) = std_mpsc::channel();
        let counts = Mutex::new(Counts::default());
        let pieces_max = PIECES_PER_THREAD * threads_max;
        let under_way = Arc::new(UnderWay { counts, fewer: Condvar::new(), bytes_max, pieces_max });
        Hashers { tasks, waiting: Arc::new(Mutex::new(waiting)), under_way, answer, threads: 0, threads_max }
    }

    /// Waits until a piece of so many bytes may be read; to be [handed over](Self::hash) next.
    pub fn make_room(&self, bytes: u32) {
        self.under_way.add(bytes.into());
    }

    /// Hashes a piece for which there was made room, and answers.
    pub fn hash(&mut self, id: JobId, torrent: TorrentKey, bytes: u32, verification: Verification) {
        if self.threads < self.threads_max {
            self.threads += 1;
            let (waiting, under_way, answer) =
                (self.waiting.clone(), self.under_way.clone(), self.answer.clone());
            thread::spawn(move || work(&waiting, &under_way, &answer));
        }
        let task = Task { id, torrent, verification, bytes: bytes.into() };
        self.tasks.send(task).expect("its other end is kept here");
    }
}

/// Hashes until there is nobody any more who could bring something.
fn work(waiting: &Mutex<Receiver<Task>>, under_way: &UnderWay, answer: &mpsc::Sender<DiskDone>) {
    loop {
        let next = lock(waiting).recv();
        let Ok(Task { id, torrent, verification, bytes }) = next else { return };
        let outcome = Outcome::Verified(verification.finish());
        under_way.take(bytes);
        let _ = answer.blocking_send(DiskDone { id, torrent, outcome });
    }
}

/// How much is being hashed, or waits for it.
struct UnderWay {
    counts: Mutex<Counts>,
    fewer: Condvar,
    bytes_max: u64,
    pieces_max: usize,
}

#[derive(Default)]
struct Counts {
    bytes: u64,
    pieces: usize,
}

impl UnderWay {
    fn add(&self, more: u64) {
        let is_too_much = |counts: &mut Counts| {
            counts.pieces > 0 && (counts.bytes + more > self.bytes_max || counts.pieces >= self.pieces_max)
        };
        let counts = self.fewer.wait_while(lock(&self.counts), is_too_much);
        let mut counts = counts.expect("nobody panics who has it");
        (counts.bytes, counts.pieces) = (counts.bytes + more, counts.pieces + 1);
    }

    fn take(&self, bytes: u64) {
        let mut counts = lock(&self.counts);
        (counts.bytes, counts.pieces) = (counts.bytes - bytes, counts.pieces - 1);
        self.fewer.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics who has it")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use bytes::Bytes;
    use proptest::prelude::*;
    use sha1::{Digest, Sha1};

    use super::*;

    /// Bytes of a piece, which are counted for as long as they are kept.
    struct Counted {
        bytes: Vec<u8>,
        alive: Arc<AtomicU64>,
    }

    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            &self.bytes
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.alive.fetch_sub(self.bytes.len() as u64, Ordering::SeqCst);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Each is answered once, with what is true of it, and no more is kept at a time than may be.
        #[test]
        fn every_piece_is_hashed_within_the_bound(
            threads in 1usize..5,
            bytes_max in 1u64..3_000,
            pieces in prop::collection::vec((1u32..2_000, any::<bool>()), 0..60),
        ) {
            let (answer, mut answers) = mpsc::channel(pieces.len().max(1));
            let mut hashers = Hashers::of(threads, bytes_max, answer);
            let alive = Arc::new(AtomicU64::new(0));
            for (number, (length, is_right)) in (0..).zip(&pieces) {
                hashers.make_room(*length);
                let bytes = vec![number as u8; *length as usize];
                let mut hash: [u8; 20] = Sha1::digest(&bytes).into();
                hash[7] ^= u8::from(!is_right);
                let before = alive.fetch_add((*length).into(), Ordering::SeqCst);
                let most = bytes_max.max((*length).into());
                prop_assert!(before + u64::from(*length) <= most, "{before} + {length} of {bytes_max}");
                let bytes = Bytes::from_owner(Counted { bytes, alive: alive.clone() });
                hashers.hash(JobId(number), TorrentKey(3), *length, Verification::Read { bytes, hash });
            }
            drop(hashers);
            let mut heard = vec![None; pieces.len()];
            while let Some(done) = answers.blocking_recv() {
                let place = &mut heard[done.id.0 as usize];
                prop_assert!(place.is_none() && done.torrent == TorrentKey(3));
                *place = Some(done.outcome);
            }
            let right = pieces.iter().map(|(_, is_right)| Some(Outcome::Verified(Ok(*is_right))));
            prop_assert_eq!(heard, right.collect::<Vec<_>>());
        }
    }
}
