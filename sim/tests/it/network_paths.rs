//! What happens to paths and links: partitions, loss, delay, rates, shared links, places, hosts that nobody reaches.

use swarmlab_sim::results::Summary;
use swarmlab_sim::world::Outcome;

use crate::rig::{CHECKED, SLOW_CROWD, crowd, last_s, run, scenario};

/// The most that the initial seeds sent between two samples in this time, bit/s.
fn seed_rate(outcome: &Outcome, from_s: f64, until_s: f64) -> f64 {
    let rows = outcome.tables.timeline.iter().filter(|row| row.time_s > from_s && row.time_s <= until_s);
    rows.map(|row| row.seed_up_bits_per_s).fold(0.0, f64::max)
}

#[test]
fn a_partition_cuts_the_seed_off_and_the_swarm_recovers_from_it() {
    let calm = crowd("", &[]);
    for cut in [
        "partition = { from = \"seed\", to = \"leecher\" }",
        "partition = { from = \"leecher\", to = \"seed\" }",
        "partition = { from = \"seed\" }",
        "partition = { from = \"leecher\", to = \"seed\", one_way = true }",
    ] {
        let outcome = crowd(&format!("[[events]]\nat = \"5 s\"\nfor = \"60 s\"\n{cut}"), &[]);
        assert_eq!(outcome.facts.stop_reason, "all complete", "{cut}");
        assert!(seed_rate(&outcome, 0.0, 5.0) > 3e6);
        assert_eq!(seed_rate(&outcome, 20.0, 60.0), 0.0, "{cut}");
        let (with, without) = (last_s(&outcome), last_s(&calm));
        assert!(with > without + 40.0 && with < without + 300.0, "{cut}: {with} and {without} s");
    }
}

#[test]
fn loss_and_delay_slow_a_swarm_down() {
    let calm = last_s(&crowd("", &[]));
    for trouble in
        ["loss = { from = \"seed\", loss = \"10 %\" }", "latency = { from = \"seed\", latency = \"2 s\" }"]
    {
        let outcome = crowd(&format!("[[events]]\nat = \"2 s\"\n{trouble}"), &[]);
        assert_eq!(outcome.facts.stop_reason, "all complete");
        assert!(last_s(&outcome) > calm * 1.1, "{trouble}: {} and {calm} s", last_s(&outcome));
    }
}

#[test]
fn rates_that_fall_slow_a_swarm_and_rates_that_rise_stay_above_the_bound() {
    let summary = |outcome: &Outcome| Summary::new(outcome.facts.clone(), &outcome.tables.peers);
    let calm = crowd("", &[]);
    let bound = summary(&calm).t_min_s.unwrap();
    let event = |rates: &str| crowd(&format!("[[events]]\nat = \"2 s\"\nrates = {rates}"), &[]);
    let slow = event("{ peers = \"seed\", up = \"1 Mbit/s\" }");
    assert!(last_s(&slow) > 60.0, "{} s", last_s(&slow));
    assert_eq!(summary(&slow).t_min_s, Some(bound), "what it had at first is the largest");
    let fast = event("{ peers = \"seed\", up = \"40 Mbit/s\" }");
    let fast_bound = summary(&fast).t_min_s.unwrap();
    assert!(last_s(&fast) < last_s(&calm) && fast_bound < bound);
    assert!(summary(&fast).t_min_applies && last_s(&fast) > fast_bound);
    // The group's own steps do the same, and what an event laid over them ends with it.
    let steps = crowd("", &["peers.seed.rates=[{ at = \"2 s\", up = \"1 Mbit/s\" }]"]);
    assert!((last_s(&steps) - last_s(&slow)).abs() < 0.2 * last_s(&slow));
    let undone = crowd(
        "[[events]]\nat = \"2 s\"\nfor = \"5 s\"\nrates = { peers = \"seed\", up = \"1 Mbit/s\" }",
        &[],
    );
    assert!(last_s(&undone) < last_s(&slow) * 0.6);
}

#[test]
fn a_shared_link_is_the_limit_of_those_behind_it() {
    let text = |up: &str| {
        format!("[links.line]\nup = \"{up}\"\ndown = \"{up}\"\n{SLOW_CROWD}")
            .replace("[peers.leecher]", "[peers.leecher]\n    behind = \"line\"")
    };
    let wide = run(&scenario(&text("100 Mbit/s"), &[]), CHECKED);
    let narrow = run(&scenario(&text("1 Mbit/s"), &[]), CHECKED);
    // One copy has to come in: 67 Mbit.
    assert!(last_s(&wide) < 60.0 && last_s(&narrow) > 67.0);
    let collapse = "[[events]]\nat = \"2 s\"\nfor = \"2 min\"\nrates = { link = \"line\", up = \"10 kbit/s\", down = \"10 kbit/s\" }";
    let collapsed = run(&scenario(&format!("{}{collapse}", text("100 Mbit/s")), &[]), CHECKED);
    assert!((120.0..400.0).contains(&last_s(&collapsed)), "{} s", last_s(&collapsed));
    assert_eq!(collapsed.tables.events[0].hosts, 12);
}

#[test]
fn hosts_that_nobody_reaches_are_connected_to_those_they_dial() {
    let pairs = |reachable: &str| {
        let reachable = format!("peers.leecher.reachable={reachable}");
        // The second announce, after a minute, tells of those that came after the first. Until then nobody is done.
        let slow = "peers.seed.up=100 kbit/s";
        let outcome = crowd("", &[&reachable, slow, "stop.when=never", "stop.at=100 s"]);
        outcome.tables.timeline.iter().map(|row| row.connections).max().unwrap()
    };
    // All of the 13 with each other; only with the seed; six in twelve hidden from each other.
    assert_eq!(pairs("100 %"), 78);
    assert_eq!(pairs("0 %"), 12);
    assert_eq!(pairs("50 %"), 78 - 15);
}

#[test]
fn whoever_nobody_reaches_is_not_left_alone_until_the_next_regular_announce() {
    for seed in 0..20 {
        let seed = format!("seed={seed}");
        let outcome = crowd("", &["tracker.interval=30 min", "peers.leecher.reachable=25 %", &seed]);
        assert_eq!(outcome.facts.stop_reason, "all complete");
        assert!(last_s(&outcome) < 600.0, "{seed}: {} s", last_s(&outcome));
    }
}

/// Over a few seeds: in one of them luck with the order of pieces may outweigh the way.
#[test]
fn far_apart_is_slower_than_near() {
    let at = |latency: &str, region: &str| {
        let latency = format!("network.latency={latency}");
        let mut overrides = vec![latency];
        if !region.is_empty() {
            overrides.push(format!("peers.leecher.region={region}"));
            overrides.push("peers.seed.region=NA".to_owned());
        }
        let last_of = |seed: u32| {
            let overrides: Vec<String> = [overrides.clone(), vec![format!("seed={seed}")]].concat();
            last_s(&crowd("", &overrides.iter().map(String::as_str).collect::<Vec<&str>>()))
        };
        (1..=5).map(last_of).sum::<f64>()
    };
    let regions = "{ regions = \"world\" }";
    assert!(at(regions, "AU") > at(regions, "NA"));
    let plane = |side: &str| at(&format!("{{ plane = \"{side}\", floor = \"1 ms\" }}"), "");
    assert!(plane("800 ms") > plane("10 ms"));
}
