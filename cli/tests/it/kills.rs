//! A download that is killed at random moments, again and again, loses nothing that it had verified; one that is stopped
//! need not verify it again.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rand::SeedableRng;
use serde_json::Value;
use swarmlab_engine::random::{Rng, below};
use tempfile::{TempDir, tempdir};

use crate::running::Running;
use crate::swarmlab::{same, swarmlab};

const KILLS: u32 = 50;
const STOPS: u32 = 5;
const SEED: u64 = 20_261_129;
const PIECES: usize = 256;
const PIECE_BYTES: usize = 64 * 1024;
/// The seed takes ten seconds for all of it, and the download lives for a fifth of a second at a time.
const SEED_RATE: &str = "1600 kB/s";
/// Where a download has to live until it tells of its progress, once a second.
const SLOW_SEED_RATE: &str = "400 kB/s";

/// What is there is known: all of it was verified, or as it was left.
fn began(leech: &mut Running) -> Value {
    leech.wait_until(|now| now["event"] == "resumed" || now["event"] == "checked")
}

fn download(folder: &Path, to: &str, more: &[&str]) -> Running {
    let mut command = swarmlab(folder, ["download", "data.torrent", "--to", to]);
    command.args(["--no-tracker", "--bind", "127.0.0.1", "--json"]).args(more);
    Running::start(command)
}

/// The content in one folder, its torrent, and a folder for the download.
fn prepared(rng: &mut Rng) -> (TempDir, Vec<u8>) {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let content: Vec<u8> = (0..PIECES * PIECE_BYTES).map(|_| below(rng, 256) as u8).collect();
    ["whole", "target"].iter().for_each(|name| fs::create_dir(path.join(name)).unwrap());
    fs::write(path.join("whole/data"), &content).unwrap();
    let made = swarmlab(path, ["make", "whole/data", "--piece-length", "64KiB"]).output().unwrap();
    assert!(made.status.success());
    (folder, content)
}

/// How many pieces of the content are whole in this file.
fn whole_pieces(content: &[u8], file: &Path) -> u64 {
    let held = fs::read(file).unwrap_or_default();
    let pairs = content.chunks(PIECE_BYTES).zip(held.chunks(PIECE_BYTES));
    pairs.filter(|(piece, held)| piece == held).count() as u64
}

/// What is verified was written before, so whatever is whole on the disk is found again, and that never becomes less. (The
/// machine goes on, and with it what it has not yet written out; of a machine that fails the last seconds may be lost.)
#[test]
#[expect(clippy::disallowed_methods, reason = "nothing is waited for: the moment of a kill is to be any")]
fn fifty_kills_lose_nothing_and_the_content_is_right() {
    println!("seed {SEED}");
    let mut rng = Rng::seed_from_u64(SEED);
    let (folder, content) = prepared(&mut rng);
    let path = folder.path();
    let mut seed = download(path, "whole", &["--seed", "--up", SEED_RATE]);
    let address = seed.wait_for("listening")["address"].as_str().unwrap().to_owned();
    let (mut before, mut grown) = (0, 0);
    for kill in 0..KILLS {
        let on_disk = whole_pieces(&content, &path.join("target/data"));
        let mut leech = download(path, "target", &["--peer", &address]);
        if kill > 0 {
            // On a slow machine it may have been complete before it was killed.
            let found = began(&mut leech)["pieces_held"].as_u64().unwrap();
            assert!(found >= on_disk, "kill {kill}: {found} pieces, and {on_disk} are on the disk");
            assert!(on_disk >= before, "kill {kill}: {on_disk} pieces, and {before} before");
            grown += u32::from(found > before);
            before = found;
        }
        sleep(Duration::from_millis(below(&mut rng, 400).into()));
        leech.process.kill().unwrap();
        leech.process.wait().unwrap();
    }
    assert!(grown > 10, "it made way between kills: {grown} times");
    let mut leech = download(path, "target", &["--peer", &address]);
    leech.wait_for("complete");
    assert!(leech.end().success());
    assert!(same(&path.join("whole/data"), &path.join("target/data")));
}

