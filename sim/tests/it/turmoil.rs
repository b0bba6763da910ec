//! The turmoil world: the shipped client on turmoil's sockets.

use swarmlab_sim::check::Profile;
use swarmlab_sim::explore::{brief, draw_for, is_differential, judge_in};
use swarmlab_sim::results::Summary;
use swarmlab_sim::scenario::{Arrival, OnComplete, Scenario};
use swarmlab_sim::turmoil::{self, HOSTS_MAX, refusals};
use swarmlab_sim::world::{Options, Outcome};
use swarmlab_sim::worlds::{AGREES_WITHIN, World};

use crate::rig::{CHECKED, scenario};

/// A seed and five who want 1 MiB.
const SMALL: &str = r#"
    seed = 5
    [torrent]
    size = "1 MiB"
    piece_length = "64 KiB"
    [network]
    latency = { min = "10 ms", max = "40 ms" }
    [peers.seed]
    count = 1
    has = "all"
    up = "4 Mbit/s"
    down = "20 Mbit/s"
    [peers.leecher]
    count = 5
    up = "4 Mbit/s"
    down = "16 Mbit/s"
    [stop]
    at = "5 min"
"#;

fn run(scenario: &Scenario, options: Options) -> Outcome {
    let outcome = turmoil::run(scenario, options, &mut ()).unwrap_or_else(|error| panic!("{error}"));
    if let Some(violation) = outcome.checked.as_ref().and_then(|checked| checked.violation.as_ref()) {
        panic!("{violation}");
    }
    outcome
}

#[test]
fn a_swarm_completes_with_the_right_content() {
    let outcome = run(&scenario(SMALL, &[]), CHECKED);
    assert_eq!(outcome.facts.stop_reason, "all complete");
    assert_eq!(outcome.facts.world, "turmoil");
    let audit = outcome.audit.clone().expect("what is held is read back");
    assert_eq!(audit.pieces, 6 * 16);
    assert_eq!(audit.wrong, []);
    let summary = Summary::new(outcome.facts.clone(), &outcome.tables.peers);
    assert_eq!((summary.completed, summary.leechers), (5, 5));
    assert!(summary.elapsed_s.unwrap() > summary.t_min_s.unwrap());
}

/// What one gave another one got, and every table says the same.
#[test]
fn the_tables_balance() {
    let Outcome { tables, .. } = run(&scenario(SMALL, &["stop.when=never", "stop.at=20 s"]), CHECKED);
    let sent: u64 = tables.transfers.iter().map(|row| row.payload_bytes).sum();
    let flowed: u64 = tables.flows.iter().map(|row| row.payload_bytes).sum();
    let uploaded: u64 = tables.peers.iter().map(|row| row.uploaded_bytes).sum();
    let downloaded: u64 = tables.peers.iter().map(|row| row.downloaded_bytes).sum();
    assert_eq!([sent, flowed], [uploaded; 2]);
    // What was on its way to somebody who hung up.
    assert!((5 << 20..=uploaded).contains(&downloaded), "{downloaded} of {uploaded}");
    assert_eq!(tables.acquisitions.len(), 5 * 16);
    let last = tables.pieces.last().expect("pieces are sampled");
    assert_eq!(last.copies, 6);
    assert!(tables.peers.iter().all(|row| row.protocol_down_bytes > 0 && row.protocol_up_bytes > 0));
}

#[test]
fn watching_changes_nothing_and_the_seed_does() {
    let digest = |set: &[&str], options| run(&scenario(SMALL, set), options).facts.digest;
    let bare = Options { tables: false, checks: Profile::Off, ..CHECKED };
    let first = digest(&[], CHECKED);
    assert_eq!(first, digest(&[], CHECKED));
    assert_eq!(first, digest(&[], bare));
    assert_ne!(first, digest(&["seed=6"], bare));
}

/// As the same population comes and goes in both worlds.
#[test]
fn peers_come_and_go_as_the_scenario_says() {
    let set = ["peers.leecher.arrival={ spread = \"10 s\" }", "peers.leecher.on_complete={ stay = \"2 s\" }"];
    let scenario = scenario(SMALL, &set);
    assert!(matches!(scenario.groups[1].arrival, Arrival::Spread(_)));
    assert!(matches!(scenario.groups[1].on_complete, OnComplete::StayFor(_)));
    let outcome = run(
        &Scenario {
            stop: swarmlab_sim::scenario::Stop {
                at: std::time::Duration::from_secs(60),
                when: swarmlab_sim::scenario::StopWhen::Never,
            },
            ..scenario
        },
        CHECKED,
    );
    for (number, row) in outcome.tables.peers.iter().filter(|row| row.group == "leecher").enumerate() {
        assert!((row.joined_s - 2.0 * number as f64).abs() < 1e-6, "{row:?}");
        let stayed = row.left_s.expect("it left") - row.completed_s.expect("it completed");
        assert!((2.0..2.5).contains(&stayed), "{row:?}");
    }
}

#[test]
fn both_worlds_agree_on_a_small_swarm() {
    let scenario = scenario(SMALL, &["torrent.size=4 MiB", "peers.leecher.count=8"]);
    let median = |world: World| {
        let options = Options { tables: false, ..Options::default() };
        let outcome = world.run(&scenario, options, &mut ()).unwrap_or_else(|error| panic!("{error}"));
        Summary::new(outcome.facts, &outcome.tables.peers).completion_s.median.unwrap()
    };
    let (event, turmoil) = (median(World::Event), median(World::Turmoil));
    assert!((turmoil / event - 1.0).abs() < AGREES_WITHIN, "event {event} s, turmoil {turmoil} s");
}

