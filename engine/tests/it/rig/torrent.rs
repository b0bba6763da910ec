//! Small torrents, and the bytes they are of.

use std::sync::Arc;

use bytes::Bytes;
use swarmlab_engine::metainfo::{Geometry, Metainfo, make};
use swarmlab_engine::storage::{Content, Hashing, MemoryStorage, SharedStore, Storage};

/// A torrent whose content is known.
#[derive(Clone)]
pub struct Torrent {
    pub metainfo: Arc<Metainfo>,
    pub content: Content,
}

impl Torrent {
    /// So many bytes in pieces of that length.
    pub fn new(total_length: u64, piece_length: u32) -> Torrent {
        Torrent::with_trackers(total_length, piece_length, &[])
    }

    /// As [`new`](Torrent::new), with trackers of one tier each.
    pub fn with_trackers(total_length: u64, piece_length: u32, trackers: &[&str]) -> Torrent {
        let tiers: Vec<&[&str]> = trackers.iter().map(std::slice::from_ref).collect();
        Torrent::with_tiers(total_length, piece_length, &tiers)
    }

    /// As [`new`](Torrent::new), with these tiers of trackers.
    pub fn with_tiers(total_length: u64, piece_length: u32, tiers: &[&[&str]]) -> Torrent {
        let geometry = Geometry::new(total_length, piece_length).unwrap();
        let content = Content::formula(7, geometry);
        Torrent::of_fields(geometry, content, tiers, false)
    }

    /// So many pieces of two blocks each, for those only whom its tracker knows (BEP 27).
    pub fn private(count: u32) -> Torrent {
        let geometry = Geometry::new(u64::from(count) * 32_768, 32_768).unwrap();
        Torrent::of_fields(geometry, Content::formula(7, geometry), &[], true)
    }

    fn of_fields(geometry: Geometry, content: Content, tiers: &[&[&str]], private: bool) -> Torrent {
        let tiers = tiers.iter().map(|tier| tier.iter().map(|url| (*url).to_owned()).collect()).collect();
        let fields = make::Fields { tiers, private, ..make::Fields::default() };
        let metainfo = make::from_hashes("content", geometry, content.piece_hashes(), &fields).unwrap();
        Torrent { metainfo: Arc::new(metainfo), content }
    }

    /// So many pieces of two blocks each.
    pub fn pieces(count: u32) -> Torrent {
        Torrent::new(u64::from(count) * 32_768, 32_768)
    }

    pub fn geometry(&self) -> Geometry {
        self.content.geometry()
    }

    /// The right bytes of a range, in one place.
    pub fn bytes(&self, piece: u32, begin: u32, length: u32) -> Bytes {
        self.content.range(piece, begin, length).into_bytes()
    }

    /// A storage that copies and hashes everything, with these pieces in it.
    pub fn memory(&self, held: impl IntoIterator<Item = u32>) -> Box<dyn Storage> {
        let mut storage = MemoryStorage::empty(&self.metainfo.info);
        let geometry = self.geometry();
        for piece in held {
            for block in 0..geometry.blocks_in(piece) {
                let begin = block * swarmlab_engine::metainfo::BLOCK_BYTES;
                storage.write(piece, begin, self.content.block(piece, block).into()).unwrap();
            }
        }
        Box::new(storage)
    }

    /// An empty store of slices of the content.
    pub fn shared(&self) -> Box<dyn Storage> {
        Box::new(SharedStore::empty(self.content.clone(), Hashing::Identity).unwrap())
    }

    /// Whether every byte in the storage is right.
    pub fn is_all_in(&self, storage: &mut dyn Storage) -> bool {
        let geometry = self.geometry();
        (0..geometry.piece_count).all(|piece| {
            let size = geometry.piece_size(piece);
            storage.read(piece, 0, size).is_ok_and(|found| found == self.bytes(piece, 0, size))
        })
    }
}
