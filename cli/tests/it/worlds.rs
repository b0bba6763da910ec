//! The turmoil world and the comparison of both worlds, as a user meets them.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::swarmlab::{run, transcript};

const SCENARIO: &str = r#"# Does a small swarm do the same in both worlds?
seed = 3
[torrent]
size = "2 MiB"
piece_length = "64 KiB"
[peers.seed]
count = 1
has = "all"
up = "4 Mbit/s"
down = "20 Mbit/s"
[peers.leecher]
count = 4
up = "4 Mbit/s"
down = "20 Mbit/s"
"#;

fn folder() -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SCENARIO).unwrap();
    folder
}

fn figures(folder: &Path, more: &[&str]) -> Value {
    let output = run(folder, &[&["simulate", "small.toml", "--world", "turmoil", "--json"], more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

/// Each is a process of its own.
#[test]
fn the_digest_of_the_turmoil_world_is_the_same_in_every_process() {
    let folder = folder();
    let digest = |more: &[&str]| figures(folder.path(), more)["digest"].clone();
    let one = digest(&["--no-report"]);
    assert_eq!(one, digest(&["--no-metrics"]));
    assert_eq!(one, digest(&["--no-metrics", "--hash", "full", "--check", "strict"]));
    assert_ne!(one, digest(&["--no-metrics", "--seed", "4"]));
}

#[test]
fn a_run_in_the_turmoil_world_leaves_a_folder_like_any_other() {
    let folder = folder();
    let figures = figures(folder.path(), &["--out", "run"]);
    assert_eq!(figures["world"], "turmoil");
    assert_eq!(figures["completed"], 4);
    assert_eq!(figures["audit"]["wrong"], 0);
    let page = fs::read_to_string(folder.path().join("run/report.html")).unwrap();
    assert!(page.contains("turmoil"), "the page names the world");
    for table in ["peers", "timeline", "progress", "pieces", "transfers", "flows", "acquisitions", "events"] {
        assert!(folder.path().join("run").join(format!("{table}.parquet")).exists(), "{table}");
    }
}

#[test]
fn what_the_turmoil_world_can_not_do_is_refused_with_its_place() {
    let folder = folder();
    let lossy = format!("{SCENARIO}loss = \"1 %\"\n[network]\njitter = \"5 ms\"\n");
    fs::write(folder.path().join("lossy.toml"), lossy).unwrap();
    let refused = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2));
        transcript(&output)
    };
    insta::assert_snapshot!(refused(&["simulate", "lossy.toml", "--world", "turmoil"]));
    insta::assert_snapshot!(refused(&["worlds", "small.toml", "--set", "peers.leecher.count=100"]));
    insta::assert_snapshot!(refused(&["simulate", "small.toml", "--world", "turmoil", "--pcap", "x.pcapng"]));
}

#[test]
fn both_worlds_are_compared_and_the_page_is_written() {
    let folder = folder();
    let arguments = ["worlds", "small.toml", "--seeds", "2", "--json", "--page", "worlds.md"];
    let output = run(folder.path(), &arguments);
    assert!(output.status.success(), "{}", transcript(&output));
    let comparison: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(comparison["seeds"], serde_json::json!([1, 2]));
    let scenario = &comparison["scenarios"][0];
    assert_eq!((scenario["event"].as_array().unwrap().len(), scenario["hosts"].clone()), (2, 5.into()));
    let page = fs::read_to_string(folder.path().join("worlds.md")).unwrap();
    assert!(page.contains("| small | 5 |") && page.contains("| agrees |"), "{page}");
}

/// Where turmoil has no slow start the worlds differ, and that fails.
#[test]
fn worlds_that_disagree_fail() {
    let folder = folder();
    let tiny =
        ["--set", "torrent.size=64KiB", "--set", "network.latency=400ms", "--set", "peers.seed.up=100Mbit/s"];
    let output = run(folder.path(), &[&["worlds", "small.toml", "--seeds", "1"][..], &tiny].concat());
    assert_eq!(output.status.code(), Some(10), "{}", transcript(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("differs"), "{}", transcript(&output));
}
