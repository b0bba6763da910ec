//! Every storage against a vector of bytes: jobs right and wrong, crashes, and for files what a crash or a user can do to
//! them between two runs.

mod files;
mod model;

use std::sync::LazyLock;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;
use swarmlab_engine::bencode::Tree;
use swarmlab_engine::metainfo::make::{self, Fields};
use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry, Info};
use swarmlab_engine::storage::{
    Body, Content, DiskError, DiskJob, FilesStorage, Hashing, JobId, MemoryStorage, Outcome, SharedStore,
    Storage, TorrentKey, Work,
};

use files::{Damage, Files};
use model::{Blocks, Model};

const TOTAL: usize = 100_000;
const PIECE: usize = 40_000;
/// Lengths of the files, and whether each is padding. Pieces and blocks begin and end in the middle of some of them.
const FILES: [(usize, bool); 6] =
    [(10, false), (0, false), (40_000, false), (1, false), (4_096, true), (55_893, false)];

/// Three pieces of three, three and two blocks in these files.
struct Torrent {
    info: Info,
    content: Content,
    /// The content once more, in one place.
    right: Vec<u8>,
}

static TORRENT: LazyLock<Torrent> = LazyLock::new(|| {
    let byte = |at: u64| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    let mut right: Vec<u8> = (0..TOTAL as u64).map(byte).collect();
    let mut start = 0;
    for (length, padding) in FILES {
        if padding {
            right[start..start + length].fill(0);
        }
        start += length;
    }
    let fill = |piece: u32, buffer: &mut [u8]| {
        let start = piece as usize * PIECE;
        buffer.copy_from_slice(&right[start..start + buffer.len()]);
    };
    let geometry = Geometry::new(TOTAL as u64, PIECE as u32).unwrap();
    let plain = make::from_source("t", geometry, &Fields::default(), fill).unwrap();
    let file = |(index, (length, padding)): (usize, &(usize, bool))| {
        let names = files::names(index).map(Tree::from);
        let attributes = if *padding { "p" } else { "" };
        Tree::dict([
            ("attr", Tree::from(attributes)),
            ("length", Tree::Int(*length as i64)),
            ("path", Tree::list(names)),
        ])
    };
    let info = Tree::dict([
        ("files", Tree::list(FILES.iter().enumerate().map(file))),
        ("name", Tree::from("t")),
        ("piece length", Tree::Int(PIECE as i64)),
        ("pieces", Tree::from(plain.info.piece_hashes().as_flattened())),
    ]);
    let info = Info::read(info.encode().into()).unwrap();
    let content = Content::of_torrent(&info, right.clone().into()).unwrap();
    Torrent { info, content, right }
});

#[derive(Clone, Debug)]
enum Payload {
    /// The content's own bytes, as one fragment or cut in three.
    Genuine { cut: bool },
    /// A copy of the right bytes.
    Copied,
    /// The right bytes but one.
    Corrupted(Index),
    /// Another block's bytes of the content.
    Misplaced,
    /// A byte too few for the block.
    Short,
}

impl Payload {
    fn body(&self, content: &Content, piece: u32, block: u32) -> Body {
        let right = content.block(piece, block);
        match self {
            Payload::Genuine { cut: false } => Body::from(right),
            Payload::Genuine { cut: true } => {
                let mut body = Body::from(right.slice(..1));
                body.push(right.slice(1..700));
                body.push(right.slice(700..));
                body
            }
            Payload::Copied => Body::from(Bytes::copy_from_slice(&right)),
            Payload::Corrupted(at) => {
                let mut copy = right.to_vec();
                copy[at.index(right.len())] ^= 1;
                Body::from(Bytes::from(copy))
            }
            Payload::Misplaced => Body::from(content.block(2 - piece, 0).slice(..right.len())),
            Payload::Short => Body::from(right.slice(1..)),
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Write {
        piece: u32,
        block: u32,
        payload: Payload,
    },
    /// All blocks of a piece, as they should be.
    Fill(u32),
    Read {
        piece: u32,
        begin: u32,
        length: u32,
    },
    Verify(u32),
    /// The client ends and comes back. Between, this happens to its files.
    Crash(Vec<Damage>),
}

/// Some pieces and ranges are out of range.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let payload = prop_oneof![
        4 => any::<bool>().prop_map(|cut| Payload::Genuine { cut }),
        2 => Just(Payload::Copied),
        1 => any::<Index>().prop_map(Payload::Corrupted),
        1 => Just(Payload::Misplaced),
        1 => Just(Payload::Short),
    ];
    let position = || prop_oneof![Just(0), Just(BLOCK_BYTES), 0..41_000_u32];
    let step = prop_oneof![
        8 => (0..3_u32, 0..3_u32, payload).prop_map(|(piece, block, payload)| Step::Write { piece, block, payload }),
        2 => (0..3_u32).prop_map(Step::Fill),
        4 => (0..4_u32, position(), position())
            .prop_map(|(piece, begin, length)| Step::Read { piece, begin, length }),
        4 => (0..4_u32).prop_map(Step::Verify),
        2 => prop::collection::vec(files::damage(), 0..4).prop_map(Step::Crash),
    ];
    prop::collection::vec(step, 1..60)
}

