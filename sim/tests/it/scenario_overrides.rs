//! `--set path=value`.

use std::time::Duration;

use swarmlab_sim::scenario::{
    Action, Arrival, LatencySpec, Moment, OnComplete, Scenario, Spans, TorrentSpec, TrackerFault,
};

const FILE: &str = r#"
[torrent]
size = "64 MiB"
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
[[events]]
name = "cut"
at = "60 s"
partition = { from = "leecher" }
for = "30 s"
[[events]]
after = "cut"
tracker = "down"
[peers."a=b"]
count = 1
up = "8 Mbit/s"
down = "32 Mbit/s"
"#;

fn with(overrides: &[&str]) -> Result<Scenario, String> {
    let overrides: Vec<String> = overrides.iter().map(|text| text.to_string()).collect();
    Scenario::parse("crowd.toml", FILE, &overrides).map_err(|error| error.to_string())
}

#[test]
fn values_are_said_anew() {
    let scenario = with(&[
        "peers.leecher.count=15",
        "torrent.size=1GiB",
        "network.latency=\"30 ms\"",
        " peers.leecher.picker = random ",
        "peers.leecher.arrival={ poisson = '0.5 /s' }",
        "events.cut.at=90 s",
        "events.1.tracker=slow",
        "peers.leecher.on_complete={ stay = { exponential = '60 s' } }",
        "peers.leecher.reachable=60%",
        "peers.\"a=b\".count = 3",
        "stop.at=2 h",
        "name=night run",
        "seed=0x10",
    ])
    .unwrap();
    assert_eq!(scenario.groups[1].count, 15);
    assert_eq!(scenario.torrent, TorrentSpec::Formula { size_bytes: 1 << 30, piece_length_bytes: 1 << 20 });
    assert_eq!(scenario.network.latency, LatencySpec::Constant(Duration::from_millis(30)));
    assert_eq!(scenario.groups[1].client.picker, "random");
    assert_eq!(scenario.groups[1].arrival, Arrival::Poisson { per_s: 0.5 });
    assert_eq!(scenario.events[0].moment, Moment::At(Duration::from_secs(90)));
    assert_eq!(scenario.events[1].action, Action::Tracker(TrackerFault::Slow));
    let stay = Spans::Exponential { mean: Duration::from_secs(60) };
    assert_eq!(scenario.groups[1].on_complete, OnComplete::StayFor(stay));
    assert_eq!(scenario.groups[1].reachable, 0.6);
    assert_eq!(scenario.groups[2].count, 3);
    assert_eq!(scenario.stop.at, Duration::from_secs(7200));
    assert_eq!((scenario.name.as_str(), scenario.seed), ("night run", 16));
}

#[test]
fn a_part_of_a_value_is_said_anew_and_the_last_word_counts() {
    let scenario = with(&["network.latency.max=\"90 ms\"", "network.latency.max=80ms"]).unwrap();
    let latency = LatencySpec::Uniform { min: Duration::from_millis(10), max: Duration::from_millis(80) };
    assert_eq!(scenario.network.latency, latency);
}

#[test]
fn mistakes_are_shown_in_the_override() {
    let messages = [
        "peers.leecher.cuont=15",
        "peers.leechers.count=15",
        "peers.weather.count=15",
        "netwrok.latency=30 ms",
        "torrent.size=64",
        "events.cat.at=90 s",
        "events.2.at=90 s",
        "events.cut.att=90 s",
        "links.campus.up=1 MB/s",
        "torrent.size=",
        "network.latency={ min = \"10 ms\" ",
        "network.latency.min=90 ms",
        "torrent=64MiB",
        "peers.leecher.count",
        "=15",
        "",
        "[peers]=15",
        "#a=15",
        "peers..count=15",
        "peers.leecher.count=15\npeers.seed.count=2",
    ]
    .map(|text| with(&[text]).expect_err(text));
    insta::assert_snapshot!(messages.join("\n\n"));
}
