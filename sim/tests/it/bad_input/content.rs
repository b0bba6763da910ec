//! A small torrent, and a disk that remembers what it was asked for.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use bytes::Bytes;
use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry, Metainfo, make};
use swarmlab_engine::storage::{Body, Content, DiskError, MemoryStorage, Storage};

/// Pieces of the torrent, of two blocks each. The spare bits of a bitfield are four.
pub const PIECES: u32 = 20;
/// The client under test starts with the pieces below this one.
pub const HELD: u32 = 10;
const PIECE_BYTES: u32 = 2 * BLOCK_BYTES;

static TORRENT: LazyLock<(Arc<Metainfo>, Content)> = LazyLock::new(|| {
    let geometry = Geometry::new(u64::from(PIECES * PIECE_BYTES), PIECE_BYTES).expect("a small torrent");
    let content = Content::formula(7, geometry);
    let fields = make::Fields::default();
    let metainfo = make::from_hashes("content", geometry, content.piece_hashes(), &fields);
    (Arc::new(metainfo.expect("a torrent")), content)
});

pub fn metainfo() -> Arc<Metainfo> {
    TORRENT.0.clone()
}

/// The right bytes.
pub fn bytes(piece: u32, begin: u32, length: u32) -> Bytes {
    TORRENT.1.range(piece, begin, length).into_bytes()
}

/// The client's disk. A clone is the same disk.
#[derive(Clone)]
pub struct Watched(Arc<Mutex<Disk>>);

struct Disk {
    content: MemoryStorage,
    reads: usize,
    rewrites: usize,
}

impl Watched {
    /// A disk that holds the pieces below this one.
    pub fn holding(pieces: u32) -> Watched {
        let mut content = MemoryStorage::empty(&metainfo().info);
        for at in 0..2 * pieces {
            let (piece, begin) = (at / 2, at % 2 * BLOCK_BYTES);
            content.write(piece, begin, bytes(piece, begin, BLOCK_BYTES).into()).expect("it fits");
        }
        Watched(Arc::new(Mutex::new(Disk { content, reads: 0, rewrites: 0 })))
    }

    /// Blocks read so far.
    pub fn reads(&self) -> usize {
        self.lock().reads
    }

    /// Blocks written so far over those that were there at the start.
    pub fn rewrites(&self) -> usize {
        self.lock().rewrites
    }

    /// Whether every byte is here and right.
    pub fn is_whole(&self) -> bool {
        let disk = &mut self.lock().content;
        (0..PIECES).all(|piece| {
            disk.read(piece, 0, PIECE_BYTES).is_ok_and(|found| found == bytes(piece, 0, PIECE_BYTES))
        })
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().expect("nobody panics while holding it")
    }
}

impl Storage for Watched {
    fn geometry(&self) -> Geometry {
        metainfo().info.geometry()
    }

    fn read(&mut self, piece: u32, begin: u32, length: u32) -> Result<Bytes, DiskError> {
        let mut disk = self.lock();
        disk.reads += 1;
        disk.content.read(piece, begin, length)
    }

    fn write(&mut self, piece: u32, begin: u32, data: Body) -> Result<(), DiskError> {
        let mut disk = self.lock();
        disk.rewrites += usize::from(piece < HELD);
        disk.content.write(piece, begin, data)
    }

    fn verify(&mut self, piece: u32) -> Result<bool, DiskError> {
        self.lock().content.verify(piece)
    }
}
