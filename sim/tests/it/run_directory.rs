//! A run directory: what is written is what is read, byte for byte the same each time, and whatever is wrong
//! with it is an error that names the file.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use swarmlab_sim::results;
use swarmlab_sim::results::{
    AcquisitionRow, EventRow, Facts, FlowRow, LEECHER, PeerRow, PieceRow, ProgressRow, Run, RunDirectory,
    SEED, Summary, Tables, TimelineRow, Torrent, TransferRow,
};

fn facts() -> Facts {
    Facts {
        scenario: "pair".to_owned(),
        seed: u64::MAX,
        digest: "00ff".to_owned(),
        simulated_s: 20.0,
        cpu_s: 0.5,
        blocks: 8,
        torrent: Torrent { name: "one piece".to_owned(), size_bytes: 1_000, ..Torrent::default() },
        ..Facts::default()
    }
}

/// One seed and one leecher that takes 10 s for 1,000 bytes over links of 800 bits per second.
fn pair() -> Tables {
    let seed = PeerRow {
        group: "sources".to_owned(),
        role: SEED.to_owned(),
        up_bits_per_s: 800,
        down_bits_per_s: 800,
        uploaded_bytes: 1_250,
        ..PeerRow::default()
    };
    let leecher = PeerRow {
        peer: 1,
        role: LEECHER.to_owned(),
        joined_s: 0.5,
        completed_s: Some(13.0),
        uploaded_bytes: 0,
        downloaded_bytes: 1_250,
        wasted_bytes: 250,
        wasted_late_bytes: 250,
        ..seed.clone()
    };
    Tables {
        peers: vec![seed, leecher],
        timeline: vec![TimelineRow { time_s: 1.0 / 3.0, copies_median: u32::MAX, ..TimelineRow::default() }],
        progress: vec![ProgressRow { uploaded_bytes: u64::MAX, ..ProgressRow::default() }],
        pieces: vec![PieceRow { piece: 7, ..PieceRow::default() }],
        transfers: vec![TransferRow {
            downloader: 1,
            payload_bytes: 1_250,
            unchoked_s: 10.5,
            unchoked_complete_s: 0.1,
            ..TransferRow::default()
        }],
        flows: vec![FlowRow { until_s: 0.5, payload_bytes: u64::MAX, ..FlowRow::default() }],
        acquisitions: vec![AcquisitionRow { time_s: 13.0, peer: 1, visit: 2, piece: u32::MAX }],
        events: vec![EventRow {
            name: "cut".to_owned(),
            hosts: 2,
            peers: "0-1".to_owned(),
            ..EventRow::default()
        }],
    }
}

fn write(path: &Path, tables: &Tables) -> Summary {
    let summary = Summary::new(facts(), &tables.peers);
    RunDirectory::create(path).unwrap().write("# why\n", tables, &summary).unwrap();
    summary
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for (name, tables) in [("pair", pair()), ("empty", Tables::default())] {
        let path = folder.path().join("runs").join(name);
        let summary = write(&path, &tables);
        let expected = Run { scenario: "# why\n".to_owned(), summary, tables };
        assert_eq!(RunDirectory::open(&path).read().unwrap(), expected);
    }
}

#[test]
fn every_table_has_its_place_in_the_manual() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &pair());
    let files =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut tables: Vec<String> = files.filter(|file| file.ends_with(".parquet")).collect();
    tables.sort();
    let page = results::reference();
    let page = page.split("# The tables of a sweep").next().unwrap();
    let mut described: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`')).collect();
    described.sort();
    assert_eq!(tables, described);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    write(&a, &pair());
    write(&b, &pair());
    for entry in fs::read_dir(&a).unwrap() {
        let name = entry.unwrap().file_name();
        assert_eq!(fs::read(a.join(&name)).unwrap(), fs::read(b.join(&name)).unwrap(), "{name:?}");
    }
}

#[test]
fn a_table_of_more_than_one_row_group_keeps_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = (0..(1 << 20) + 3).map(|piece| PieceRow { piece, ..PieceRow::default() }).collect();
    let tables = Tables { pieces, ..Tables::default() };
    write(folder.path(), &tables);
    assert!(RunDirectory::open(folder.path()).read().unwrap().tables == tables);
}

#[test]
fn the_figures_of_a_pair() {
    let summary = Summary::new(facts(), &pair().peers);
    insta::assert_snapshot!(summary.to_json());
}

#[test]
fn a_complete_run_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &pair());
    let again = RunDirectory::create(folder.path()).unwrap_err().to_string();
    assert_eq!(again, format!("{} already holds a complete run", folder.path().display()));
}

#[test]
fn an_error_names_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below_a_file = RunDirectory::create(&file.join("run")).unwrap_err().to_string();
    assert!(
        below_a_file.starts_with(&format!("cannot write {}", file.join("run").display())),
        "{below_a_file}"
    );
    let missing = RunDirectory::open(&folder.path().join("gone")).read().unwrap_err().to_string();
    assert!(missing.contains("gone/summary.json: No such file"), "{missing}");
}

#[test]
fn other_columns_and_other_formats_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &pair());
    let summary = folder.path().join("summary.json");
    let json = fs::read_to_string(&summary).unwrap();
    fs::copy(folder.path().join("pieces.parquet"), folder.path().join("transfers.parquet")).unwrap();
    let columns = RunDirectory::open(folder.path()).read().unwrap_err().to_string();
    assert!(columns.contains("transfers.parquet has other columns"), "{columns}");
    fs::write(&summary, json.replace("\"format\": 3", "\"format\": 4")).unwrap();
    let format = RunDirectory::open(folder.path()).read_summary().unwrap_err().to_string();
    assert!(format.contains("has format 4"), "{format}");
    fs::write(&summary, &json[..json.len() / 2]).unwrap();
    assert!(RunDirectory::open(folder.path()).read_summary().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn a_damaged_table_is_an_error_or_a_table(offset in 0usize..2_000, value in any::<u8>(), cut in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &pair());
        let path = folder.path().join("peers.parquet");
        let mut bytes = fs::read(&path).unwrap();
        let offset = offset % bytes.len();
        if cut { bytes.truncate(offset) } else { bytes[offset] = value }
        fs::write(&path, bytes).unwrap();
        let _ = RunDirectory::open(folder.path()).read();
    }
}
