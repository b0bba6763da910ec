//! Comparisons, taken up again, and refused.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::swarmlab::{run, transcript, with_small};

fn compare(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["compare", "--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What only a clock knows is left out.
fn timeless(mut comparison: Value) -> Value {
    for key in ["wall_s", "cpu_s"] {
        comparison[key] = Value::Null;
    }
    comparison
}

/// Torn in the middle of a line, as by a full disk; and with another number of threads.
#[test]
fn a_comparison_goes_on_where_it_was_ended() {
    let folder = with_small();
    let folder = folder.path();
    let whole = compare(
        folder,
        &["small.toml", "--vary", "leecher.picker=rarest-first,sequential", "--seeds", "4", "--threads", "1"],
    );
    let (torn, runs) = (folder.join("runs/compare-small-1"), "runs.jsonl");
    let lines = fs::read_to_string(torn.join(runs)).unwrap();
    assert_eq!(lines.lines().count(), 8);
    fs::write(torn.join(runs), &lines[..lines.len() * 2 / 3]).unwrap();
    fs::remove_file(torn.join("comparison.json")).unwrap();
    let resumed = compare(folder, &["--resume", "runs/compare-small-1", "--threads", "3"]);
    assert_eq!(timeless(resumed), timeless(whole.clone()));
    assert!(torn.join("report.html").exists() && torn.join("variants/2.toml").exists());

    let (last, variant) = (&whole["effects"][0], "sequential");
    assert_eq!((last["measure"].as_str(), last["variant"].as_str()), (Some("last"), Some(variant)));
    assert_eq!(last["verdict"], "worse", "the picker that all can see is worse: {last}");
    // Each run is the run that `simulate` makes of the same seed.
    let record = whole["runs"].as_array().unwrap().iter().find(|run| run["variant"] == 1 && run["seed"] == 3);
    let simulated = run(
        folder,
        &[
            "simulate",
            "small.toml",
            "--seed",
            "3",
            "--set",
            "peers.leecher.picker=sequential",
            "--quiet",
            "--no-metrics",
        ],
    );
    assert_eq!(
        String::from_utf8_lossy(&simulated.stdout).trim(),
        record.unwrap()["digest"].as_str().unwrap()
    );
}

#[test]
fn equal_variants_show_no_difference() {
    let folder = with_small();
    let vary = ["--vary", "stop.at=1 h,2 h", "--seeds", "3"];
    let comparison = compare(folder.path(), &[&["small.toml"], &vary[..]].concat());
    for effect in comparison["effects"].as_array().unwrap() {
        assert!(["no-difference", "unknown"].contains(&effect["verdict"].as_str().unwrap()), "{effect}");
    }
}

#[test]
fn a_sweep_has_an_axis_and_combinations_have_names() {
    let folder = with_small();
    let sweep =
        compare(folder.path(), &["small.toml", "--vary", "seed.up=1Mbit/s..4Mbit/s:log3", "--seeds", "2"]);
    let xs: Vec<f64> = sweep["plan"]["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["x"].as_f64().unwrap())
        .collect();
    assert_eq!(xs, [1.0, 2.0, 4.0]);
    assert!(folder.path().join("runs/compare-small-1/plots/sweep-times.svg").exists());
    let both = ["--vary", "picker=random,rarest-first", "--vary", "seed.up=1Mbit/s,2Mbit/s", "--seeds", "2"];
    let both = compare(folder.path(), &[&["small.toml"], &both[..]].concat());
    let variants = both["plan"]["variants"].as_array().unwrap();
    let names: Vec<&str> = variants.iter().map(|variant| variant["name"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["picker random, seed.up 1Mbit/s", "picker random, seed.up 2Mbit/s"]);
    assert_eq!(names.len(), 4);
}

#[test]
fn what_makes_no_comparison_is_refused() {
    let folder = with_small();
    fs::create_dir(folder.path().join("old")).unwrap();
    fs::write(folder.path().join("old/plan.json"), "{}").unwrap();
    let mistakes: [&[&str]; 7] = [
        &["small.toml"],
        &["small.toml", "--vary", "picker=random"],
        &["small.toml", "--vary", "seed.up=1..2kbit/s"],
        &["small.toml", "--vary", "nobody.up=1kbit/s,2kbit/s"],
        &["small.toml", "--vary", "seed.upp=1kbit/s,2kbit/s"],
        &["small.toml", "--vary", "picker=random,rarest-first", "--out", "old"],
        &["--resume", "old"],
    ];
    let transcripts: Vec<String> = mistakes
        .iter()
        .map(|arguments| transcript(&run(folder.path(), &[&["compare"], *arguments].concat())))
        .collect();
    insta::assert_snapshot!(transcripts.join("\n"));
}
