//! The scenario files that come with the project, and files that are none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use swarmlab_sim::scenario::{
    Access, Arrival, Has, LatencySpec, LinkSpec, OnComplete, Queues, Scenario, StopWhen, TorrentSpec,
};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

fn load(name: &str) -> Scenario {
    Scenario::load(scenarios().join(name), &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_file_loads_asks_a_question_and_survives_being_resolved() {
    let mut count = 0;
    for path in files_below(&scenarios()) {
        let scenario = Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert!(scenario.question.as_ref().is_some_and(|question| question.ends_with('?')), "{path:?}");
        assert_eq!(scenario.name, path.file_stem().unwrap().to_str().unwrap());

        let elsewhere = tempfile::tempdir().unwrap();
        let resolved = elsewhere.path().join("resolved.toml");
        std::fs::write(&resolved, scenario.to_toml()).unwrap();
        assert_eq!(Scenario::load(&resolved, &[]).unwrap_or_else(|error| panic!("{error}")), scenario);
        count += 1;
    }
    assert!(count >= 12);
}

#[test]
fn the_flash_crowd_is_read_as_it_is_written() {
    let scenario = load("flash-crowd.toml");
    assert_eq!(
        scenario.torrent,
        TorrentSpec::Formula { size_bytes: 256 << 20, piece_length_bytes: 256 << 10 }
    );
    let latency = LatencySpec::Uniform { min: Duration::from_millis(10), max: Duration::from_millis(60) };
    assert_eq!(scenario.network.latency, latency);
    let [seed, leecher] = &scenario.groups[..] else { panic!("two groups") };
    assert_eq!((seed.count, seed.has), (1, Has::All));
    assert_eq!((leecher.count, leecher.has), (200, Has::Nothing));
    let link = LinkSpec { up_bits_per_s: 8_000_000, down_bits_per_s: 32_000_000, queues: Queues::default() };
    assert_eq!(leecher.access, Access::Own(link));
    assert_eq!((&leecher.arrival, leecher.on_complete), (&Arrival::AtOnce, OnComplete::Stay));
    assert_eq!((scenario.stop.when, scenario.stop.at), (StopWhen::AllComplete, Duration::from_secs(3600)));
}

#[test]
fn groups_keep_the_order_of_the_file() {
    let names: Vec<String> = load("heterogeneous.toml").groups.into_iter().map(|group| group.name).collect();
    assert_eq!(names, ["seed", "slow", "dsl", "cable", "campus"]);
}

#[test]
fn a_real_torrent_is_found_from_the_folder_of_its_scenario() {
    let TorrentSpec::File { torrent, content } = load("real-torrent.toml").torrent else { panic!("a file") };
    assert!(torrent.is_absolute() && torrent.is_file());
    assert!(content.is_some_and(|content| content.is_absolute() && content.is_file()));
}

#[test]
fn an_override_names_files_from_the_folder_one_stands_in() {
    // Tests run in the crate's folder.
    let set = "torrent.file=../engine/tests/fixtures/alice.torrent".to_owned();
    let scenario = Scenario::load(scenarios().join("real-torrent.toml"), &[set]).unwrap();
    let TorrentSpec::File { torrent, .. } = scenario.torrent else { panic!("a file") };
    assert!(torrent.is_absolute() && torrent.ends_with("alice.torrent") && torrent.is_file());
}

#[test]
fn a_resolved_scenario_reads_well() {
    insta::assert_snapshot!(load("flash-crowd.toml").to_toml());
}

#[test]
fn what_is_no_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("flash-crowd.toml"), "").unwrap();
    std::fs::write(folder.path().join("latin.toml"), b"# a question\nname = \"caf\xE9\"\n").unwrap();
    std::fs::write(folder.path().join("film.toml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    std::fs::write(
        folder.path().join("lost.toml"),
        "[torrent]\nfile = \"no.torrent\"\n[peers.seed]\ncount = 1\nhas = \"all\"\nup = \"1 MB/s\"\ndown = \"1 MB/s\"\n",
    )
    .unwrap();
    let messages = ["flash-crowd.toml", "flashcrowd.toml", "", "latin.toml", "film.toml", "lost.toml"]
        .map(|name| Scenario::load(folder.path().join(name), &[]).unwrap_err().to_string())
        .join("\n\n");
    let here = std::path::absolute(folder.path()).unwrap();
    insta::assert_snapshot!(messages.replace(here.to_str().unwrap(), "FOLDER"));
}
