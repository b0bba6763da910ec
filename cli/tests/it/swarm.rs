//! Real downloads over loopback: processes that find each other, are interrupted, killed, and go on.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};

use crate::running::Running;
use crate::swarmlab::{copy_into, fixture, same, swarmlab};

/// How a `swarmlab download --json` is started.
struct Download;

impl Download {
    fn start(torrent: &Path, to: &Path, more: &[&str]) -> Running {
        let mut command = swarmlab(to, ["download"]);
        command.arg(torrent).args(["--to", ".", "--no-tracker", "--bind", "127.0.0.1", "--json"]).args(more);
        Running::start(command)
    }

    fn seed(torrent: &Path, to: &Path) -> (Running, String) {
        let mut seed = Download::start(torrent, to, &["--seed"]);
        let address = seed.wait_for("listening")["address"].as_str().unwrap().to_owned();
        (seed, address)
    }
}

const CONTENT: [(&str, &str); 5] = [
    ("leaves", "Leaves of Grass by Walt Whitman.epub"),
    ("alice", "alice.txt"),
    ("numbers", "numbers"),
    ("folder", "folder"),
    ("lots-of-numbers", "lots-of-numbers"),
];

#[test]
fn every_fixture_arrives_byte_for_byte() {
    for (name, content) in CONTENT {
        for more in [&[][..], &["--no-fast"]] {
            let (shared, target) = (tempdir().unwrap(), tempdir().unwrap());
            let torrent = fixture(&format!("{name}.torrent"));
            copy_into(&fixture(content), shared.path());
            let (mut seed, address) = Download::seed(&torrent, shared.path());
            let arguments = [&["--peer", &address][..], more].concat();
            let mut leech = Download::start(&torrent, target.path(), &arguments);
            let complete = leech.wait_for("complete");
            assert_eq!(complete["downloaded"], complete["bytes"], "{name}");
            assert!(leech.end().success(), "{name}");
            assert!(same(&fixture(content), &target.path().join(content)), "{name}");
            seed.interrupt();
            assert!(seed.end().success(), "a seed has nothing left to do when it is interrupted");
        }
    }
}

/// A file of 64 pieces, its torrent, and a place where its first half is intact.
struct Halved {
    folder: TempDir,
}

const PIECES: usize = 64;
const PIECE_BYTES: usize = 32 * 1024;

