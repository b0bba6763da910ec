//! Every scenario that comes with the project, in a small size: it runs, its books balance, and its script happens.

use std::path::Path;

use swarmlab_sim::scenario::{Moment, Scenario, TorrentSpec};

use crate::rig::{CHECKED, run};

/// A hundredth of the content, a handful of each group, two minutes and a half.
fn small(path: &Path) -> Scenario {
    let full = Scenario::load(path, &[]).unwrap_or_else(|error| panic!("{error}"));
    let mut overrides = vec!["stop.when=never".to_owned(), "stop.at=150 s".to_owned()];
    if let TorrentSpec::Formula { .. } = full.torrent {
        overrides.extend(["torrent.size=2 MiB", "torrent.piece_length=64 KiB"].map(str::to_owned));
    }
    for group in full.groups.iter().filter(|group| group.count > 8) {
        overrides.push(format!("peers.{}.count=8", group.name));
    }
    Scenario::load(path, &overrides).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_scenario_runs_in_a_small_size() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert!(files.len() >= 17);
    for path in files {
        let scenario = small(&path);
        let outcome = run(&scenario, CHECKED);
        println!("{}: {} events", scenario.name, outcome.facts.events);
        let timed = scenario.events.iter().filter(|event| !matches!(event.moment, Moment::When(_))).count();
        assert!(outcome.tables.events.len() >= timed, "{}: {:?}", scenario.name, outcome.tables.events);
    }
}
