//! Whole swarms of real engines in the event world.

use proptest::prelude::*;

use swarmlab_engine::storage::Hashing;
use swarmlab_engine::{choker, picker};
use swarmlab_sim::check::Profile;
use swarmlab_sim::results::{Summary, lower_bound, upload_utilisation};
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::{Options, Outcome};

use crate::rig::{FLASH_CROWD, run, scenario};

fn flash_crowd(overrides: &[&str], options: Options) -> Outcome {
    run(&scenario(FLASH_CROWD, overrides), options)
}

#[test]
fn no_run_beats_the_lower_bound() {
    for seed in 0..50 {
        let outcome = flash_crowd(&[&format!("seed={seed}")], Options::default());
        let (end_s, peers) = (outcome.facts.simulated_s, &outcome.tables.peers);
        let summary = Summary::new(outcome.facts, peers);
        assert!((summary.upload_utilisation - upload_utilisation(peers, end_s)).abs() < 1e-6);
        let (last, bound) = (summary.completion_s.last.unwrap(), summary.t_min_s.unwrap());
        assert_eq!(summary.completed, 20, "seed {seed}");
        assert!(summary.t_min_applies && last >= bound, "seed {seed}: {last} s, bound {bound} s");
    }
}

/// With links alike, at once, all end together: in a real network within two seconds. A stream that stands still with
/// bytes to send leaves its peer behind by ten seconds to a minute.
#[test]
fn nobody_is_left_behind_where_all_links_are_alike() {
    let flash = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/reality/flash.toml");
    for seed in 1..=3 {
        let scenario = Scenario::load(flash, &[format!("seed={seed}")]).unwrap();
        let outcome = run(&scenario, Options { checks: Profile::Strict, ..Options::default() });
        let completion = Summary::new(outcome.facts, &outcome.tables.peers).completion_s;
        let (median, last) = (completion.median.unwrap(), completion.last.unwrap());
        assert!(last < median + 5.0, "seed {seed}: median {median} s, last {last} s");
    }
}

#[test]
fn the_same_seed_gives_the_same_run_however_it_is_watched_and_hashed() {
    let plain = flash_crowd(&[], Options::default());
    let without_tables = flash_crowd(&[], Options { tables: false, ..Options::default() });
    let hashed = flash_crowd(&[], Options { hashing: Hashing::Full, ..Options::default() });
    let checked = flash_crowd(&[], Options { checks: Profile::Strict, ..Options::default() });
    for other in [&without_tables, &hashed, &checked] {
        assert_eq!(other.facts.digest, plain.facts.digest);
        assert_eq!(other.tables.peers, plain.tables.peers);
    }
    let other_seed = flash_crowd(&["seed=2"], Options::default());
    assert_ne!(other_seed.facts.digest, plain.facts.digest);
}

/// A finding is kept under another name than the one under which it was found.
#[test]
fn a_scenario_takes_the_same_course_under_every_name() {
    let scenario = scenario(FLASH_CROWD, &["peers.leecher.count=5", "torrent.size=1MiB"]);
    let renamed = Scenario { name: "another".into(), ..scenario.clone() };
    let digest = |scenario: &Scenario| run(scenario, Options::default()).facts.digest;
    assert_eq!(digest(&scenario), digest(&renamed));
}

#[test]
fn full_hashing_finds_every_byte_right() {
    let outcome = flash_crowd(&[], Options { hashing: Hashing::Full, ..Options::default() });
    let audit = outcome.audit.expect("full hashing reads back what is held");
    assert_eq!(audit.pieces, 21 * 64);
    assert_eq!(audit.wrong, []);
}

#[test]
fn a_corrupted_block_is_found_and_fetched_again_and_nobody_keeps_it() {
    for hashing in [Hashing::Identity, Hashing::Full] {
        let faults = ["peers.seed.corrupt={ piece = 5, block = 2, times = 3 }"];
        let outcome = flash_crowd(&faults, Options { hashing, ..Options::default() });
        let failures: u32 = outcome.tables.peers.iter().map(|peer| peer.hash_failures).sum();
        let completed = outcome.tables.peers.iter().filter(|peer| peer.completed_s.is_some()).count();
        assert!(failures > 0, "the fault was sent and not noticed");
        assert!(outcome.audit.is_none_or(|audit| audit.wrong.is_empty()), "somebody kept it");
        // Whoever got the whole piece from the seed bans it; the others bring what is missing.
        assert_eq!(completed, 20, "with {failures} failed pieces");
    }
}

