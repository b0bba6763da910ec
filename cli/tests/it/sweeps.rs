//! Sweeps: planned, carried out in shards, killed, damaged, merged, refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use serde_json::Value;

use crate::swarmlab::{SMALL, run, same, swarmlab, transcript, with_small};

const VARY: [&str; 2] = ["--vary", "leecher.picker=rarest-first,sequential"];

/// Runs `swarmlab sweep`, which must end with this code.
fn sweep(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let output = run(folder, &[&["sweep"], arguments].concat());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", transcript(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn plan(folder: &Path, out: &str, more: &[&str]) {
    sweep(folder, 0, &[&["plan", "small.toml", "--out", out], more].concat());
}

/// Digests of builds and sweeps are others with every build.
fn stable(output: &Output) -> String {
    let text = transcript(output);
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut words: Vec<String> = Vec::new();
    for word in text.split_inclusive(|c: char| !is_hex(c)) {
        let (digits, rest) = word.split_at(word.find(|c| !is_hex(c)).unwrap_or(word.len()));
        words.push(if digits.len() == 32 { format!("[digest]{rest}") } else { word.to_owned() });
    }
    words.concat()
}

fn begin(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = swarmlab(folder, [&["sweep", "exec"], arguments].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn finished(folder: &Path) -> usize {
    // The folder is made with the first runs.
    let entries = fs::read_dir(folder.join("runs")).into_iter().flatten().flatten();
    let is_seal = |name: &str| !name.starts_with('.') && name.ends_with(".json");
    entries.filter(|entry| is_seal(&entry.file_name().to_string_lossy())).count()
}

/// Waits until something is finished: each look asks the file system, so it needs no pause.
fn until_something_is_finished(folder: &Path, process: &mut Child) {
    loop {
        let ended = process.try_wait().unwrap();
        if finished(folder) > 0 {
            return;
        }
        assert_eq!(ended, None, "it ends only when it has finished something");
        thread::yield_now();
    }
}

#[test]
fn however_runs_are_shared_out_and_whoever_is_killed_the_merged_bytes_are_the_same() {
    let folder = with_small();
    let folder = folder.path();
    let planned = [&VARY[..], &["--seeds", "8"]].concat();
    plan(folder, "whole", &planned);
    sweep(folder, 0, &["exec", "whole"]);
    let merged = object(&sweep(folder, 0, &["merge", "whole", "--json"]));
    assert_eq!((&merged["runs"], &merged["peers"]), (&16.into(), &(16 * 7).into()));

    // Killed, then in shards of two kinds, the last first.
    plan(folder, "shards", &planned);
    let mut killed = begin(folder, &["shards", "--threads", "1"]);
    until_something_is_finished(&folder.join("shards"), &mut killed);
    killed.kill().unwrap();
    killed.wait().unwrap();
    fs::write(folder.join("shards/runs/.000003.json.deadbeef.tmp"), "ha").unwrap();
    sweep(folder, 0, &["exec", "shards", "--shard", "3/3", "--threads", "2"]);
    sweep(folder, 0, &["exec", "shards", "--shard", "5/5", "--threads", "3"]);
    for shard in ["2/3", "1/3"] {
        sweep(folder, 0, &["exec", "shards", "--shard", shard, "--threads", "1"]);
    }
    sweep(folder, 0, &["merge", "shards"]);
    assert!(same(&folder.join("whole/merged"), &folder.join("shards/merged")));
    assert!(!folder.join("shards/runs/.000003.json.deadbeef.tmp").exists());

    // Several processes with the same shard.
    plan(folder, "twins", &planned);
    let mut twins = [(); 3].map(|()| begin(folder, &["twins", "--threads", "2"]));
    for twin in &mut twins {
        assert!(twin.wait().unwrap().success());
    }
    sweep(folder, 0, &["merge", "twins", "--out", "elsewhere/merged"]);
    assert!(same(&folder.join("whole/merged"), &folder.join("elsewhere/merged")));
}

#[test]
fn a_merged_sweep_says_what_compare_and_simulate_say() {
    let folder = with_small();
    let folder = folder.path();
    let planned = [&VARY[..], &["--seeds", "3", "--from", "5"]].concat();
    plan(folder, "sweep", &planned);
    sweep(folder, 0, &["exec", "sweep"]);
    sweep(folder, 0, &["merge", "sweep"]);
    let compared = run(folder, &[&["compare", "small.toml", "--json"], &planned[..]].concat());
    let mut compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    let merged = folder.join("sweep/merged/small");
    let merged_text = fs::read_to_string(merged.join("comparison.json")).unwrap();
    for cost in ["wall_s", "cpu_s"] {
        compared[cost] = 0.0.into();
    }
    assert_eq!(object(&merged_text), compared);
    // The report is made again from its folder, and simulate gives the digest of a run.
    let page = fs::read(merged.join("report.html")).unwrap();
    assert_eq!(run(folder, &["report", "sweep/merged/small"]).status.code(), Some(0));
    assert_eq!(fs::read(merged.join("report.html")).unwrap(), page);
    let set = ["--set", "peers.leecher.picker=sequential", "--seed", "6", "--quiet", "--no-metrics"];
    let simulated = run(folder, &[&["simulate", "small.toml"], &set[..]].concat());
    let record =
        compared["runs"].as_array().unwrap().iter().find(|run| run["variant"] == 1 && run["seed"] == 6);
    let digest = record.unwrap()["digest"].as_str().unwrap();
    assert_eq!(String::from_utf8_lossy(&simulated.stdout).trim(), digest);
}

#[test]
fn an_interruption_leaves_whole_runs_and_the_same_command_goes_on() {
    let folder = with_small();
    let folder = folder.path();
    // Too many to be through before the signal comes.
    plan(folder, "long", &["--seeds", "5000"]);
    let mut process = begin(folder, &["long"]);
    until_something_is_finished(&folder.join("long"), &mut process);
    assert!(Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap().success());
    assert_eq!(process.wait().unwrap().code(), Some(130));
    let status = object(&sweep(folder, 13, &["status", "long", "--json"]));
    assert_eq!(status["broken"], Value::Array(Vec::new()));
    assert_eq!(status["finished"], finished(&folder.join("long")));
    let missing = status["missing"].as_array().unwrap().len() as u64;
    assert_eq!(status["finished"].as_u64().unwrap() + missing, 5_000);
}

#[test]
fn what_is_missing_or_broken_is_named_and_run_again() {
    let folder = with_small();
    let folder = folder.path();
    for (out, seeds) in [("sweep", "5"), ("other", "6")] {
        plan(folder, out, &[&VARY[..], &["--seeds", seeds]].concat());
        sweep(folder, 0, &["exec", out]);
    }
    sweep(folder, 0, &["merge", "sweep", "--out", "before"]);
    let file = |name: &str| folder.join("sweep/runs").join(name);
    let cut = |path: PathBuf| {
        let content = fs::read(&path).unwrap();
        fs::write(path, &content[..content.len() / 2]).unwrap();
    };
    fs::remove_file(file("000000.json")).unwrap();
    fs::remove_file(file("000001.parquet")).unwrap();
    cut(file("000002.parquet"));
    cut(file("000003.json"));
    fs::copy(folder.join("other/runs/000004.json"), file("000004.json")).unwrap();
    fs::copy(file("000006.json"), file("000005.json")).unwrap();
    let seal = fs::read_to_string(file("000007.json")).unwrap();
    fs::write(file("000007.json"), seal.replacen("\"seed\":4", "\"seed\":3", 1)).unwrap();
    let told = [
        run(folder, &["sweep", "status", "sweep"]),
        run(folder, &["sweep", "merge", "sweep"]),
        run(folder, &["sweep", "exec", "sweep", "--json"]),
    ];
    assert!(!folder.join("sweep/merged").exists(), "nothing is written of what is not whole");
    assert_eq!(serde_json::from_slice::<Value>(&told[2].stdout).unwrap()["found"], 3);
    insta::assert_snapshot!(told[..2].iter().map(stable).collect::<Vec<_>>().join("\n"));
    sweep(folder, 0, &["merge", "sweep"]);
    assert!(same(&folder.join("before"), &folder.join("sweep/merged")));
}

/// The executable with a byte behind it: the system runs it all the same, and it is another build. A shell writes it: a file
/// that this process had open could be inherited by what other tests start just then, and a file that is written is not run.
fn other_build(folder: &Path) -> PathBuf {
    let path = folder.join("swarmlab-other");
    let script = "cp \"$0\" \"$1\" && echo >> \"$1\"";
    let copied = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_swarmlab")]).arg(&path).status();
    assert!(copied.unwrap().success());
    path
}

#[test]
fn another_build_another_plan_and_other_files_are_refused() {
    let folder = with_small();
    let folder = folder.path();
    let far = SMALL.replace("[peers.seed]", "[network]\nlatency = { matrix = \"rtt.csv\" }\n[peers.seed]");
    fs::write(folder.join("far.toml"), far).unwrap();
    fs::write(folder.join("rtt.csv"), "0,30\n30,0\n").unwrap();
    let far = ["plan", "far.toml", "--seeds", "2", "--out", "far"];
    sweep(folder, 0, &far);
    plan(folder, "sweep", &["--seeds", "2"]);
    let manifest = folder.join("sweep/manifest.json");
    let planned = fs::read(&manifest).unwrap();
    // The plan is what counts: the file may change.
    sweep(folder, 0, &["exec", "sweep", "--shard", "1/2"]);
    plan(folder, "sweep", &["--seeds", "2"]);
    fs::write(folder.join("small.toml"), SMALL.replace("count = 6", "count = 5")).unwrap();
    sweep(folder, 0, &["exec", "sweep", "--shard", "2/2"]);
    let merged = object(&sweep(folder, 0, &["merge", "sweep", "--json"]));
    assert_eq!(merged["peers"], 2 * 7);
    fs::write(folder.join("rtt.csv"), "0,31\n31,0\n").unwrap();

    let replanned = run(folder, &["sweep", "plan", "small.toml", "--seeds", "2", "--out", "sweep"]);
    let other =
        Command::new(other_build(folder)).args(["sweep", "exec", "sweep"]).current_dir(folder).output();
    let other_file = run(folder, &["sweep", "exec", "far"]);
    assert_eq!(fs::read(&manifest).unwrap(), planned, "nothing is ever written over");
    let changed = String::from_utf8(planned).unwrap().replace("count = 6", "count = 7");
    fs::write(&manifest, changed).unwrap();
    let changed = run(folder, &["sweep", "exec", "sweep"]);
    fs::write(&manifest, "{\"format\": 2}").unwrap();
    let format = run(folder, &["sweep", "status", "sweep"]);
    let transcripts = [replanned, other.unwrap(), other_file, changed, format].each_ref().map(stable);
    let place = fs::canonicalize(folder).unwrap().display().to_string();
    insta::assert_snapshot!(transcripts.join("\n").replace(&place, "[folder]"));
}

/// A part of another build has found its way into the folder.
#[test]
fn parts_of_another_build_are_not_merged() {
    let folder = with_small();
    let folder = folder.path();
    plan(folder, "sweep", &["--seeds", "2"]);
    sweep(folder, 0, &["exec", "sweep"]);
    let other = other_build(folder);
    let other =
        |arguments: &[&str]| Command::new(&other).args(arguments).current_dir(folder).output().unwrap();
    assert!(other(&["sweep", "plan", "small.toml", "--seeds", "2", "--out", "other"]).status.success());
    assert!(other(&["sweep", "exec", "other"]).status.success());
    fs::copy(folder.join("other/runs/000001.json"), folder.join("sweep/runs/000001.json")).unwrap();
    let refused = run(folder, &["sweep", "merge", "sweep"]);
    assert_eq!(refused.status.code(), Some(13));
    assert!(
        transcript(&refused).contains("000001.json belongs to another sweep"),
        "{}",
        transcript(&refused)
    );
}

#[test]
fn mistakes_are_told() {
    let folder = with_small();
    let folder = folder.path();
    plan(folder, "sweep", &["--seeds", "2"]);
    sweep(folder, 0, &["exec", "sweep"]);
    let mistakes: [&[&str]; 9] = [
        &["plan", "small.toml", "small.toml"],
        &["plan", "small.toml", "--seeds", "100000", "--vary", "picker=random,sequential"],
        &["plan", "small.toml", "--vary", "nobody.up=1kbit/s,2kbit/s"],
        &["exec", "nowhere"],
        &["exec", "sweep", "--shard", "3/2"],
        &["exec", "sweep", "--shard", "3/3"],
        &["submit", "sweep", "--slurm", "--shards", "3"],
        &["submit", "sweep", "--slurm", "--shards", "2"],
        &["submit", "sweep", "--slurm", "--shards", "2", "--", "time 3"],
    ];
    let transcripts = mistakes.map(|arguments| stable(&run(folder, &[&["sweep"], arguments].concat())));
    insta::assert_snapshot!(transcripts.join("\n"));
}

/// The scripts are run as Slurm runs them, by a shell that is told the number of the task.
#[test]
fn the_scripts_for_slurm_carry_out_their_shards_and_merge() {
    let folder = with_small();
    let folder = folder.path();
    let name = "a sweep's folder";
    plan(folder, name, &["--seeds", "5"]);
    sweep(folder, 0, &["exec", name, "--shard", "2/3"]);
    let options = ["--cpus", "2", "--dry-run", "--", "--partition=short", "--time=2:00:00"];
    let told = sweep(folder, 0, &[&["submit", name, "--slurm", "--shards", "3"], &options[..]].concat());
    let slurm = folder.join(name).join("slurm");
    let script = fs::read_to_string(slurm.join("array.sh")).unwrap();
    let place = fs::canonicalize(folder).unwrap().display().to_string();
    insta::assert_snapshot!(format!("{told}\n{script}").replace(&place, "[folder]"));
    let shell = |script: &str, task: &str| {
        let mut command = Command::new("sh");
        command.arg(slurm.join(script)).current_dir("/").env("SLURM_ARRAY_TASK_ID", task).output().unwrap()
    };
    assert_eq!(shell("merge.sh", "").status.code(), Some(13), "two shards are missing");
    for task in ["1", "3"] {
        let output = shell("array.sh", task);
        assert!(output.status.success(), "{}", transcript(&output));
    }
    let output = shell("merge.sh", "");
    assert!(output.status.success(), "{}", transcript(&output));
    assert!(folder.join(name).join("merged/runs.parquet").exists());
}
