//! Storages by example: what each does that no other does, and where files lie. That all of them keep the bytes they
//! were given, [`crate::machines`] holds.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use proptest::prelude::*;
use swarmlab_engine::bencode::Tree;
use swarmlab_engine::metainfo::make::{self, Fields};
use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry, Info};
use swarmlab_engine::storage::{
    Body, Content, ContentError, DiskErrorKind, DiskJob, FilesStorage, Hashing, JobId, MemoryStorage,
    Outcome, SharedStore, Storage, TorrentKey, Work, sync_files,
};

use crate::metainfo::{WITH_CONTENT, fixture, read_fixture};

fn perform(storage: &mut impl Storage, work: Work) -> Outcome {
    let done = storage.perform(DiskJob { id: JobId(7), torrent: TorrentKey(3), work });
    assert_eq!((done.id, done.torrent), (JobId(7), TorrentKey(3)));
    done.outcome
}

fn verify(storage: &mut impl Storage, piece: u32) -> bool {
    perform(storage, Work::Verify { piece }) == Outcome::Verified(Ok(true))
}

/// Writes a whole torrent block by block.
fn write_all(storage: &mut impl Storage, content: &Content) {
    let geometry = content.geometry();
    for piece in 0..geometry.piece_count {
        for block in 0..geometry.blocks_in(piece) {
            let data = Body::from(content.block(piece, block));
            let written = perform(storage, Work::Write { piece, begin: block * BLOCK_BYTES, data });
            assert_eq!(written, Outcome::Written(Ok(())));
        }
    }
}

/// A torrent of several files that has the hashes of `content`. The last file takes what the others leave.
fn several_files(content: &Content, lengths: &[u64]) -> Info {
    let geometry = content.geometry();
    let rest = geometry.total_length - lengths.iter().sum::<u64>();
    let file = |(index, length): (usize, &u64)| {
        let path = Tree::list([Tree::from("sub"), Tree::from(format!("{index}").into_bytes())]);
        Tree::dict([("length", Tree::Int(*length as i64)), ("path", path)])
    };
    let info = Tree::dict([
        ("files", Tree::list(lengths.iter().chain([&rest]).enumerate().map(file))),
        ("name", Tree::from("t")),
        ("piece length", Tree::Int(i64::from(geometry.piece_length))),
        ("pieces", Tree::from(content.piece_hashes().as_flattened())),
    ]);
    Info::read(info.encode().into()).unwrap()
}

/// Three pieces of three, three and two blocks; every last block of a piece is short.
fn small_content() -> Content {
    Content::formula(1, Geometry::new(100_000, 40_000).unwrap())
}

fn is_missing(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Read(Err(error)) if error.kind == DiskErrorKind::Missing)
}

proptest! {
    #[test]
    fn content_by_formula_is_the_same_however_it_is_read(begin in 0u32..40_000, length in 1u32..40_000) {
        prop_assume!(begin + length <= 40_000);
        let content = small_content();
        let whole = content.range(1, 0, 40_000).into_bytes();
        let part = content.range(1, begin, length).into_bytes();
        prop_assert_eq!(&whole[begin as usize..(begin + length) as usize], &part[..]);
    }
}

#[test]
fn a_genuine_block_is_given_out_without_a_copy() {
    let content = small_content();
    let mut store = SharedStore::empty(content.clone(), Hashing::Identity).unwrap();
    write_all(&mut store, &content);
    let read = perform(&mut store, Work::Read { piece: 1, begin: 0, length: BLOCK_BYTES });
    let Outcome::Read(Ok(bytes)) = read else { panic!("{read:?}") };
    assert!(std::ptr::eq(&bytes[..], &content.block(1, 0)[..]));
}

#[test]
fn a_seed_holds_everything() {
    let content = small_content();
    for hashing in [Hashing::Identity, Hashing::Full] {
        let mut seed = SharedStore::full(content.clone(), hashing).unwrap();
        assert!((0..3).all(|piece| verify(&mut seed, piece)));
    }
}

#[test]
fn a_stand_in_is_verified_by_identity_and_never_hashed() {
    let info = read_fixture("bunny.torrent").info;
    let content = Content::stand_in(5, &info);
    assert!(SharedStore::full(content.clone(), Hashing::Full).is_err());
    let mut store = SharedStore::empty(content.clone(), Hashing::Identity).unwrap();
    let last = info.geometry().piece_count - 1;
    for block in 0..info.geometry().blocks_in(last) {
        let begin = block * BLOCK_BYTES;
        assert!(!verify(&mut store, last));
        let mut wrong = content.block(last, block).to_vec();
        wrong[0] ^= 1;
        perform(&mut store, Work::Write { piece: last, begin, data: Bytes::from(wrong).into() });
        assert!(!verify(&mut store, last));
        let right = Bytes::copy_from_slice(&content.block(last, block));
        perform(&mut store, Work::Write { piece: last, begin, data: right.into() });
    }
    assert!(verify(&mut store, last));
}

