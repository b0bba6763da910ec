//! Swarms for tests: a scenario in a few words, and what must balance in every run.

use std::collections::BTreeMap;

use swarmlab_sim::check::Profile;
use swarmlab_sim::results::{PeerRow, Summary, Tables};
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::{self, Options, Outcome};

/// One seed and twenty leechers who want 4 MiB.
pub const FLASH_CROWD: &str = r#"
    [torrent]
    size = "4 MiB"
    piece_length = "64 KiB"
    [network]
    latency = { min = "10 ms", max = "60 ms" }
    [peers.seed]
    count = 1
    has = "all"
    up = "20 Mbit/s"
    down = "100 Mbit/s"
    [peers.leecher]
    count = 20
    up = "8 Mbit/s"
    down = "32 Mbit/s"
"#;

/// One slow seed and a dozen leechers who want 8 MiB: at the least 16 s, which leaves time for something to happen.
pub const SLOW_CROWD: &str = r#"
    [torrent]
    size = "8 MiB"
    piece_length = "128 KiB"
    [network]
    latency = "20 ms"
    [tracker]
    interval = "1 min"
    [peers.seed]
    count = 1
    has = "all"
    up = "4 Mbit/s"
    down = "32 Mbit/s"
    [peers.leecher]
    count = 12
    up = "4 Mbit/s"
    down = "16 Mbit/s"
    [stop]
    at = "2 h"
"#;

pub fn scenario(text: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|set| (*set).to_owned()).collect();
    Scenario::parse("test", text, &overrides).unwrap_or_else(|error| panic!("{error}"))
}

/// With every client's books checked after each event.
pub const CHECKED: Options =
    Options { hashing: swarmlab_engine::storage::Hashing::Identity, tables: true, checks: Profile::Strict };

pub fn run(scenario: &Scenario, options: Options) -> Outcome {
    let outcome = world::run(scenario, options, &mut ()).unwrap();
    if let Some(violation) = outcome.checked.as_ref().and_then(|checked| checked.violation.as_ref()) {
        panic!("{violation}");
    }
    check_books(&outcome);
    outcome
}

/// A swarm to which this happens.
pub fn crowd(events: &str, overrides: &[&str]) -> Outcome {
    run(&scenario(&format!("{SLOW_CROWD}\n{events}"), overrides), CHECKED)
}

/// What must balance in every run: nobody receives what nobody sent, everybody who completed received at least what it
/// lacked, and no bound is beaten where it applies.
pub fn check_books(outcome: &Outcome) {
    let peers = &outcome.tables.peers;
    let sent: u64 = peers.iter().map(|peer| peer.uploaded_bytes).sum();
    let received: u64 = peers.iter().map(|peer| peer.downloaded_bytes).sum();
    assert!(received <= sent, "S26: {received} bytes received of {sent} sent");
    let size = outcome.facts.torrent.size_bytes;
    if outcome.facts.t_min_exception.is_none() {
        for peer in peers.iter().filter(|peer| peer.is_leecher() && peer.completed_s.is_some()) {
            assert!(peer.downloaded_bytes - peer.wasted_bytes >= size, "S17: {peer:?}");
        }
    }
    check_tables(&outcome.tables, outcome.facts.simulated_s);
    let summary = Summary::new(outcome.facts.clone(), peers);
    if summary.t_min_applies {
        assert!(summary.elapsed_s >= summary.t_min_s, "{:?} beats {:?}", summary.elapsed_s, summary.t_min_s);
    }
}

/// The tables agree with each other.
fn check_tables(tables: &Tables, end_s: f64) {
    for peer in &tables.peers {
        let causes = [
            peer.wasted_duplicate_bytes,
            peer.wasted_late_bytes,
            peer.wasted_unasked_bytes,
            peer.wasted_bad_piece_bytes,
            peer.wasted_no_room_bytes,
        ];
        assert_eq!(causes.iter().sum::<u64>(), peer.wasted_bytes, "{peer:?}");
    }
    let mut flowed: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for row in &tables.flows {
        assert!(row.from_s < row.until_s && row.until_s <= end_s, "{row:?}");
        *flowed.entry((row.uploader, row.downloader)).or_default() += row.payload_bytes;
    }
    for row in &tables.transfers {
        let bytes = flowed.remove(&(row.uploader, row.downloader)).unwrap_or(0);
        assert_eq!(bytes, row.payload_bytes, "{row:?}");
        let is_part = 0.0 <= row.unchoked_complete_s && row.unchoked_complete_s <= row.unchoked_s;
        assert!(is_part && row.unchoked_s.is_finite(), "{row:?}");
        assert!(row.payload_bytes > 0 || row.unchoked_s > 0.0, "{row:?}");
    }
    assert!(flowed.is_empty(), "{flowed:?}");
    assert!(tables.acquisitions.is_sorted_by_key(|row| row.time_s));
}

pub fn group<'a>(outcome: &'a Outcome, name: &'a str) -> impl Iterator<Item = &'a PeerRow> {
    outcome.tables.peers.iter().filter(move |peer| peer.group == name)
}

/// When the last leecher was done.
pub fn last_s(outcome: &Outcome) -> f64 {
    let done = |peer: &PeerRow| peer.completed_s.unwrap_or_else(|| panic!("never complete: {peer:?}"));
    outcome.tables.peers.iter().filter(|peer| peer.is_leecher()).map(done).fold(0.0, f64::max)
}
