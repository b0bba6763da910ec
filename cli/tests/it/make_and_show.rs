//! Torrent files made, and read again.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::tempdir;

use crate::swarmlab::{fixture, run, swarmlab, transcript};

fn show_json(folder: &Path, torrent: &str) -> Value {
    let output = run(folder, &["show", torrent, "--json"]);
    assert!(output.status.success(), "{}", transcript(&output));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn make(folder: &Path, arguments: &[&str]) {
    let command = ["make"].iter().chain(arguments);
    let output = swarmlab(folder, command).env("SOURCE_DATE_EPOCH", "1750000000").output().unwrap();
    assert!(output.status.success(), "{}", transcript(&output));
}

#[test]
fn everything_that_was_asked_for_is_shown() {
    let folder = tempdir().unwrap();
    fs::create_dir_all(folder.path().join("pictures/sea side")).unwrap();
    fs::write(folder.path().join("pictures/a.raw"), vec![7; 300_000]).unwrap();
    fs::write(folder.path().join("pictures/sea side/b.raw"), "waves").unwrap();
    fs::write(folder.path().join("pictures/empty"), "").unwrap();
    make(
        folder.path(),
        &[
            "pictures",
            "--tracker",
            "http://one.example/announce",
            "--tracker",
            "http://two.example/announce",
            "--piece-length",
            "32KiB",
            "--private",
            "--comment",
            "from the\x1b[31m sea",
        ],
    );
    insta::assert_snapshot!(transcript(&run(folder.path(), &["show", "pictures.torrent"])));
    insta::assert_snapshot!(transcript(&run(folder.path(), &["show", "pictures.torrent", "--json"])));
}

#[test]
fn the_same_content_gives_the_same_file_every_time() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("data"), vec![1; 100_000]).unwrap();
    make(folder.path(), &["data", "-o", "one"]);
    make(folder.path(), &["data", "-o", "two"]);
    assert_eq!(fs::read(folder.path().join("one")).unwrap(), fs::read(folder.path().join("two")).unwrap());
}

#[test]
fn what_others_made_can_be_made_again() {
    let folder = tempdir().unwrap();
    let file = fixture("Leaves of Grass by Walt Whitman.epub");
    make(folder.path(), &[file.to_str().unwrap(), "--piece-length", "16KiB", "-o", "ours.torrent"]);
    let theirs = show_json(folder.path(), fixture("leaves.torrent").to_str().unwrap());
    assert_eq!(show_json(folder.path(), "ours.torrent")["info_hash"], theirs["info_hash"]);
}

#[test]
fn a_torrent_is_written_over_only_by_force() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("data"), "old").unwrap();
    make(folder.path(), &["data"]);
    fs::write(folder.path().join("data"), "new").unwrap();
    let before = fs::read(folder.path().join("data.torrent")).unwrap();
    assert_eq!(run(folder.path(), &["make", "data"]).status.code(), Some(2));
    assert_eq!(fs::read(folder.path().join("data.torrent")).unwrap(), before);
    make(folder.path(), &["data", "--force"]);
    assert_ne!(fs::read(folder.path().join("data.torrent")).unwrap(), before);
}

#[test]
fn every_fixture_can_be_shown() {
    for (name, pieces) in [("bunny", 830), ("sintel", 1310), ("leaves-metadata", 23), ("lots-of-numbers", 1)]
    {
        let shown = show_json(Path::new("."), fixture(&format!("{name}.torrent")).to_str().unwrap());
        assert_eq!(shown["pieces"], pieces, "{name}");
    }
}

#[test]
fn a_magnet_link_is_shown_and_a_broken_one_is_explained() {
    let folder = tempdir().unwrap();
    let magnet = "magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK&dn=a%1Bb&tr=http%3A%2F%2Fa%2F&x.pe=10.0.0.1:1&so=0,2-4";
    insta::assert_snapshot!(transcript(&run(folder.path(), &["show", magnet])));
    let shown = show_json(folder.path(), magnet);
    assert_eq!(shown["info_hash"], "c12fe1c06bba254a9dc9f519b335aa7c1367a88a");
    assert_eq!(shown["select"], serde_json::json!([[0, 0], [2, 4]]));
    insta::assert_snapshot!(transcript(&run(folder.path(), &["show", "magnet:?xt=urn:btih:abc"])));
}