impl Halved {
    fn new() -> Halved {
        let folder = tempdir().unwrap();
        let content: Vec<u8> = (0..PIECES * PIECE_BYTES).map(|at| (at / 7 + at % 251) as u8).collect();
        for place in ["whole", "half", "target"] {
            fs::create_dir(folder.path().join(place)).unwrap();
        }
        fs::write(folder.path().join("whole/data"), &content).unwrap();
        let mut half = content;
        half[PIECES / 2 * PIECE_BYTES..].fill(0);
        fs::write(folder.path().join("half/data"), half).unwrap();
        let make = ["make", "whole/data", "--piece-length", "32KiB"];
        assert!(swarmlab(folder.path(), make).output().unwrap().status.success());
        Halved { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A download that has got the first half, from somebody who has no more.
    fn download_half(&self) -> Running {
        let (_seed, address) = Download::seed(&self.path("data.torrent"), &self.path("half"));
        let mut leech =
            Download::start(&self.path("data.torrent"), &self.path("target"), &["--peer", &address]);
        leech.wait_until(|object| object["pieces_held"] == PIECES / 2);
        leech
    }

    /// Goes on from a whole seed, and says how much had to be fetched.
    fn go_on(&self) -> u64 {
        let (_seed, address) = Download::seed(&self.path("data.torrent"), &self.path("whole"));
        let mut leech =
            Download::start(&self.path("data.torrent"), &self.path("target"), &["--peer", &address]);
        let complete = leech.wait_for("complete");
        assert!(leech.end().success());
        assert!(same(&self.path("whole/data"), &self.path("target/data")));
        complete["downloaded"].as_u64().unwrap()
    }
}

#[test]
fn a_killed_download_goes_on_where_it_was() {
    let halved = Halved::new();
    halved.download_half().process.kill().unwrap();
    assert_eq!(halved.go_on(), (PIECES / 2 * PIECE_BYTES) as u64);
}

#[test]
fn an_interrupted_download_says_so_and_goes_on() {
    let halved = Halved::new();
    let mut leech = halved.download_half();
    leech.interrupt();
    assert_eq!(leech.wait_for("unfinished")["pieces_held"], PIECES / 2);
    assert_eq!(leech.end().code(), Some(130));
    assert_eq!(halved.go_on(), (PIECES / 2 * PIECE_BYTES) as u64);
}

#[test]
fn what_was_damaged_between_two_runs_is_fetched_again() {
    let halved = Halved::new();
    halved.download_half().process.kill().unwrap();
    let file = halved.path("target/data");
    let mut bytes = fs::read(&file).unwrap();
    bytes[3 * PIECE_BYTES + 5] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(halved.go_on(), ((PIECES / 2 + 1) * PIECE_BYTES) as u64);
}

#[test]
fn what_is_complete_already_needs_nobody() {
    let shared = tempdir().unwrap();
    copy_into(&fixture("numbers"), shared.path());
    let mut download = Download::start(&fixture("numbers.torrent"), shared.path(), &[]);
    assert_eq!(download.wait_for("complete")["downloaded"], 0);
    assert!(download.end().success());
}

#[test]
fn resume_data_that_can_not_be_written_are_a_warning_and_no_failure() {
    let shared = tempdir().unwrap();
    copy_into(&fixture("numbers"), shared.path());
    let shown = printed(shared.path(), &["show", fixture("numbers.torrent").to_str().unwrap(), "--json"]);
    let hash = serde_json::from_str::<serde_json::Value>(&shown).unwrap()["info_hash"].clone();
    // A folder where it would be written: as good as a disk that takes nothing.
    fs::create_dir(shared.path().join(format!(".{}.swarmlab-new", hash.as_str().unwrap()))).unwrap();
    let mut download = Download::start(&fixture("numbers.torrent"), shared.path(), &[]);
    download.wait_for("complete");
    let note = download.wait_for("note");
    assert!(note["text"].as_str().unwrap().starts_with("no resume data, so all is verified"), "{note}");
    assert!(download.end().success());
}

/// What `swarmlab` prints for these arguments.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = swarmlab(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_magnet_link_is_enough_to_download() {
    let (shared, target) = (tempdir().unwrap(), tempdir().unwrap());
    let torrent = fixture("lots-of-numbers.torrent");
    copy_into(&fixture("lots-of-numbers"), shared.path());
    let (seed, address) = Download::seed(&torrent, shared.path());
    let magnet = printed(target.path(), &["show", torrent.to_str().unwrap(), "--magnet"]);
    let with_peer = format!("{magnet}&x.pe={address}");
    let mut leech =
        Download::start(Path::new(&with_peer), target.path(), &["--save-torrent", "saved.torrent"]);
    let metadata = leech.wait_for("metadata");
    assert_eq!(metadata["name"], "lots-of-numbers");
    let complete = leech.wait_for("complete");
    assert_eq!(complete["downloaded"], metadata["bytes"]);
    assert!(leech.end().success());
    assert!(same(&fixture("lots-of-numbers"), &target.path().join("lots-of-numbers")));
    assert_eq!(printed(target.path(), &["show", "saved.torrent", "--magnet"]), magnet, "it was saved");
    // Again, with everything in place: it is verified, and nothing comes twice.
    let mut again = Download::start(Path::new(&magnet), target.path(), &["--peer", &address]);
    assert_eq!(again.wait_for("complete")["downloaded"], 0);
    assert!(again.end().success());
    drop(seed);
}
