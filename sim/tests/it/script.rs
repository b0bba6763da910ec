//! When scripted events happen, what is written of them, and that a run with them is one run.

use proptest::prelude::*;

use swarmlab_engine::storage::Hashing;
use swarmlab_sim::world::{Options, Outcome};

use crate::rig::{CHECKED, SLOW_CROWD, crowd, group, run, scenario};

fn events(outcome: &Outcome) -> Vec<(&str, &str, u32)> {
    outcome.tables.events.iter().map(|row| (row.name.as_str(), row.action.as_str(), row.hosts)).collect()
}

#[test]
fn events_follow_the_clock_each_other_and_conditions() {
    let outcome = crowd(
        r#"
        [[events]]
        name = "cut"
        at = "3 s"
        for = "2 s"
        partition = { from = "leecher", to = "seed" }
        [[events]]
        after = "cut"
        delay = "1 s"
        tracker = "error"
        [[events]]
        name = "half"
        when = { complete = "50 %" }
        leave = { peers = "leecher", count = 1 }
        [[events]]
        name = "copy"
        when = { copies = 0.5 }
        reset = { peers = "seed" }
        [[events]]
        name = "spread"
        when = { spread = 2 }
        latency = { from = "seed", latency = "10 ms" }
        "#,
        &[],
    );
    assert_eq!(
        events(&outcome),
        [
            ("cut", "nothing passes between leecher and seed", 13),
            ("event 2", "the tracker answers with a failure", 0),
            ("cut", "end of: nothing passes between leecher and seed", 13),
            ("copy", "the streams of all of seed are reset", 1),
            ("spread", "packets from seed to everybody else take 10ms longer", 1),
            ("half", "1 of leecher leave", 1),
        ]
    );
    let time = |index: usize| outcome.tables.events[index].time_s;
    assert_eq!((time(0), time(1), time(2)), (3.0, 4.0, 5.0));
    assert_eq!(outcome.facts.script, outcome.tables.events);
    let done: Vec<f64> = group(&outcome, "leecher").filter_map(|peer| peer.completed_s).collect();
    assert_eq!(done.iter().filter(|done| **done <= time(5)).count(), 6, "half of them at that moment");
}

const EVERYTHING: &str = r#"
    [[events]]
    name = "cut"
    at = "3 s"
    for = "5 s"
    partition = { from = "leecher", to = "seed", one_way = true }
    [[events]]
    at = "4 s"
    for = "20 s"
    crash = { peers = "leecher", share = "30 %", silent = true, keeps = "synced" }
    [[events]]
    when = { copies = 0.3 }
    for = "10 s"
    pause = { peers = "leecher", count = 3 }
    [[events]]
    at = "6 s"
    for = "10 s"
    disk = { peers = "leecher", share = "50 %", fault = "slow", delay = "20 ms" }
    [[events]]
    after = "cut"
    for = "30 s"
    disk = { peers = "leecher", count = 2, fault = "full" }
    [[events]]
    when = { spread = 1 }
    loss = { from = "seed", loss = "5 %" }
"#;

#[test]
fn a_run_with_everything_is_the_same_however_it_is_watched() {
    let text = format!("{SLOW_CROWD}{EVERYTHING}");
    let overrides = [
        "network.jitter=5 ms",
        "network.loss=1 %",
        "peers.leecher.abort={ min = \"20 s\", max = \"60 s\" }",
        "peers.leecher.returns={ after = \"10 s\", times = 9 }",
    ];
    let scenario = scenario(&text, &overrides);
    let plain = run(&scenario, Options::default());
    assert_eq!(plain.facts.stop_reason, "all complete");
    for options in [
        Options { tables: false, ..Options::default() },
        Options { hashing: Hashing::Full, ..Options::default() },
        CHECKED,
    ] {
        let other = run(&scenario, options);
        assert_eq!(other.facts.digest, plain.facts.digest);
        assert_eq!(other.tables.peers, plain.tables.peers);
        assert_eq!(other.tables.events, plain.tables.events);
    }
}

