//! The planted bugs, as far as that can be seen without building them.

use tempfile::tempdir;

use crate::swarmlab::{run, transcript};

/// The sources change, and with them the texts in whose place bugs are planted. If this fails, mend `mutants/*.toml`.
#[test]
fn every_planted_bug_has_its_place_in_the_sources() {
    let output = run(tempdir().unwrap().path(), &["mutants", "--check"]);
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
}

#[test]
fn a_bug_that_nobody_planted_is_refused_before_anything_is_built() {
    let output = run(tempdir().unwrap().path(), &["mutants", "--only", "canary,no-such-bug"]);
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    assert!(transcript(&output).contains("`no-such-bug`"), "{}", transcript(&output));
}

#[test]
fn the_list_names_every_bug_and_what_it_does() {
    let output = run(tempdir().unwrap().path(), &["mutants", "--list"]);
    let text = transcript(&output);
    assert!(text.contains("canary ") && text.contains("Endgame is never entered"), "{text}");
}
