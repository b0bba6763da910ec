//! The simulation held against what is known, in the short form.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::swarmlab::{run, transcript};

/// The streams of the network need no swarm and take a few seconds; one small swarm goes with them.
const SHORT: [&str; 6] = ["validate", "--short", "--only", "v8,v9,v11", "--seeds", "1"];

#[test]
fn nothing_proved_is_broken() {
    let folder = tempdir().unwrap();
    let output = run(folder.path(), &SHORT);
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("V11 Streams\n") && text.contains("V9 Super-seeding\n"), "{text}");
    for file in ["report.html", "validation.json", "values.csv", "scenarios/clustering.toml"] {
        assert!(folder.path().join("runs/validate-short-1").join(file).exists(), "{file}");
    }
}

#[test]
fn the_number_of_threads_changes_no_value() {
    let folder = tempdir().unwrap();
    let values = |threads: &str| {
        let only = ["validate", "--short", "--only", "v8", "--seeds", "2", "--json", "--threads", threads];
        let output = run(folder.path(), &[&only[..], &["--out", threads]].concat());
        let validation: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let values = fs::read_to_string(folder.path().join(threads).join("values.csv")).unwrap();
        (validation["experiments"].clone(), values)
    };
    assert_eq!(values("1"), values("3"));
}

#[test]
fn an_experiment_that_there_is_not_is_refused() {
    let folder = tempdir().unwrap();
    let unknown = run(folder.path(), &["validate", "--only", "v12"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", transcript(&unknown));
}