#[test]
fn real_content_is_checked_when_it_is_given() {
    let info = read_fixture("alice.torrent").info;
    let mut bytes = fs::read(fixture("alice.txt")).unwrap();
    let content = Content::of_torrent(&info, bytes.clone().into()).unwrap();
    let mut store = SharedStore::empty(content.clone(), Hashing::Full).unwrap();
    write_all(&mut store, &content);
    assert!((0..info.geometry().piece_count).all(|piece| verify(&mut store, piece)));
    bytes[20_000] ^= 1;
    assert_eq!(Content::of_torrent(&info, bytes.clone().into()).unwrap_err(), ContentError::Piece(1));
    bytes.pop();
    let found = bytes.len() as u64;
    let error = Content::of_torrent(&info, bytes.into()).unwrap_err();
    assert_eq!(error, ContentError::Length { found, expected: found + 1 });
}

#[test]
fn content_by_formula_makes_a_real_torrent() {
    let content = small_content();
    let made =
        make::from_hashes("c", content.geometry(), content.piece_hashes(), &Fields::default()).unwrap();
    let mut memory = MemoryStorage::empty(&made.info);
    write_all(&mut memory, &content);
    assert!((0..3).all(|piece| verify(&mut memory, piece)));
}

#[test]
fn content_of_other_tools_verifies_where_it_lies_and_copies_byte_for_byte() {
    for (torrent, name, _) in WITH_CONTENT {
        let info = read_fixture(torrent).info;
        let pieces = info.geometry().piece_count;
        let mut source = FilesStorage::open(&fixture("."), &info).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut copy = FilesStorage::open(folder.path(), &info).unwrap();
        for piece in 0..pieces {
            assert!(verify(&mut source, piece), "{torrent}");
            assert!(!verify(&mut copy, piece), "{torrent}");
            for block in 0..info.geometry().blocks_in(piece) {
                let (begin, length) = (block * BLOCK_BYTES, info.geometry().block_size(piece, block));
                let Outcome::Read(Ok(bytes)) = perform(&mut source, Work::Read { piece, begin, length })
                else {
                    panic!("{torrent}: unreadable");
                };
                perform(&mut copy, Work::Write { piece, begin, data: bytes.into() });
            }
            assert!(verify(&mut copy, piece), "{torrent}");
        }
        sync_files(folder.path(), &info, |_| true).unwrap();
        let made =
            make::from_path(&folder.path().join(name), Some(16_384), &Fields::default(), &mut |_, _| ());
        assert_eq!(made.unwrap().info.hash(), info.hash(), "{torrent}");
    }
}

#[test]
fn files_without_bytes_are_made_and_padding_is_not() {
    let zeros = 16_384 - 5;
    let fill = |piece: u32, bytes: &mut [u8]| match piece {
        0 => bytes[..5].copy_from_slice(b"hello"),
        _ => bytes.copy_from_slice(b"world"),
    };
    let geometry = Geometry::new(16_384 + 5, 16_384).unwrap();
    let plain = make::from_source("t", geometry, &Fields::default(), fill).unwrap();
    let file = |length: i64, path: &str, attributes: &'static str| {
        Tree::dict([
            ("attr", Tree::from(attributes)),
            ("length", Tree::Int(length)),
            ("path", Tree::list(path.split('/').map(|name| Tree::from(name.as_bytes().to_vec())))),
        ])
    };
    let files = [file(5, "a", ""), file(zeros, ".pad/1", "p"), file(5, "b", "x"), file(0, "c/d/e", "")];
    let info = Tree::dict([
        ("files", Tree::list(files)),
        ("name", Tree::from("t")),
        ("piece length", Tree::Int(16_384)),
        ("pieces", Tree::from(plain.info.piece_hashes().as_flattened())),
    ]);
    let info = Info::read(info.encode().into()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut storage = FilesStorage::open(folder.path(), &info).unwrap();
    let root = folder.path().join("t");
    assert!(root.join("c/d/e").is_file() && !root.join("a").exists());
    let mut first = vec![0; 16_384];
    fill(0, &mut first);
    perform(&mut storage, Work::Write { piece: 0, begin: 0, data: Bytes::from(first).into() });
    perform(&mut storage, Work::Write { piece: 1, begin: 0, data: Bytes::from_static(b"world").into() });
    assert!(verify(&mut storage, 0) && verify(&mut storage, 1));
    assert_eq!(
        (fs::read(root.join("a")).unwrap(), fs::read(root.join("b")).unwrap()),
        (b"hello".into(), b"world".into())
    );
    assert!(!root.join(".pad").exists());
}