impl Step {
    /// The jobs that a step is made of, if it is made of jobs.
    fn jobs(&self, content: &Content) -> Vec<Work> {
        let write = |piece: u32, block: u32, payload: &Payload| Work::Write {
            piece,
            begin: block * BLOCK_BYTES,
            data: payload.body(content, piece, block),
        };
        let blocks = |piece| content.geometry().blocks_in(piece);
        match *self {
            Step::Write { piece, block, ref payload } => vec![write(piece, block % blocks(piece), payload)],
            Step::Fill(piece) => (0..blocks(piece))
                .map(|block| write(piece, block, &Payload::Genuine { cut: false }))
                .collect(),
            Step::Read { piece, begin, length } => vec![Work::Read { piece, begin, length }],
            Step::Verify(piece) => vec![Work::Verify { piece }],
            Step::Crash(_) => Vec::new(),
        }
    }
}

fn perform(storage: &mut impl Storage, work: Work) -> Outcome {
    let done = storage.perform(DiskJob { id: JobId(7), torrent: TorrentKey(3), work });
    assert_eq!((done.id, done.torrent), (JobId(7), TorrentKey(3)));
    // Errors compare by kind: texts may name files.
    let bare = |error: DiskError| DiskError { text: String::new(), ..error };
    match done.outcome {
        Outcome::Read(read) => Outcome::Read(read.map_err(bare)),
        Outcome::Written(written) => Outcome::Written(written.map_err(bare)),
        Outcome::Verified(verified) => Outcome::Verified(verified.map_err(bare)),
    }
}

fn compare(storage: &mut impl Storage, model: &mut impl Model, step: &Step) {
    for work in step.jobs(&TORRENT.content) {
        let expected = model.answer(&work, &TORRENT.right);
        assert_eq!(perform(storage, work), expected);
    }
}

proptest! {
    #[test]
    fn memory_is_a_vector_of_bytes(steps in steps()) {
        let (mut memory, mut model) = (MemoryStorage::empty(&TORRENT.info), Blocks::empty());
        steps.iter().for_each(|step| compare(&mut memory, &mut model, step));
    }

    /// A host that comes back has what it had verified, and nothing else.
    #[test]
    fn a_share_of_the_content_is_a_vector_of_bytes(steps in steps(), full in any::<bool>()) {
        let hashing = if full { Hashing::Full } else { Hashing::Identity };
        let mut store = SharedStore::empty(TORRENT.content.clone(), hashing).unwrap();
        let mut model = Blocks::empty();
        for step in &steps {
            compare(&mut store, &mut model, step);
            if let Step::Crash(_) = step {
                let verified = model.keep_verified(&TORRENT.right);
                store = SharedStore::holding(TORRENT.content.clone(), hashing, verified).unwrap();
            }
        }
    }

    /// A folder in a file's place fails a write halfway; lost and flipped bytes are found by verifying.
    #[test]
    fn files_are_a_vector_of_bytes_each(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let mut storage = FilesStorage::open(folder.path(), &TORRENT.info).unwrap();
        let mut model = Files::opened(folder.path());
        for step in &steps {
            compare(&mut storage, &mut model, step);
            if let Step::Crash(damage) = step {
                drop(storage);
                damage.iter().for_each(|damage| model.suffer(damage));
                storage = FilesStorage::open(folder.path(), &TORRENT.info).unwrap();
                model.reopen();
                model.compare_with_disk();
            }
        }
        model.compare_with_disk();
    }
}
