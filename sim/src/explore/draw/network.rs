//! What lies between the hosts, the links that they share, and the tracker.

use std::time::Duration;

use crate::network::{Discipline, NetworkConfig};
use crate::scenario::{LATENCIES, LatencySpec, NetworkSpec, SharedLinkSpec, TrackerProtocol, TrackerSpec};

use super::dice::{Dice, two_digits};
use super::features::{Feature, Features};

const PACKET_BYTES: u32 = NetworkConfig::MSS_BYTES;

/// The network.
pub fn draw(seed: u64, features: &Features) -> NetworkSpec {
    let mut dice = Dice::new(seed, "network");
    let mut network = NetworkSpec { latency: latency(&mut dice, features), ..NetworkSpec::default() };
    if features.is_deep {
        network.latency = LatencySpec::Constant(dice.span(0.15, 0.4));
        network.receive_window_bytes = 64 << 20;
    }
    if features.has(Feature::Jitter) {
        network.jitter = dice.span(0.001, 0.1);
        network.asymmetry = dice.pick(&[0.0, 0.2, 0.5, 1.0]);
    }
    if features.has(Feature::Loss) && !dice.one_in(3) {
        network.loss = dice.pick(&[0.001, 0.002, 0.005, 0.01, 0.02, 0.03]);
    }
    if features.has(Feature::Buffers) {
        network.unit_bytes = dice.pick(&[
            PACKET_BYTES,
            2 * PACKET_BYTES,
            6 * PACKET_BYTES,
            NetworkConfig::UNIT_BYTES,
            64 << 10,
        ]);
        network.send_buffer_bytes = dice.pick(&[1, 8 << 10, 64 << 10, 256 << 10]).max(network.unit_bytes);
        network.receive_window_bytes = dice.pick(&[2 * PACKET_BYTES, 8 << 10, 64 << 10, 1 << 20]);
    }
    network
}

fn latency(dice: &mut Dice, features: &Features) -> LatencySpec {
    let short = dice.span(0.002, 0.1);
    if !features.has(Feature::Latency) {
        return LatencySpec::Constant(short);
    }
    match dice.whole(0..=6) {
        0 => LatencySpec::Constant(Duration::ZERO),
        1 => LatencySpec::Constant(dice.span(0.3, 1.0)),
        2 => LatencySpec::Uniform { min: short, max: short + dice.span(0.01, 0.3) },
        3 => LatencySpec::LogNormal { median: short, sigma: dice.pick(&[0.3, 0.6, 1.0]) },
        4 => LatencySpec::Measured(&LATENCIES[0]),
        5 => LatencySpec::Regions,
        _ => LatencySpec::Plane { side: short + dice.span(0.01, 0.2), floor: short },
    }
}

/// One link, or two of which the second may be behind the first. `pace` is the rate of the seed's uplink, in bit/s.
pub fn links(seed: u64, features: &Features, network: &NetworkSpec, pace: f64) -> Vec<SharedLinkSpec> {
    let mut dice = Dice::new(seed, "links");
    if !features.has(Feature::SharedLinks) {
        return Vec::new();
    }
    let names = &["office", "street"][..dice.pick(&[1, 1, 2])];
    let inside = dice.one_in(2);
    let link = |(number, name): (usize, &&str)| {
        let up = two_digits(pace * dice.scale(0.5, 4.0));
        let queue = dice.pick(&[32 << 10, 256 << 10]).max(network.unit_bytes);
        SharedLinkSpec {
            name: (*name).to_owned(),
            up_bits_per_s: up,
            down_bits_per_s: up * dice.pick(&[1, 2, 4]),
            queue_up_bytes: queue,
            queue_down_bytes: queue,
            discipline: dice.pick(&[Discipline::TailDrop, Discipline::CoDel]),
            latency: dice.pick(&[Duration::ZERO, Duration::from_millis(5), Duration::from_millis(30)]),
            loss: if features.has(Feature::Loss) { dice.pick(&[0.0, 0.0, 0.01]) } else { 0.0 },
            behind: (number == 1 && inside).then(|| "office".to_owned()),
        }
    };
    names.iter().enumerate().map(link).collect()
}

/// The tracker. Clients announce at most twice a minute, whatever it asks for.
pub fn tracker(seed: u64, features: &Features) -> TrackerSpec {
    let mut dice = Dice::new(seed, "tracker");
    if !features.has(Feature::Tracker) {
        return TrackerSpec::default();
    }
    TrackerSpec {
        interval: Duration::from_secs(dice.pick(&[1, 30, 60, 120, 300])),
        peers_per_answer: dice.pick(&[2, 3, 5, 50]),
        // Dice of its own: what else is drawn stays as it was before there was a choice.
        protocol: Dice::new(seed, "tracker protocol").pick(&[
            TrackerProtocol::Http,
            TrackerProtocol::Http,
            TrackerProtocol::Http,
            TrackerProtocol::Udp,
        ]),
    }
}