#[test]
fn more_files_than_may_be_open_are_written_and_synced() {
    let content = small_content();
    let info = several_files(&content, &[500; 150]);
    let folder = tempfile::tempdir().unwrap();
    let mut storage = FilesStorage::open(folder.path(), &info).unwrap();
    write_all(&mut storage, &content);
    sync_files(folder.path(), &info, |_| true).unwrap();
    assert!((0..3).all(|piece| verify(&mut storage, piece)));
}

#[test]
fn a_file_that_is_missing_short_or_long() {
    let content = small_content();
    let info = several_files(&content, &[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t/sub/0");
    write_all(&mut FilesStorage::open(folder.path(), &info).unwrap(), &content);
    let whole = fs::read(&path).unwrap();
    let verified = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let mut storage = FilesStorage::open(folder.path(), &info).unwrap();
        (0..3).map(|piece| verify(&mut storage, piece)).collect::<Vec<_>>()
    };
    assert_eq!(verified(&whole), [true, true, true]);
    assert_eq!(verified(&whole[..99_999]), [true, true, false]);
    assert_eq!(verified(&[&whole[..], b"more"].concat()), [true, true, true]);
    let mut storage = FilesStorage::open(folder.path(), &info).unwrap();
    write_all(&mut storage, &content);
    assert_eq!(fs::metadata(&path).unwrap().len(), 100_004, "bytes beyond the torrent are not ours");
    fs::remove_file(&path).unwrap();
    let mut storage = FilesStorage::open(folder.path(), &info).unwrap();
    assert!(is_missing(&perform(&mut storage, Work::Read { piece: 0, begin: 0, length: 1 })));
    assert_eq!(perform(&mut storage, Work::Verify { piece: 0 }), Outcome::Verified(Ok(false)));
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_target_folder_are_refused() {
    use std::os::unix::fs::symlink;
    let content = small_content();
    let info = several_files(&content, &[]);
    let write = |folder: &Path| {
        let mut storage = FilesStorage::open(folder, &info).unwrap();
        perform(&mut storage, Work::Write { piece: 0, begin: 0, data: content.block(0, 0).into() })
    };
    let refused =
        |outcome| matches!(outcome, Outcome::Written(Err(error)) if error.kind == DiskErrorKind::Io);
    let outside = tempfile::tempdir().unwrap();

    let folder = tempfile::tempdir().unwrap();
    symlink(outside.path(), folder.path().join("t")).unwrap();
    assert!(refused(write(folder.path())), "a folder's link out");

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("t/sub")).unwrap();
    symlink(outside.path().join("new"), folder.path().join("t/sub/0")).unwrap();
    assert!(refused(write(folder.path())), "a link to what does not exist");

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("t/sub")).unwrap();
    symlink(outside.path().join("empty"), folder.path().join("t/sub/0")).unwrap();
    let empty = several_files(&content, &[0]);
    assert!(FilesStorage::open(folder.path(), &empty).is_err(), "an empty file is made at once");

    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);

    fs::write(outside.path().join("secret"), vec![7; 100_000]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("t/sub")).unwrap();
    symlink(outside.path().join("secret"), folder.path().join("t/sub/0")).unwrap();
    assert!(refused(write(folder.path())), "a link to a file that exists");
    let mut storage = FilesStorage::open(folder.path(), &info).unwrap();
    let read = perform(&mut storage, Work::Read { piece: 0, begin: 0, length: 1 });
    assert!(matches!(read, Outcome::Read(Err(_))), "nor is it read: {read:?}");
    assert_eq!(fs::read(outside.path().join("secret")).unwrap(), [7; 100_000]);

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("t/sub/0")).unwrap();
    assert!(refused(write(folder.path())), "a folder in the place of a file");

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
    symlink(folder.path().join("elsewhere"), folder.path().join("t")).unwrap();
    assert_eq!(write(folder.path()), Outcome::Written(Ok(())));
    assert!(folder.path().join("elsewhere/sub/0").is_file());
}
