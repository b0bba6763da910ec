//! Torrent files: those of other people's tools, made ones, and bad ones.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use swarmlab_engine::bencode::{ErrorKind, Limits, Tree};
use swarmlab_engine::metainfo::make::{self, Fields};
use swarmlab_engine::metainfo::{
    Error, FILES_MAX, Geometry, GeometryError, Info, InfoHash, Metainfo, PathError,
};

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn read_fixture(name: &str) -> Metainfo {
    Metainfo::read(&std::fs::read(fixture(name)).unwrap()).unwrap()
}

/// Torrents that stand beside their content, with the info-hash that other tools give them.
pub const WITH_CONTENT: &[(&str, &str, &str)] = &[
    ("leaves.torrent", "Leaves of Grass by Walt Whitman.epub", "d2474e86c95b19b8bcfdb92bc12c9d44667cfa36"),
    ("alice.torrent", "alice.txt", "722fe65b2aa26d14f35b4ad627d20236e481d924"),
    ("numbers.torrent", "numbers", "89d97c2261a21b040cf11caa661a3ba7233bb7e6"),
    ("folder.torrent", "folder", "b88da2caac6648e6c7d7687e3f89085f7e230e6b"),
    ("lots-of-numbers.torrent", "lots-of-numbers", "114ead6243792ba56297edbb9a78dfba84d4fc00"),
];

#[test]
fn torrents_made_of_the_same_content_equal_those_of_other_tools() {
    for (torrent, content, hash) in WITH_CONTENT {
        let theirs = read_fixture(torrent);
        assert_eq!(theirs.info.hash().to_string(), *hash);
        assert_eq!(hash.parse(), Ok(theirs.info.hash()));
        let mut calls = Vec::new();
        let mut progress = |done, total| calls.push((done, total));
        let made =
            make::from_path(&fixture(content), Some(16_384), &Fields::default(), &mut progress).unwrap();
        assert_eq!(made.info, theirs.info, "{torrent}");
        let geometry = made.info.geometry();
        assert_eq!(calls.len(), geometry.piece_count as usize);
        assert_eq!(calls.last(), Some(&(geometry.total_length, geometry.total_length)));
    }
}

#[test]
fn what_stands_around_the_info_does_not_change_the_hash() {
    let plain = read_fixture("leaves.torrent");
    let extra = read_fixture("leaves-metadata.torrent");
    assert_eq!(plain.info, extra.info);
    assert_eq!(plain.created_by.as_deref(), Some("uTorrent/3300"));
    assert_eq!(plain.creation_date, Some(1_375_363_666));
    assert!(plain.tiers.is_empty() && extra.tiers.is_empty());
}

#[test]
fn real_films_have_the_geometry_that_other_tools_show() {
    let sintel = read_fixture("sintel.torrent").info;
    assert_eq!(sintel.hash().to_string(), "c334138ef5bfc2d568ea7324e0e2a3a7ec229bdd");
    assert_eq!(sintel.geometry(), Geometry::new(5_490_455_272, 4 << 20).unwrap());
    assert_eq!(sintel.geometry().piece_count, 1310);
    let bunny = read_fixture("bunny.torrent").info;
    assert_eq!(bunny.hash().to_string(), "af8f10f30bf9aefecf3686922bfa0d5bd290a395");
    assert_eq!((bunny.geometry().piece_count, bunny.geometry().piece_size(829)), (830, 204_739));
}

#[test]
fn the_corrupt_torrent_is_refused() {
    let bytes = std::fs::read(fixture("corrupt.torrent")).unwrap();
    assert_eq!(Metainfo::read(&bytes), Err(Error::Field("name")));
}

fn int(int: i64) -> Tree<'static> {
    Tree::Int(int)
}

fn bytes(length: usize) -> Tree<'static> {
    Tree::from(vec![7; length])
}

fn file<'a>(length: i64, path: &[&'a str]) -> Tree<'a> {
    Tree::dict([("length", int(length)), ("path", Tree::list(path.iter().map(|name| Tree::from(*name))))])
}

fn read_info<'a>(entries: impl IntoIterator<Item = (&'a str, Tree<'a>)>) -> Result<Info, Error> {
    let usual = [("name", Tree::from("t")), ("piece length", int(100)), ("pieces", bytes(20))];
    Info::read(Tree::dict(usual.into_iter().chain(entries)).encode().into())
}

fn read_files(files: Vec<Tree<'_>>) -> Result<Info, Error> {
    read_info([("files", Tree::List(files))])
}