/// What a script does here it does with the client as it is shipped.
#[test]
fn scripts_happen() {
    let events = r#"
        [[events]]
        at = "1 s"
        for = "5 s"
        partition = { from = "seed" }
        [[events]]
        at = "2 s"
        for = "10 s"
        crash = { peers = "leecher", count = 2, keeps = "synced" }
        [[events]]
        at = "3 s"
        for = "20 s"
        tracker = "down"
        [[events]]
        at = "4 s"
        for = "4 s"
        rates = { peers = "leecher", up = "1 Mbit/s" }
        [[events]]
        at = "5 s"
        leave = { peers = "leecher", count = 1 }
    "#;
    let scenario = scenario(&format!("{SMALL}{events}"), &["torrent.size=4 MiB"]);
    let outcome = run(&scenario, CHECKED);
    assert_eq!(outcome.tables.events.len(), 9, "{:#?}", outcome.tables.events);
    assert_eq!(outcome.facts.stop_reason, "nobody is left to complete");
    let completed = outcome.tables.peers.iter().filter(|row| row.completed_s.is_some()).count();
    assert_eq!(completed, 4);
}

#[test]
fn what_the_world_can_not_do_is_refused() {
    let refused = |set: &[&str]| {
        let set: Vec<&str> = set.to_vec();
        refusals(&scenario(SMALL, &set)).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(refused(&[]), Vec::<String>::new());
    assert_eq!(refused(&[&format!("peers.leecher.count={}", HOSTS_MAX - 1)]), Vec::<String>::new());
    for (set, place) in [
        (vec![&*format!("peers.leecher.count={HOSTS_MAX}")], "peers.leecher.count"),
        (vec!["network.jitter=1 ms"], "network.jitter"),
        (vec!["network.loss=1 %"], "network.loss"),
        (vec!["network.asymmetry=10 %"], "network.asymmetry"),
        (vec!["network.send_buffer=1 MiB"], "network.send_buffer"),
        (vec!["network.receive_window=64 KiB"], "network.receive_window"),
        (vec!["peers.leecher.loss=1 %"], "peers.leecher.loss"),
        (vec!["peers.leecher.queue_down=1 MiB"], "peers.leecher.queue_down"),
        (vec!["peers.leecher.discipline_up=tail-drop"], "peers.leecher.discipline_up"),
        (vec!["peers.leecher.behaviour=corrupts"], "peers.leecher.behaviour"),
        (vec!["peers.seed.corrupt={ piece = 0, block = 0, times = 1 }"], "peers.seed.corrupt"),
        (vec!["peers.leecher.picker=global-rarest"], "peers.leecher.picker"),
    ] {
        let refused = refused(&set);
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(refused[0].starts_with(&format!("{place}: ")), "{refused:?}");
    }
    let shared = format!("{SMALL}[links.office]\nup = \"1 Mbit/s\"\ndown = \"1 Mbit/s\"\n");
    let refused: Vec<String> = refusals(&scenario(&shared, &[])).iter().map(ToString::to_string).collect();
    assert!(matches!(&refused[..], [only] if only.starts_with("links.office: ")), "{refused:?}");
    for action in [
        "loss = { from = \"seed\", loss = \"1 %\" }",
        "latency = { from = \"seed\", latency = \"1 s\" }",
        "partition = { from = \"seed\", one_way = true }",
        "crash = { peers = \"leecher\", silent = true }",
        "pause = { peers = \"leecher\" }",
        "reset = { peers = \"leecher\" }",
        "disk = { peers = \"leecher\", fault = \"full\" }",
    ] {
        let text = format!("{SMALL}[[events]]\nat = \"1 s\"\n{action}\n");
        let refused: Vec<String> = refusals(&scenario(&text, &[])).iter().map(ToString::to_string).collect();
        let key = action.split(' ').next().unwrap();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(refused[0].starts_with(&format!("events.0.{key}: ")), "{refused:?}");
        assert!(turmoil::run(&scenario(&text, &[]), CHECKED, &mut ()).is_err());
    }
}

/// The bounded search that is a part of every test run.
#[test]
fn no_property_is_broken_by_these_seeds_on_turmoil() {
    for seed in 1..25 {
        let scenario = draw_for(World::Turmoil, seed);
        assert_eq!(refusals(&scenario), [], "seed {seed}");
        if let Some(violation) = judge_in(World::Turmoil, &scenario, is_differential(seed)).violation {
            panic!("seed {seed}: {violation}\n\n{}", brief(&scenario));
        }
    }
}

/// What is drawn for this world stands in a file as it is.
#[test]
fn every_scenario_that_is_drawn_for_turmoil_reads_back_as_itself() {
    for seed in 0..500 {
        let scenario = draw_for(World::Turmoil, seed);
        let text = scenario.to_toml();
        let read = Scenario::parse("drawn.toml", &text, &[])
            .unwrap_or_else(|error| panic!("seed {seed}\n{error}\n{text}"));
        assert_eq!(read, scenario, "seed {seed}");
        assert_eq!(refusals(&scenario), [], "seed {seed}");
    }
}
