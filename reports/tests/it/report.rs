//! Reports of swarms of every shape: made without a panic, the same bytes each time, and needing nothing
//! else.

use std::fs;
use std::path::Path;

use swarmlab_sim::results::{
    AcquisitionRow, EventRow, Facts, FlowRow, LEECHER, PeerRow, PieceRow, ProgressRow, RunDirectory, Summary,
    Tables, TimelineRow, TransferRow,
};

use crate::toy_swarm::Toy;

fn shapes() -> Vec<(&'static str, Toy)> {
    let home = |count| ("home", count, 5_000_000, 20_000_000);
    let mixed =
        vec![home(100), ("office", 60, 50_000_000, 100_000_000), ("mobile", 40, 1_000_000, 8_000_000)];
    vec![
        ("nobody", Toy { seeds: 0, ..Toy::new(0) }),
        ("a seed alone", Toy { end_s: 5.0, ..Toy::new(0) }),
        ("one leecher", Toy::new(1)),
        ("five", Toy::new(5)),
        ("two hundred", Toy { groups: mixed, pieces: 200, ..Toy::new(0) }),
        ("a thousand", Toy { pieces: 100, ..Toy::new(1_000) }),
        ("arrivals", Toy { arrival_gap_s: 2.0, leave: true, ..Toy::new(150) }),
        ("nobody completes", Toy { end_s: 8.0, ..Toy::new(20) }),
        ("the seed leaves", Toy { seeds_leave_s: Some(6.0), end_s: 60.0, ..Toy::new(30) }),
        ("a script", Toy { events: script(), ..Toy::new(30) }),
        ("one piece", Toy { pieces: 1, ..Toy::new(8) }),
        ("a huge torrent", Toy { pieces: 100_000, piece_bytes: 1_000, end_s: 30.0, ..Toy::new(3) }),
    ]
}

fn script() -> Vec<EventRow> {
    let event = |time_s, name: &str, action: &str, hosts| EventRow {
        time_s,
        name: name.to_owned(),
        action: action.to_owned(),
        hosts,
        peers: EventRow::ranges(&(0..hosts).collect::<Vec<_>>()),
    };
    vec![
        event(4.0, "cut", "partition between home and seeds", 31),
        event(4.1, "event 2", "tracker down", 0),
        event(9.0, "cut", "undone: partition between home and seeds", 31),
    ]
}

#[test]
fn what_the_script_did_is_listed_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    Toy { events: script(), ..Toy::new(30) }.write(folder.path());
    let page = fs::read_to_string(swarmlab_reports::write(folder.path()).unwrap()).unwrap();
    assert!(page.contains("What was done to the swarm") && page.contains("partition between home and seeds"));
    let throughput = fs::read_to_string(folder.path().join("plots/throughput.svg")).unwrap();
    let texts: Vec<&str> = throughput.lines().map(str::trim).collect();
    for number in ["1–2", "3"] {
        assert!(texts.contains(&number), "events near each other share a number, others have their own");
    }
    let quiet = tempfile::tempdir().unwrap();
    Toy::new(30).write(quiet.path());
    let page = fs::read_to_string(swarmlab_reports::write(quiet.path()).unwrap()).unwrap();
    assert!(!page.contains("What was done to the swarm"));
}

#[test]
fn swarms_of_every_shape() {
    let folder = tempfile::tempdir().unwrap();
    for (name, toy) in shapes() {
        let path = folder.path().join(name);
        toy.write(&path);
        let page = fs::read_to_string(swarmlab_reports::write(&path).unwrap()).unwrap();
        assert_whole(&page, name);
        assert!(!page.contains("VIOLATED"), "{name}");
    }
}