#[test]
fn a_stream_cut_into_single_packets_carries_the_same_swarm() {
    let outcome =
        flash_crowd(&["network.unit=1448 B"], Options { hashing: Hashing::Full, ..Options::default() });
    assert_eq!(outcome.facts.stop_reason, "all complete");
    assert_eq!(outcome.audit.unwrap().wrong, []);
}

#[test]
fn without_the_fast_extension_the_swarm_completes_too() {
    let outcome = flash_crowd(
        &["peers.leecher.fast_extension=false"],
        Options { checks: Profile::Strict, ..Options::default() },
    );
    assert_eq!(outcome.facts.stop_reason, "all complete");
}

#[test]
fn who_leaves_on_completion_takes_nothing_that_others_need() {
    let outcome = flash_crowd(&["peers.leecher.on_complete=leave"], Options::default());
    assert_eq!(outcome.facts.stop_reason, "all complete");
}

#[test]
fn without_a_complete_copy_nobody_completes_and_nobody_spins() {
    let text = FLASH_CROWD.replace("has = \"all\"", "has = \"nothing\"");
    let outcome = run(&scenario(&text, &["stop.when=never", "stop.at=10 min"]), Options::default());
    assert!(outcome.tables.peers.iter().all(|peer| peer.completed_s.is_none()));
    let per_peer_second = outcome.facts.events as f64 / 21.0 / 600.0;
    assert!(per_peer_second < 10.0, "L3: {per_peer_second} events a second and peer with nothing to do");
}

fn any_swarm() -> impl Strategy<Value = Vec<String>> {
    let group = (
        1u32..12,
        prop::sample::select(vec!["64 kbit/s", "512 kbit/s", "8 Mbit/s", "100 Mbit/s"]),
        prop::sample::select(picker::NAMES),
        // Somebody has to give.
        prop::sample::select(choker::SEED_NAMES)
            .prop_filter("a seed that uploads", |name| *name != "free-rider"),
        prop::sample::select(choker::LEECHER_NAMES),
        prop::sample::select(vec!["\"at once\"", "{ spread = \"60 s\" }", "{ poisson = \"0.2 /s\" }"]),
        prop::sample::select(vec!["\"stay\"", "\"leave\"", "{ stay = \"20 s\" }"]),
        // Enough connections for everybody to reach everybody: with fewer, a swarm may fall apart for good.
        (1u32..8, 20u32..50, any::<bool>()),
    );
    let torrent = (1u32..2_000_000, prop::sample::select(vec!["16 KiB", "32 KiB", "128 KiB"]));
    let network = (prop::sample::select(vec!["1448 B", "17376 B"]), 0u32..300);
    (group, torrent, network, any::<u32>()).prop_map(
        |((count, up, picker, seed_choker, choker, arrival, leave, client), torrent, network, seed)| {
            let (slots, connections, fast) = client;
            vec![
                format!("seed={seed}"),
                format!("torrent.size={} B", torrent.0),
                format!("torrent.piece_length={}", torrent.1),
                format!("network.unit={}", network.0),
                format!("network.latency={} ms", network.1),
                format!("peers.leecher.count={count}"),
                format!("peers.leecher.up={up}"),
                format!("peers.leecher.picker={picker}"),
                format!("peers.leecher.choker={choker}"),
                format!("peers.leecher.arrival={arrival}"),
                format!("peers.leecher.on_complete={leave}"),
                format!("peers.leecher.upload_slots={slots}"),
                format!("peers.leecher.connections={connections}"),
                format!("peers.leecher.fast_extension={fast}"),
                format!("peers.seed.seed_choker={seed_choker}"),
            ]
        },
    )
}

proptest! {
    /// Whatever the swarm, everybody completes, every client's books are right after each event, and what is held is
    /// what the torrent says.
    #[test]
    fn every_swarm_with_a_seed_completes(overrides in any_swarm()) {
        let options = Options { hashing: Hashing::Full, checks: Profile::Strict, ..Options::default() };
        let overrides: Vec<&str> = overrides.iter().map(String::as_str).collect();
        let outcome = run(&scenario(FLASH_CROWD, &overrides), options);
        prop_assert_eq!(outcome.facts.stop_reason, "all complete");
        prop_assert_eq!(outcome.audit.unwrap().wrong, vec![]);
        prop_assert!(lower_bound(&outcome.tables.peers, outcome.facts.torrent.size_bytes).is_some());
    }
}
