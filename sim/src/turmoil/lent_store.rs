//! A host's disk: lent to the client that runs there, kept when it goes.

use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;

use swarmlab_engine::metainfo::Geometry;
use swarmlab_engine::storage::{Body, DiskError, SharedStore, Storage};

use crate::world::participant::Disk;

/// What a host holds. Clones are the same disk.
#[derive(Clone, Debug)]
pub struct LentStore(Arc<Mutex<SharedStore>>);

impl LentStore {
    /// A disk that holds this.
    pub fn new(store: SharedStore) -> LentStore {
        LentStore(Arc::new(Mutex::new(store)))
    }

    /// A disk whose every job panics, and whoever asked for it.
    #[cfg(test)]
    pub fn breaking(store: SharedStore) -> LentStore {
        let disk = LentStore::new(store);
        let other = disk.clone();
        let held = std::thread::spawn(move || {
            let _held = other.store();
            panic!("a disk that breaks whoever uses it");
        });
        held.join().expect_err("it has panicked");
        disk
    }

    fn store(&self) -> MutexGuard<'_, SharedStore> {
        self.0.lock().expect("no job panics")
    }
}

impl Storage for LentStore {
    fn geometry(&self) -> Geometry {
        self.store().geometry()
    }

    fn read(&mut self, piece: u32, begin: u32, length: u32) -> Result<Bytes, DiskError> {
        self.store().read(piece, begin, length)
    }

    fn write(&mut self, piece: u32, begin: u32, data: Body) -> Result<(), DiskError> {
        self.store().write(piece, begin, data)
    }

    fn verify(&mut self, piece: u32) -> Result<bool, DiskError> {
        self.store().verify(piece)
    }
}

impl Disk for LentStore {
    fn read_back(&mut self, piece: u32, bytes: u32) -> Result<Bytes, DiskError> {
        self.store().read(piece, 0, bytes)
    }

    /// Every job is done when it is given.
    fn forget_jobs(&mut self) {}
}