#[test]
fn rows_that_make_no_sense_are_drawn_without_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let odd = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300];
    let peer = |&time: &f64| PeerRow {
        peer: u32::MAX,
        group: "<script>\u{1F980}".repeat(40),
        role: LEECHER.to_owned(),
        up_bits_per_s: u64::MAX,
        joined_s: time,
        completed_s: Some(time),
        left_s: Some(time),
        uploaded_bytes: u64::MAX,
        ..PeerRow::default()
    };
    let progress =
        |&time_s: &f64| ProgressRow { time_s, peer: 1, pieces: u32::MAX, ..ProgressRow::default() };
    let tables = Tables {
        peers: odd.iter().map(peer).cycle().take(40).collect(),
        timeline: odd
            .iter()
            .map(|&time_s| TimelineRow { time_s, up_bits_per_s: time_s, ..Default::default() })
            .collect(),
        progress: odd.iter().map(progress).collect(),
        pieces: odd.iter().map(|&time_s| PieceRow { time_s, piece: u32::MAX, copies: u32::MAX }).collect(),
        events: odd.iter().map(|&time_s| EventRow { time_s, ..EventRow::default() }).collect(),
        transfers: odd
            .iter()
            .map(|&unchoked_s| TransferRow {
                uploader: u32::MAX,
                downloader: u32::MAX,
                payload_bytes: u64::MAX,
                unchoked_s,
                unchoked_complete_s: unchoked_s,
            })
            .collect(),
        flows: odd
            .iter()
            .map(|&until_s| FlowRow {
                until_s,
                uploader: u32::MAX,
                payload_bytes: u64::MAX,
                ..FlowRow::default()
            })
            .collect(),
        acquisitions: odd
            .iter()
            .map(|&time_s| AcquisitionRow { time_s, peer: u32::MAX, visit: u32::MAX, piece: u32::MAX })
            .collect(),
    };
    let facts = Facts { scenario: "<script>".to_owned(), ..Facts::default() };
    let summary = Summary::new(facts, &tables.peers);
    RunDirectory::create(folder.path()).unwrap().write("", &tables, &summary).unwrap();
    let page = fs::read_to_string(swarmlab_reports::write(folder.path()).unwrap()).unwrap();
    // The two elements of the page itself: no name of a group opens or ends another.
    assert_eq!((page.matches("<script").count(), page.matches("</script").count()), (2, 2));
    swarmlab_reports::write_png(folder.path(), 1).unwrap();
}

#[test]
fn a_report_made_twice_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    Toy::new(20).write(folder.path());
    let made = |path: &Path| {
        let page = fs::read(swarmlab_reports::write(path).unwrap()).unwrap();
        swarmlab_reports::write_png(path, 1).unwrap();
        let mut plots: Vec<_> =
            fs::read_dir(path.join("plots")).unwrap().map(|entry| entry.unwrap().path()).collect();
        plots.sort();
        let plots: Vec<_> = plots.into_iter().map(|plot| (fs::read(&plot).unwrap(), plot)).collect();
        (page, plots)
    };
    let first = made(folder.path());
    assert_eq!(first.1.len(), 16); // each plot as SVG and PNG
    assert!(made(folder.path()) == first);
}

#[test]
fn text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    Toy::new(20).write(folder.path());
    swarmlab_reports::write(folder.path()).unwrap();
    let svg = fs::read_to_string(folder.path().join("plots/progress.svg")).unwrap();
    assert!(svg.contains(">\npieces held (%)\n</text>"));
    assert!(svg.contains("font-family=\"DejaVu Sans, Verdana, Arial, sans-serif\""));
}

#[test]
fn a_folder_without_a_run_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = swarmlab_reports::write(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read ") && error.contains("summary.json"), "{error}");
}

/// All plots are there, no number is missing, and nothing is fetched.
fn assert_whole(page: &str, name: &str) {
    assert_eq!(page.matches("<svg").count(), 8, "{name}");
    let words =
        page.split(|character: char| !character.is_alphanumeric() && character != '+' && character != '/');
    assert!(words.into_iter().all(|word| word != "NaN" && word != "inf"), "{name}");
    let namespace = "xmlns=\"http://www.w3.org/2000/svg\"";
    assert_eq!(
        page.matches("http:").count() + page.matches("https:").count(),
        page.matches(namespace).count(),
        "{name}"
    );
    for fetched in [" src=", "<link", "@import", "url(", "href=\"h"] {
        assert!(!page.contains(fetched), "{name}: {fetched}");
    }
}