#[test]
fn sizes_that_do_not_add_up_are_refused() {
    let one = ("length", int(100));
    assert!(read_info([one.clone()]).is_ok());
    for bad in [0, -1, i64::MIN, (64 << 20) + 1, 1 << 32, i64::MAX] {
        let result = read_info([one.clone(), ("piece length", int(bad))]);
        assert_eq!(result, Err(GeometryError::PieceLength.into()), "{bad}");
    }
    for bad in [0, 19, 21, 40] {
        let result = read_info([one.clone(), ("pieces", bytes(bad))]);
        assert_eq!(result, Err(Error::Pieces { bytes: bad, pieces: 1 }));
    }
    assert_eq!(read_info([("length", int(101))]), Err(Error::Pieces { bytes: 20, pieces: 2 }));
    assert_eq!(read_info([("length", int(0))]), Err(GeometryError::Empty.into()));
    assert_eq!(read_info([("length", int(-1))]), Err(GeometryError::TotalLength.into()));
    assert_eq!(read_info([("length", int(i64::MAX))]), Err(GeometryError::TotalLength.into()));
    let sum = read_files(vec![file(1 << 45, &["a"]), file(1, &["b"])]);
    assert_eq!(sum, Err(GeometryError::TotalLength.into()));
    let overflow = read_files(vec![file(1, &["a"]), file(i64::MAX, &["b"]), file(i64::MAX, &["c"])]);
    assert_eq!(overflow, Err(GeometryError::TotalLength.into()));
    let many = read_info([("length", int(1 << 45)), ("piece length", int(1))]);
    assert_eq!(many, Err(GeometryError::TooManyPieces.into()));
    assert_eq!(read_files(vec![]), Err(GeometryError::Empty.into()));
    assert_eq!(read_info([one, ("files", Tree::list([]))]), Err(Error::SingleAndMulti));
    assert_eq!(read_info([]), Err(Error::Field("length")));
    assert_eq!(read_files(vec![file(0, &["a"]); FILES_MAX + 1]), Err(Error::TooManyFiles));
}

#[test]
fn paths_that_could_do_harm_are_refused() {
    let path = |path: &[&str]| match read_files(vec![file(100, path)]) {
        Ok(info) => Ok(info.files()[0].path.clone()),
        Err(error) => Err(error),
    };
    assert_eq!(path(&["a", "b"]).unwrap(), ["t", "a", "b"]);
    assert_eq!(path(&[]), Err(PathError::Empty.into()));
    assert_eq!(path(&["a", ""]), Err(PathError::Empty.into()));
    assert_eq!(path(&["..", "b"]), Err(PathError::Dots("..".into()).into()));
    assert_eq!(path(&["/etc"]), Err(PathError::Separator("/etc".into()).into()));
    assert_eq!(path(&["a\0"]), Err(PathError::Control("a\0".into()).into()));
    assert_eq!(path(&["x"; 64]), Err(PathError::TooDeep.into()));
    assert!(path(&["x"; 63]).is_ok());
    let twice = read_files(vec![file(50, &["A"]), file(50, &["a"])]);
    assert_eq!(twice, Err(PathError::Collision("t/a".into()).into()));
    let both = read_files(vec![file(50, &["a"]), file(50, &["A", "b"])]);
    assert_eq!(both, Err(PathError::Collision("t/a".into()).into()), "a file and a folder");
}

#[test]
fn a_name_that_could_do_harm_is_refused_under_each_of_its_keys() {
    for bad in ["", ".", "..", "/etc/passwd", "../../etc", "..\\up", "a\0b", "a\nb"] {
        for key in ["name", "name.utf-8"] {
            let single = read_info([("length", int(100)), (key, Tree::from(bad))]);
            assert!(matches!(single, Err(Error::Path(_))), "{key}: {bad:?}");
            let several = read_info([("files", Tree::List(vec![file(100, &["a"])])), (key, Tree::from(bad))]);
            assert!(matches!(several, Err(Error::Path(_))), "{key} of a folder: {bad:?}");
        }
        for key in ["path", "path.utf-8"] {
            let path = Tree::list([Tree::from("a"), Tree::from(bad)]);
            let entry =
                Tree::dict([("length", int(100)), ("path", Tree::list([Tree::from("x")])), (key, path)]);
            assert!(matches!(read_files(vec![entry]), Err(Error::Path(_))), "{key}: {bad:?}");
        }
    }
}

#[test]
fn fields_of_a_wrong_type_are_refused() {
    let length = || ("length", int(100));
    for (field, wrong) in [
        ("name", int(1)),
        ("piece length", Tree::from("100")),
        ("pieces", int(20)),
        ("pieces", Tree::list([bytes(20)])),
        ("length", Tree::from("100")),
    ] {
        assert_eq!(read_info([length(), (field, wrong)]), Err(Error::Field(field)));
    }
    assert_eq!(read_info([("files", Tree::dict([]))]), Err(Error::Field("files")));
    assert_eq!(read_files(vec![int(1)]), Err(Error::Field("files")));
    let entry = |path| Tree::dict([("length", int(100)), ("path", path)]);
    assert_eq!(read_files(vec![entry(Tree::from("a"))]), Err(Error::Field("path")));
    assert_eq!(read_files(vec![entry(Tree::list([int(1)]))]), Err(Error::Field("path")));
    for torrent in [&b"le"[..], b"de", b"d4:infoi1ee", b"d4:infolee"] {
        assert!(matches!(Metainfo::read(torrent), Err(Error::Field(_))), "{}", torrent.escape_ascii());
    }
}