/// One thing that ends.
fn any_event() -> impl Strategy<Value = String> {
    let whom = prop_oneof![
        (1u32..12).prop_map(|count| format!("count = {count}")),
        (1u32..=100).prop_map(|share| format!("share = \"{share} %\"")),
    ];
    let keeps = prop::sample::select(vec!["everything", "synced", "nothing"]);
    let disk = prop::sample::select(vec!["fault = \"full\"", "fault = \"slow\", delay = \"50 ms\""]);
    let tracker = prop::sample::select(vec!["down", "error", "garbage", "empty", "slow"]);
    let action = prop_oneof![
        any::<bool>()
            .prop_map(|way| format!("partition = {{ from = \"leecher\", to = \"seed\", one_way = {way} }}")),
        Just("partition = { from = \"other\" }".to_owned()),
        (1u32..60).prop_map(|loss| format!("loss = {{ from = \"leecher\", loss = \"{loss} %\" }}")),
        (1u32..5_000).prop_map(|delay| format!("latency = {{ from = \"seed\", latency = \"{delay} ms\" }}")),
        (1u32..5_000).prop_map(|up| format!("rates = {{ peers = \"seed\", up = \"{up} kbit/s\" }}")),
        (whom.clone(), any::<bool>(), keeps).prop_map(|(whom, silent, keeps)| {
            format!("crash = {{ peers = \"leecher\", {whom}, silent = {silent}, keeps = \"{keeps}\" }}")
        }),
        any::<bool>().prop_map(|silent| format!("crash = {{ peers = \"seed\", silent = {silent} }}")),
        whom.clone().prop_map(|whom| format!("pause = {{ peers = \"leecher\", {whom} }}")),
        Just("pause = { peers = \"seed\" }".to_owned()),
        whom.clone().prop_map(|whom| format!("reset = {{ peers = \"leecher\", {whom} }}")),
        (whom, disk).prop_map(|(whom, fault)| format!("disk = {{ peers = \"leecher\", {whom}, {fault} }}")),
        tracker.prop_map(|fault| format!("tracker = \"{fault}\"")),
    ];
    let moment = prop_oneof![
        4 => (0u32..60).prop_map(|at| format!("at = \"{at} s\"")),
        1 => (1u32..100).prop_map(|share| format!("when = {{ complete = \"{share} %\" }}")),
        1 => (1u32..30).prop_map(|tenths| format!("when = {{ copies = {} }}", f64::from(tenths) / 10.0)),
        1 => (1u32..4).prop_map(|copies| format!("when = {{ spread = {copies} }}")),
    ];
    (moment, 1u32..200, action).prop_map(|(moment, lasts, action)| match action.starts_with("reset") {
        true => format!("[[events]]\n{moment}\n{action}\n"),
        false => format!("[[events]]\n{moment}\nfor = \"{lasts} s\"\n{action}\n"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens, if it ends and the seed stays, everybody completes, and every client's books are right after
    /// each event.
    #[test]
    fn a_swarm_gets_over_whatever_ends(
        script in prop::collection::vec(any_event(), 1..6),
        seed in any::<u32>(),
        reachable in prop::sample::select(vec!["100 %", "50 %"]),
    ) {
        let other = "[peers.other]\ncount = 4\nup = \"2 Mbit/s\"\ndown = \"8 Mbit/s\"\n";
        let text = format!("{SLOW_CROWD}\n{other}{}", script.concat());
        let overrides = [
            format!("seed={seed}"),
            format!("peers.leecher.reachable={reachable}"),
            "torrent.size=2 MiB".to_owned(),
            "peers.leecher.count=8".to_owned(),
        ];
        let overrides: Vec<&str> = overrides.iter().map(String::as_str).collect();
        let outcome = run(&scenario(&text, &overrides), CHECKED);
        prop_assert_eq!(outcome.facts.stop_reason, "all complete");
    }
}
