//! Baselines and gates: what passes, what fails, and what can't be compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use swarmlab_sim::gate::Baseline;
use tempfile::{TempDir, tempdir};

use crate::swarmlab::{SMALL, run, transcript};

const UPPER: &str = r#"format = 1
seeds = 12

[thresholds]
last = "2 %"       # mine
completed = "0.5 points"
seed-copies = "off"

[scenarios.small]
file = "small.toml"

[scenarios.sequential]
file = "small.toml"
set = ["peers.leecher.picker=sequential"]
thresholds = { completed = "off", fairness = "5 %" }
"#;

/// A folder with the scenario and a baseline of it, as it is before it is measured.
fn unmeasured() -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    fs::write(folder.path().join("base.toml"), UPPER).unwrap();
    folder
}

fn measured() -> TempDir {
    let folder = unmeasured();
    let output = run(folder.path(), &["baseline", "base.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    folder
}

fn gate(folder: &Path, arguments: &[&str]) -> Output {
    run(folder, &[&["gate", "--baseline", "base.toml"], arguments].concat())
}

/// Puts something else into a file.
fn edit(folder: &Path, file: &str, change: impl FnOnce(&str) -> String) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(&text);
    assert_ne!(changed, text, "nothing was changed");
    fs::write(path, changed).unwrap();
}

/// What `factor` times as long was once, is now slower or faster.
fn as_if_times_had_been(factor: f64) -> impl FnOnce(&str) -> String {
    move |text| {
        let (upper, lower) = text.split_once("# ----").unwrap();
        let mut is_last = false;
        let line = |line: &str| {
            is_last = (is_last || line.starts_with("last")) && line != "]";
            let figures = line.split(", ").map(|word| {
                let number = word.trim_matches([' ', ',']);
                match number.parse::<f64>() {
                    Ok(figure) if is_last => word.replace(number, &format!("{:?}", figure * factor)),
                    _ => word.to_owned(),
                }
            });
            figures.collect::<Vec<_>>().join(", ") + "\n"
        };
        format!("{upper}# ----{}", lower.lines().map(line).collect::<String>())
    }
}

/// The printed table without what depends on the client (the two means) or on a clock.
fn steady(output: &Output) -> String {
    let line = |line: &str| {
        let mut cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        if cells.len() == 9 && cells[0] != "scenario" {
            cells[2..4].fill("…");
        }
        if line.contains(" wall, ") { String::new() } else { cells.join("  ") + "\n" }
    };
    transcript(output).lines().map(line).collect()
}

#[test]
fn an_unchanged_client_is_identical() {
    let folder = measured();
    insta::assert_snapshot!(steady(&gate(folder.path(), &[])));
    // Comments and the scenario's own seed are no part of what it says.
    edit(folder.path(), "small.toml", |text| format!("seed = 5 # of no account\n{text}"));
    let json: Value =
        serde_json::from_slice(&gate(folder.path(), &["--threads", "1", "--json"]).stdout).unwrap();
    assert_eq!((json["is_passed"].as_bool(), json["runs"].as_u64()), (Some(true), Some(24)));
    let verdicts = json["checks"].as_array().unwrap().iter().map(|check| check["verdict"].as_str().unwrap());
    assert_eq!(verdicts.collect::<Vec<_>>(), ["identical"; 4]);
}

#[test]
fn what_is_worse_fails_and_what_is_better_passes() {
    let folder = measured();
    let files = ["--markdown", "gate.md", "--junit", "gate.xml"];
    edit(folder.path(), "base.toml", as_if_times_had_been(1.0 / 1.1));
    let output = gate(folder.path(), &files);
    assert_eq!(output.status.code(), Some(10));
    insta::assert_snapshot!(steady(&output));
    insta::assert_snapshot!(fs::read_to_string(folder.path().join("gate.xml")).unwrap());
    let markdown = fs::read_to_string(folder.path().join("gate.md")).unwrap();
    assert!(markdown.starts_with("### Swarm gate failed: 2 of 4 checks over 24 runs\n"), "{markdown}");
    assert_eq!(markdown.matches("| **WORSE** |").count(), 2, "{markdown}");
    // One of them alone still fails, the other measures alone do not.
    assert_eq!(gate(folder.path(), &["--only", "small", "--measure", "last"]).status.code(), Some(10));
    assert_eq!(gate(folder.path(), &["--measure", "completed"]).status.code(), Some(0));
    edit(folder.path(), "base.toml", as_if_times_had_been(1.3));
    let output = gate(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(transcript(&output).contains("2 surely better"), "{}", transcript(&output));
}

#[test]
fn figures_that_are_no_more_fail() {
    let folder = measured();
    edit(folder.path(), "base.toml", |text| {
        text.replace("set = [\"peers.leecher.picker=sequential\"]", "set = [\"stop.at=1s\"]")
    });
    // Nobody completes in a second: a baseline of that has no times, and is refused.
    let output = run(folder.path(), &["baseline", "base.toml", "--only", "sequential"]);
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    assert!(transcript(&output).contains("no run has a figure of `"), "{}", transcript(&output));
    // As if it had been measured: now all is lost.
    edit(folder.path(), "small.toml", |text| format!("{text}[stop]\nat = \"1 s\"\n"));
    let digest = |folder: &Path| {
        let path = folder.join("base.toml");
        let entries = Baseline::load(&path).unwrap().entries;
        entries
            .iter()
            .map(|entry| (entry.measured.clone().unwrap().digest, entry.digest().unwrap()))
            .collect::<Vec<_>>()
    };
    for (before, now) in digest(folder.path()) {
        edit(folder.path(), "base.toml", |text| text.replace(&before, &now));
    }
    let output = gate(folder.path(), &["--only", "small"]);
    assert_eq!(output.status.code(), Some(10), "{}", transcript(&output));
    let text = transcript(&output);
    assert!(text.contains("small: 12 runs have no last completion any more"), "{text}");
    assert!(text.contains("small: in 12 runs not everybody completes any more"), "{text}");
}

#[test]
fn mistakes_are_never_a_pass() {
    let folder = measured();
    let path = folder.path();
    let mut transcripts = Vec::new();
    let mut mistaken = |from: &str, to: &str| {
        let before = fs::read_to_string(path.join("base.toml")).unwrap();
        edit(path, "base.toml", |text| text.replacen(from, to, 1));
        transcripts.push(transcript(&gate(path, &[])));
        fs::write(path.join("base.toml"), before).unwrap();
    };
    mistaken("last = \"2 %\"", "lsat = \"2 %\"");
    mistaken("last = \"2 %\"", "last = 2");
    mistaken("completed = \"0.5 points\"", "completed = \"0.5 %\"");
    mistaken("fairness = \"5 %\"", "fairnes = \"5 %\"");
    transcripts.push(transcript(&gate(path, &["--measure", "lastt"])));
    transcripts.push(transcript(&gate(path, &["--seeds", "3"])));
    transcripts.push(transcript(&gate(path, &["--seeds", "13"])));
    transcripts.push(transcript(&gate(path, &["--junit", "nowhere/gate.xml"])));
    insta::assert_snapshot!(transcripts.join("\n"));
}

#[test]
fn nothing_selected_is_no_pass() {
    let folder = measured();
    let none =
        [&["--only", "smal"][..], &["--measure", "waste"], &["--only", "small", "--measure", "fairness"]];
    let transcripts: Vec<String> =
        none.iter().map(|arguments| transcript(&gate(folder.path(), arguments))).collect();
    insta::assert_snapshot!(transcripts.join("\n"));
}

#[test]
fn what_cannot_be_compared_is_no_pass() {
    let folder = unmeasured();
    let path = folder.path();
    let mut transcripts = vec![
        transcript(&run(path, &["gate", "--baseline", "nowhere.toml"])),
        transcript(&run(path, &["gate", "--baseline", "."])),
        transcript(&gate(path, &[])),
    ];
    assert_eq!(run(path, &["baseline", "base.toml"]).status.code(), Some(0));
    let mut changed = |file: &str, from: &str, to: &str| {
        let before = fs::read_to_string(path.join(file)).unwrap();
        edit(path, file, |text| text.replacen(from, to, 1));
        transcripts.push(transcript(&gate(path, &[])));
        fs::write(path.join(file), before).unwrap();
    };
    changed("base.toml", "format = 1", "format = 2");
    changed("base.toml", "picker=sequential", "picker=random");
    changed("base.toml", "seeds = 12", "seeds = 13");
    changed("base.toml", "seeds = 12", "seeds = 12\nfrom = 2");
    changed("base.toml", "seed-copies = \"off\"", "seed-copies = \"1 %\"");
    changed("small.toml", "2 Mbit/s", "3 Mbit/s");
    changed("small.toml", "2 Mbit/s", "2 Mbits");
    insta::assert_snapshot!(transcripts.join("\n"));
}

#[test]
fn a_baseline_is_begun_and_measured_again_without_touching_what_is_its_authors() {
    let folder = measured();
    let path = folder.path();
    let before = fs::read_to_string(path.join("base.toml")).unwrap();
    assert!(before.starts_with(UPPER), "{before}");
    assert_eq!(
        run(path, &["baseline", "base.toml", "--only", "small", "--threads", "3"]).status.code(),
        Some(0)
    );
    assert_eq!(fs::read_to_string(path.join("base.toml")).unwrap(), before);
    fs::create_dir(path.join("scenarios")).unwrap();
    fs::rename(path.join("small.toml"), path.join("scenarios/small.toml")).unwrap();
    let begun = run(path, &["baseline", "baselines/new.toml", "--begin", "scenarios/small.toml"]);
    assert_eq!(begun.status.code(), Some(0), "{}", transcript(&begun));
    let text = fs::read_to_string(path.join("baselines/new.toml")).unwrap();
    let (upper, _) = text.split_once("# ----").unwrap();
    insta::assert_snapshot!(upper);
    assert_eq!(run(path, &["gate", "--baseline", "baselines/new.toml"]).status.code(), Some(0));
    let again = run(path, &["baseline", "baselines/new.toml", "--begin", "scenarios/small.toml"]);
    assert_eq!(again.status.code(), Some(2), "{}", transcript(&again));
}

/// In small what `docs/gate.md` tells in full.
#[test]
fn the_gate_is_tried_out() {
    let folder = unmeasured();
    let arguments =
        ["--seeds", "16", "--slower", "25", "--careless", "100", "--trials", "50", "--pool", "pool.json"];
    let quality =
        || run(folder.path(), &[&["gate-quality", "--baseline", "base.toml"], &arguments[..]].concat());
    let output = quality();
    let text = transcript(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("| nothing: shaken | 50 | 0.0 % | 0.0 to 7.1 % |"), "{text}");
    assert!(text.contains("| 25 % slower uplinks | 50 | 100.0 % | 92.9 to 100.0 % |"), "{text}");
    assert!(text.contains("| 100 % of the choices at random | 50 | "), "{text}");
    // The second time nothing is run.
    assert_eq!(transcript(&quality()), text);
    edit(folder.path(), "small.toml", |text| text.replace("count = 6", "count = 5"));
    assert_eq!(quality().status.code(), Some(2));
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whoever changes one of its scenarios measures it again.
#[test]
fn the_committed_baseline_fits_its_scenarios() {
    let baseline = Baseline::load(&repository().join("baselines/swarms.toml")).unwrap();
    for entry in baseline.entries {
        entry.comparable().unwrap_or_else(|error| panic!("`just baseline`: {error}"));
    }
}

/// The workflow's own lines, on a small baseline, with the command that was built for the tests.
#[test]
fn the_workflow_runs_what_there_is() {
    let workflow = fs::read_to_string(repository().join(".github/workflows/gate.yml")).unwrap();
    let (_, step) = workflow.split_once("- name: Gate\n        run: |\n").unwrap();
    let lines: Vec<&str> = step.lines().take_while(|line| line.starts_with("          ")).collect();
    let script = lines.join("\n");
    let cargo = "cargo run --release --locked --package swarmlab -- ";
    assert!(script.contains(cargo), "{script}");
    let folder = measured();
    fs::create_dir(folder.path().join("baselines")).unwrap();
    for (from, to) in [("base.toml", "baselines/swarms.toml"), ("small.toml", "baselines/small.toml")] {
        fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
    }
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script.replace(cargo, "\"$SWARMLAB\" ")])
        .current_dir(folder.path())
        .env("SWARMLAB", env!("CARGO_BIN_EXE_swarmlab"))
        .env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("summary.md").starts_with("### Swarm gate passed"));
    assert!(read("gate.xml").contains("<testsuites name=\"swarmlab gate\" tests=\"4\""));
    assert_eq!(serde_json::from_str::<Value>(&read("gate.json")).unwrap()["is_passed"], true);
}
