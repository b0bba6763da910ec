//! What `--help` says.

use tempfile::tempdir;

use crate::swarmlab::{run, transcript};

#[test]
fn of_the_command() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["--help"])));
}

#[test]
fn of_compare() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["compare", "--help"])));
}

#[test]
fn of_download() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["download", "--help"])));
}

#[test]
fn of_explore() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["explore", "--help"])));
}

#[test]
fn of_make() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["make", "--help"])));
}

#[test]
fn of_show() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["show", "--help"])));
}

#[test]
fn of_tracker() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["tracker", "--help"])));
}

#[test]
fn of_simulate() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["simulate", "--help"])));
}

#[test]
fn of_schema() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["schema", "--help"])));
}

#[test]
fn of_report() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["report", "--help"])));
}

#[test]
fn of_validate() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["validate", "--help"])));
}

#[test]
fn of_mutants() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["mutants", "--help"])));
}

#[test]
fn of_baseline() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["baseline", "--help"])));
}

#[test]
fn of_gate() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["gate", "--help"])));
}

#[test]
fn of_gate_quality() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["gate-quality", "--help"])));
}

#[test]
fn of_worlds() {
    insta::assert_snapshot!(transcript(&run(tempdir().unwrap().path(), &["worlds", "--help"])));
}

#[test]
fn of_sweep() {
    let steps: [&[&str]; 6] = [&[], &["plan"], &["exec"], &["status"], &["merge"], &["submit"]];
    let help = |step: &&[&str]| {
        let arguments = [&["sweep"], *step, &["--help"]].concat();
        transcript(&run(tempdir().unwrap().path(), &arguments))
    };
    insta::assert_snapshot!(steps.iter().map(help).collect::<Vec<_>>().join("\n"));
}
