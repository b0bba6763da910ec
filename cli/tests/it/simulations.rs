//! Scenarios run, their results written, and their reports made again.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::swarmlab::{run, transcript};

const SCENARIO: &str = r#"# Does a small swarm do what it should?
seed = 3
[torrent]
size = "2 MiB"
piece_length = "64 KiB"
[peers.seed]
count = 1
has = "all"
up = "20 Mbit/s"
down = "20 Mbit/s"
[peers.leecher]
count = 4
up = "10 Mbit/s"
down = "40 Mbit/s"
"#;

fn folder() -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SCENARIO).unwrap();
    folder
}

fn figures(folder: &Path, more: &[&str]) -> Value {
    let output = run(folder, &[&["simulate", "small.toml", "--json"], more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

#[test]
fn a_run_leaves_a_folder_from_which_the_report_is_made_again() {
    let folder = folder();
    let output = run(folder.path(), &["simulate", "small.toml"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("small, seed 3: all complete after "), "{}", transcript(&output));
    assert!(text.contains("  completed   4 of 4 leechers\n"), "{text}");
    let page = folder.path().join("runs/small-3/report.html");
    let first = fs::read(&page).unwrap();
    fs::remove_file(&page).unwrap();
    let again = run(folder.path(), &["report", "runs/small-3", "--png"]);
    insta::assert_snapshot!(transcript(&again));
    assert_eq!(fs::read(&page).unwrap(), first);
    assert!(folder.path().join("runs/small-3/plots/progress.png").exists());
}

#[test]
fn the_digest_depends_on_the_seed_and_on_nothing_else() {
    let folder = folder();
    let digest = |more: &[&str]| figures(folder.path(), more)["digest"].clone();
    let one = digest(&["--no-report"]);
    assert_eq!(one, digest(&["--no-metrics"]));
    assert_eq!(one, digest(&["--no-metrics", "--hash", "full"]));
    assert_ne!(one, digest(&["--no-metrics", "--seed", "4"]));
    let quiet = run(folder.path(), &["simulate", "small.toml", "--no-metrics", "--quiet"]);
    assert_eq!(String::from_utf8_lossy(&quiet.stdout).trim(), one.as_str().unwrap());
}

#[test]
fn runs_are_kept_apart_and_never_written_over() {
    let folder = folder();
    for _ in 0..2 {
        figures(folder.path(), &["--no-report"]);
    }
    assert!(folder.path().join("runs/small-3/summary.json").exists());
    assert!(folder.path().join("runs/small-3.2/summary.json").exists());
    let over = run(folder.path(), &["simulate", "small.toml", "--out", "runs/small-3"]);
    insta::assert_snapshot!(transcript(&over));
}

#[test]
fn values_can_be_set_from_outside() {
    let figures = figures(folder().path(), &["--no-metrics", "--set", "peers.leecher.count=2"]);
    assert_eq!((&figures["peers"], &figures["completed"]), (&3.into(), &2.into()));
}

#[test]
fn a_mistake_in_a_scenario_is_shown_where_it_stands() {
    let folder = folder();
    let output = run(folder.path(), &["simulate", "small.toml", "--set", "peers.leecher.cont=2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(transcript(&output).contains("^^^^ did you mean `count`?"), "{}", transcript(&output));
    insta::assert_snapshot!(transcript(&run(folder.path(), &["simulate", "missing.toml"])));
}

#[test]
fn a_capture_and_a_trace_are_written_beside_a_run_and_change_nothing() {
    let folder = folder();
    let output = run(
        folder.path(),
        &[
            "simulate",
            "small.toml",
            "--pcap",
            "all.pcapng",
            "--pcap-peers",
            "0,2-3",
            "--trace",
            "all.json",
            "--png",
        ],
    );
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.ends_with("  capture     all.pcapng\n  trace       all.json\n"), "{}", transcript(&output));
    let digest = run(folder.path(), &["simulate", "small.toml", "--no-metrics", "--quiet"]);
    assert!(text.contains(String::from_utf8_lossy(&digest.stdout).trim()), "{text}");
    assert!(fs::metadata(folder.path().join("all.pcapng")).unwrap().len() > 100_000);
    let trace: Value = serde_json::from_slice(&fs::read(folder.path().join("all.json")).unwrap()).unwrap();
    assert!(trace.as_array().unwrap().len() > 100);
    for plot in ["plots/pieces.svg", "plots/pieces.png"] {
        assert!(folder.path().join("runs/small-3").join(plot).exists(), "{plot}");
    }
}

#[test]
fn an_export_is_never_written_over_and_needs_a_place() {
    let folder = folder();
    fs::write(folder.path().join("there"), "mine").unwrap();
    let small = |more: &[&str]| {
        let output =
            run(folder.path(), &[&["simulate", "small.toml", "--no-metrics", "--quiet"], more].concat());
        transcript(&output)
    };
    insta::assert_snapshot!("over_a_file", small(&["--pcap", "there"]));
    insta::assert_snapshot!("into_no_folder", small(&["--trace", "nowhere/trace.json"]));
    insta::assert_snapshot!("of_no_peer", small(&["--pcap", "new", "--pcap-peers", "1,5"]));
    insta::assert_snapshot!("of_no_number", small(&["--pcap", "new", "--pcap-peers", "1,x"]));
    small(&["--pcap", "new", "--trace", "there"]);
    assert_eq!(fs::read_to_string(folder.path().join("there")).unwrap(), "mine");
    assert!(!folder.path().join("new").exists(), "a file for no run is taken away");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_an_export_and_not_the_run() {
    let folder = folder();
    for export in ["--pcap", "--trace"] {
        let output =
            run(folder.path(), &["simulate", "small.toml", "--no-metrics", "--quiet", export, "/dev/full"]);
        assert_eq!(output.stdout.len(), 33, "the digest is printed");
        insta::assert_snapshot!("a_full_disk", transcript(&output).split_once("--- stderr").unwrap().1);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_report_of_no_run_is_refused() {
    insta::assert_snapshot!(transcript(&run(folder().path(), &["report", "."])));
}

#[test]
fn several_runs_are_compared_on_one_page() {
    let folder = folder();
    for (name, seed, up) in [("a", "1", "10 Mbit/s"), ("b", "2", "20 Mbit/s")] {
        let up = format!("peers.seed.up={up}");
        let arguments =
            ["simulate", "small.toml", "--seed", seed, "--set", &up, "--out", name, "--no-report"];
        assert!(run(folder.path(), &arguments).status.success());
    }
    let made = [&["report", "a", "b"][..], &["report", "a", "b", "--png", "--out", "both"]];
    let refused = [
        &["report", "a", "--out", "both"][..],
        &["report", "a", "b", "--out", "a"],
        &["report", "a", "gone"],
        &["report"],
    ];
    let transcripts: Vec<String> = made
        .iter()
        .chain(&refused)
        .map(|arguments| {
            transcript(&run(folder.path(), arguments)).replace(&*folder.path().to_string_lossy(), "")
        })
        .collect();
    insta::assert_snapshot!(transcripts.join("\n"));
    let page = fs::read_to_string(folder.path().join("both/report.html")).unwrap();
    assert!(page.contains("peers.seed.up") && !page.contains("torrent.size"), "only what differs is listed");
    assert!(folder.path().join("both/plots/completion.png").exists());
}
