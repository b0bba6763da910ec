//! A download that is killed at random moments, again and again, loses nothing that it had verified.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rand::SeedableRng;
use swarmlab_engine::random::{Rng, below};
use tempfile::tempdir;

use crate::running::Running;
use crate::swarmlab::{same, swarmlab};

const KILLS: u32 = 50;
const SEED: u64 = 20_261_129;
const PIECES: usize = 256;
const PIECE_BYTES: usize = 64 * 1024;
/// The seed takes ten seconds for all of it, and the download lives for a fifth of a second at a time.
const SEED_RATE: &str = "1600 kB/s";

fn download(folder: &Path, to: &str, more: &[&str]) -> Running {
    let mut command = swarmlab(folder, ["download", "data.torrent", "--to", to]);
    command.args(["--no-tracker", "--bind", "127.0.0.1", "--json"]).args(more);
    Running::start(command)
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
    let folder = tempdir().unwrap();
    let path = folder.path();
    let content: Vec<u8> = (0..PIECES * PIECE_BYTES).map(|_| below(&mut rng, 256) as u8).collect();
    ["whole", "target"].iter().for_each(|name| fs::create_dir(path.join(name)).unwrap());
    fs::write(path.join("whole/data"), &content).unwrap();
    let made = swarmlab(path, ["make", "whole/data", "--piece-length", "64KiB"]).output().unwrap();
    assert!(made.status.success());
    let mut seed = download(path, "whole", &["--seed", "--up", SEED_RATE]);
    let address = seed.wait_for("listening")["address"].as_str().unwrap().to_owned();
    let (mut before, mut grown) = (0, 0);
    for kill in 0..KILLS {
        let on_disk = whole_pieces(&content, &path.join("target/data"));
        let mut leech = download(path, "target", &["--peer", &address]);
        if kill > 0 {
            let found = leech.wait_for("checked")["pieces_held"].as_u64().unwrap();
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
