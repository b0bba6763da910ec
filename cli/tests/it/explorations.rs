//! Searches for broken properties, taken up again, and refused.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::swarmlab::{run, transcript};

#[test]
fn a_search_leaves_a_folder_and_goes_on_from_there() {
    let folder = tempdir().unwrap();
    let explore = |more: &[&str]| {
        let output = run(folder.path(), &[&["explore", "--json", "--no-shrink"], more].concat());
        let found: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", transcript(&output)));
        assert!(matches!(output.status.code(), Some(0 | 11)), "{}", transcript(&output));
        assert_eq!(output.status.code() == Some(11), found["violations"] != 0);
        found
    };
    let lines = |name: &str| fs::read_to_string(folder.path().join(name).join("search.jsonl")).unwrap();
    let first = explore(&["--seeds", "5"]);
    assert_eq!((first["from"].clone(), first["seeds"].clone()), (1.into(), 5.into()));
    let summary = fs::read_to_string(folder.path().join("runs/explore-1/summary.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&summary).unwrap(), first);
    let second = explore(&["--seeds", "3", "--resume", "runs/explore-1"]);
    assert_eq!(second["seeds"], 8);
    explore(&["--seeds", "8", "--threads", "1", "--out", "whole"]);
    assert_eq!(lines("runs/explore-1"), lines("whole"));
}

#[test]
fn a_search_goes_on_in_its_world() {
    let folder = tempdir().unwrap();
    let explore = |more: &[&str]| {
        let output = run(folder.path(), &[&["explore", "--no-shrink"], more].concat());
        assert!(matches!(output.status.code(), Some(0 | 11)), "{}", transcript(&output));
    };
    let lines = |name: &str| fs::read_to_string(folder.path().join(name).join("search.jsonl")).unwrap();
    explore(&["--world", "turmoil", "--from", "3", "--seeds", "1", "--out", "parts"]);
    explore(&["--resume", "parts", "--seeds", "1"]);
    explore(&["--world", "turmoil", "--from", "3", "--seeds", "2", "--out", "whole"]);
    assert_eq!(lines("parts"), lines("whole"));
    assert_eq!(lines("whole").matches(r#""world":"turmoil""#).count(), 2);
    let elsewhere = run(folder.path(), &["explore", "--resume", "parts", "--world", "event"]);
    assert_eq!(elsewhere.status.code(), Some(2), "{}", transcript(&elsewhere));
}

#[test]
fn a_search_is_never_written_over() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("old")).unwrap();
    fs::write(folder.path().join("old/search.jsonl"), "").unwrap();
    insta::assert_snapshot!(transcript(&run(folder.path(), &["explore", "--out", "old"])));
    insta::assert_snapshot!(transcript(&run(folder.path(), &["explore", "--resume", "nowhere"])));
    insta::assert_snapshot!(transcript(&run(folder.path(), &["explore", "--minutes", "-1"])));
}