/// What a stopped download knows is what is on the disk; what a killed one knows is not believed.
#[test]
fn after_a_stop_nothing_is_verified_again_and_after_a_kill_everything_is() {
    let mut rng = Rng::seed_from_u64(SEED + 1);
    let (folder, content) = prepared(&mut rng);
    let (path, file) = (folder.path(), folder.path().join("target/data"));
    let mut seed = download(path, "whole", &["--seed", "--up", SLOW_SEED_RATE]);
    let address = seed.wait_for("listening")["address"].as_str().unwrap().to_owned();
    let held = |object: Value| object["pieces_held"].as_u64().unwrap();
    let mut leech = download(path, "target", &["--peer", &address]);
    leech.wait_until(|now| now["event"] == "progress" && now["pieces_held"].as_u64().unwrap() > 0);
    for stop in 0..STOPS {
        leech.interrupt();
        let known = held(leech.wait_for("unfinished"));
        assert_eq!(leech.end().code(), Some(130));
        let on_disk = whole_pieces(&content, &file);
        assert!(on_disk >= known, "stop {stop}: {on_disk} pieces are on the disk, {known} were known");
        leech = download(path, "target", &["--peer", &address]);
        let now = began(&mut leech);
        assert_eq!(now["event"], "resumed", "stop {stop}: {now}");
        assert_eq!(held(now), on_disk, "stop {stop}: what is on the disk");
        leech.wait_until(|now| now["event"] == "progress" && now["pieces_held"].as_u64().unwrap() > on_disk);
    }
    leech.process.kill().unwrap();
    leech.process.wait().unwrap();
    let on_disk = whole_pieces(&content, &file);
    let mut leech = download(path, "target", &["--peer", &address]);
    let now = began(&mut leech);
    assert_eq!(now["event"], "checked", "{now}");
    assert_eq!(held(now), on_disk);
    drop(leech);
    let mut fast = download(path, "whole", &["--seed"]);
    let address = fast.wait_for("listening")["address"].as_str().unwrap().to_owned();
    let mut leech = download(path, "target", &["--peer", &address]);
    leech.wait_for("complete");
    assert!(leech.end().success());
    assert!(same(&path.join("whole/data"), &file));

    let mut again = download(path, "target", &[]);
    assert_eq!(held(again.wait_for("resumed")), PIECES as u64);
    assert!(again.end().success());
    let mut again = download(path, "target", &["--recheck"]);
    assert_eq!(held(again.wait_for("checked")), PIECES as u64);
    assert!(again.end().success());
}

/// A seed has noted what it has when it says so, and what was changed since is found out.
#[test]
fn a_killed_seed_begins_at_once_unless_its_content_was_changed() {
    let mut rng = Rng::seed_from_u64(SEED + 2);
    let (folder, content) = prepared(&mut rng);
    let (path, file) = (folder.path(), folder.path().join("whole/data"));
    let is_kept = || {
        let mut names = fs::read_dir(path.join("whole")).unwrap().map(|entry| entry.unwrap().file_name());
        names.any(|name| name.to_string_lossy().ends_with(".swarmlab"))
    };
    let mut seed = download(path, "whole", &["--seed"]);
    seed.wait_for("complete");
    // It is written beside the seeding; there is no event for that.
    while !is_kept() {
        std::thread::yield_now();
    }
    seed.process.kill().unwrap();
    seed.process.wait().unwrap();
    let mut seed = download(path, "whole", &["--seed"]);
    seed.wait_for("resumed");
    // While it seeds somebody changes a byte: what it noted before is true of the old content only.
    let mut spoilt = content.clone();
    spoilt[PIECE_BYTES * 5] ^= 1;
    fs::write(&file, &spoilt).unwrap();
    seed.interrupt();
    seed.end();
    let mut seed = download(path, "whole", &["--seed"]);
    let note = seed.wait_for("note");
    assert!(note["text"].as_str().unwrap().ends_with("not used: data was changed since"), "{note}");
    assert_eq!(seed.wait_for("checked")["pieces_held"].as_u64().unwrap(), PIECES as u64 - 1);
}
