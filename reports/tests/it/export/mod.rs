//! What other people's tools are given of a run is what happened in it.

mod capture;
mod packets;
mod sockets;
mod trace;

use swarmlab_reports::export::Output;
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::{self, Observer, Options, Outcome};

/// A small swarm that loses packets, and to which things happen.
const TROUBLED: &str = r#"
    seed = 7
    [torrent]
    size = "2 MiB"
    piece_length = "64 KiB"
    [network]
    latency = { min = "10 ms", max = "60 ms" }
    loss = "1 %"
    [peers.seed]
    count = 1
    has = "all"
    up = "4 Mbit/s"
    down = "20 Mbit/s"
    [peers.leecher]
    count = 5
    up = "4 Mbit/s"
    down = "16 Mbit/s"
    [[events]]
    name = "sleep"
    at = "3 s"
    for = "4 s"
    pause = { peers = "leecher", count = 1 }
    [[events]]
    name = "failure"
    at = "2 s"
    for = "10 s"
    crash = { peers = "leecher", count = 1 }
    [stop]
    when = "never"
    at = "200 s"
"#;

fn scenario(text: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|&set| set.to_owned()).collect();
    Scenario::parse("test", text, &overrides).unwrap_or_else(|error| panic!("{error}"))
}

fn observed<'a>(scenario: &'a Scenario, observers: Vec<&'a mut (dyn Observer + 'a)>) -> Outcome {
    world::observed(scenario, Options::default(), &mut (), observers).unwrap()
}

/// Where an export goes in a test.
type Memory<'a> = &'a mut Vec<u8>;

fn output(bytes: &mut Vec<u8>) -> Output<Memory<'_>> {
    Output::new(bytes, u64::MAX)
}