#[test]
fn a_torrent_file_over_the_limit_or_with_something_behind_it_is_refused() {
    let refused = |bytes: &[u8]| match Metainfo::read(bytes) {
        Err(Error::Bencode(error)) => error.kind,
        other => panic!("{other:?}"),
    };
    let mut torrent = std::fs::read(fixture("leaves.torrent")).unwrap();
    torrent.push(b'e');
    assert_eq!(refused(&torrent), ErrorKind::TrailingBytes);
    torrent.resize(Limits::TORRENT.bytes_max + 1, b'e');
    assert_eq!(refused(&torrent), ErrorKind::TooLong);
    assert_eq!(refused(b"d4:infode4:infodee"), ErrorKind::RepeatedKey);
}

#[test]
fn padding_takes_room_in_the_content_and_none_on_the_disk() {
    let pad = Tree::dict([("attr", Tree::from("p")), ("length", int(30))]);
    let link =
        Tree::dict([("attr", Tree::from("l")), ("length", int(0)), ("path", Tree::list([Tree::from("l")]))]);
    let info = read_files(vec![file(20, &["a"]), pad.clone(), file(10, &["b"]), pad, link]).unwrap();
    let places: Vec<_> = info.files().iter().map(|f| (f.path.len(), f.offset, f.length, f.padding)).collect();
    assert_eq!(places, [(2, 0, 20, false), (0, 20, 30, true), (2, 50, 10, false), (0, 60, 30, true)]);
    assert_eq!(info.geometry().total_length, 90);
}

#[test]
fn only_version_1_hashes_are_read() {
    let entries = [("length", int(100)), ("meta version", int(2)), ("file tree", Tree::dict([]))];
    assert!(read_info(entries.clone()).is_ok(), "a hybrid");
    let tree =
        Tree::dict(entries.into_iter().chain([("name", Tree::from("t")), ("piece length", int(16_384))]));
    assert_eq!(Info::read(tree.encode().into()), Err(Error::Version2Only));
}

#[test]
fn the_hash_is_over_the_original_bytes() {
    let raw = b"d4:name1:t6:lengthi5e12:piece lengthi5e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
    let torrent = [b"d4:info".as_slice(), raw, b"8:announce10:http://a/be"].concat();
    let read = Metainfo::read(&torrent).unwrap();
    assert_eq!(read.info.hash(), InfoHash::of(raw));
    assert_eq!(read.tiers, [["http://a/b"]]);
    assert_eq!(Metainfo::read(&read.to_bytes()), Ok(read));
}

#[test]
fn fields_of_a_made_torrent_are_read_back() {
    let fields = Fields {
        tiers: vec![vec!["http://a/announce".into(), "http://b/announce".into()], vec!["http://c/".into()]],
        private: true,
        creation_date: Some(1_700_000_000),
        comment: Some("für alle".into()),
        created_by: Some("swarmlab".into()),
    };
    let geometry = Geometry::new(100_000, 20_000).unwrap();
    let made = make::from_source("c", geometry, &fields, |piece, bytes| bytes.fill(piece as u8)).unwrap();
    assert!(made.info.private());
    assert_eq!(Metainfo::read(&made.to_bytes()).unwrap(), made);
    assert_eq!(made.tiers, fields.tiers);
    let bare = make::from_hashes("c", geometry, made.info.piece_hashes(), &Fields::default()).unwrap();
    assert_eq!(bare.info.piece_hashes(), made.info.piece_hashes());
    assert_ne!(bare.info.hash(), made.info.hash(), "private is part of the info dictionary");
}

#[cfg(unix)]
#[test]
fn a_folder_with_a_link_makes_no_torrent() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "a").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("b")).unwrap();
    let made = make::from_path(folder.path(), None, &Fields::default(), &mut |_, _| ());
    assert!(matches!(made, Err(make::MakeError::NotAFile(path)) if path.ends_with("b")));
}

proptest! {
    #[test]
    fn a_damaged_torrent_never_panics(at in any::<prop::sample::Index>(), byte: u8, cut: bool) {
        for torrent in ["lots-of-numbers.torrent", "leaves-metadata.torrent"] {
            let mut bytes = std::fs::read(fixture(torrent)).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if cut {
                bytes.truncate(at + 1);
            }
            let _ = Metainfo::read(&bytes);
        }
    }
}
