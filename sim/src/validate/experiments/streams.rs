//! V11: streams of the network behave as TCP does.

use std::time::Duration;

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit, Value, Values};
use super::super::streams_world::StreamsWorld;
use super::super::verdict::Range;
use crate::network::{AccessLink, Latency, NetworkConfig};

const MEGABIT: u64 = 1_000_000;
/// The link that limits.
const LINK: u64 = 50 * MEGABIT;
/// Every other link: never the limit.
const WIDE: u64 = 10_000 * MEGABIT;
/// A receive window that never limits.
const WINDOW_MAX: u32 = 64 << 20;
const ROUND_TRIPS_MS: [u64; 5] = [10, 30, 100, 200, 300];
const WINDOWS: [(u32, u64); 4] = [(64 << 10, 100), (256 << 10, 50), (1 << 20, 100), (1 << 20, 300)];
const STREAMS: [usize; 3] = [2, 4, 8];
const LOSSES: [(f64, u64); 6] = [(1e-4, 30), (1e-4, 100), (1e-3, 30), (1e-3, 100), (1e-2, 30), (1e-2, 100)];
const BASICS: &str = "RFC 9293 and RFC 5681";
const CUBIC: &str = "RFC 9438, sections 4.3 and 5.1";

pub fn experiment() -> Experiment {
    Experiment {
        id: "V11",
        title: "Streams",
        question: "Do the network's streams fill a link, obey a window and share as TCP does?".to_owned(),
        set_up: "The network alone, endless streams. One over a link of 50 Mbit/s, at the sender or at the receiver, at round \
                 trips of 10 to 300 ms, with a queue of one round trip (at least 128 KiB) at the receiver; one that only its receive window limits; one that random loss limits, held against CUBIC's response function; and k from one \
                 sender, or, for an hour and with a millisecond of jitter, to one receiver, at a round trip of 60 ms. Rates are payload; what a link can carry of it is \
                 16,397 of 17,189 bytes, the rest is headers.",
        scenario: None,
        arms,
        left_out: |_| None,
        findings,
    }
}

/// Payload a second, in bytes, of a link that carries nothing but blocks.
fn payload(bits_per_s: u64) -> f64 {
    const CHUNK: f64 = 16_397.0;
    const ON_WIRE: f64 = CHUNK + 12.0 * 66.0;
    bits_per_s as f64 / 8.0 * CHUNK / ON_WIRE
}

fn config(round_trip_ms: u64, receive_window_bytes: u32) -> NetworkConfig {
    let latency = Latency::Constant(Duration::from_micros(round_trip_ms * 500));
    NetworkConfig { latency, receive_window_bytes, ..NetworkConfig::default() }
}

/// The mean window of CUBIC, in packets, by its response function (RFC 9438, section 5.1, with β = 0.7 and C = 0.4), or
/// of Reno (section 4.3) where that is larger. Both are stated for losses at even distances.
fn window_packets(loss: f64, round_trip_s: f64) -> f64 {
    let cubic = (0.4 * 3.7 / (4.0 * 0.3_f64)).powf(0.25) * round_trip_s.powf(0.75) / loss.powf(0.75);
    cubic.max((1.5 / loss).sqrt())
}

/// A link whose receiving queue holds what is under way in a round trip.
fn link(round_trip_ms: u64) -> AccessLink {
    let under_way = LINK / 8 * round_trip_ms / 1000;
    AccessLink { queue_down_bytes: under_way.max(128 << 10), ..AccessLink::symmetric(LINK) }
}

/// One case: links, then who sends to whom.
struct Case {
    config: NetworkConfig,
    senders: Vec<AccessLink>,
    receivers: Vec<AccessLink>,
    span: Duration,
}

impl Case {
    /// Runs it: the rate of each stream.
    fn rates(&self, seed: u64, watch: &mut dyn crate::world::Watch) -> Option<(Vec<f64>, String)> {
        let mut world = StreamsWorld::new(self.config.clone(), seed);
        let senders: Vec<_> = self.senders.iter().map(|&link| world.host(link)).collect();
        let receivers: Vec<_> = self.receivers.iter().map(|&link| world.host(link)).collect();
        for stream in 0..senders.len().max(receivers.len()) {
            world.stream(senders[stream % senders.len()], receivers[stream % receivers.len()]);
        }
        let rates = world.rates(Duration::from_secs(30), self.span, watch)?;
        Some((rates, world.digest()))
    }
}

fn arm(name: String, case: Case, seeds_max: u32) -> Arm {
    let run = move |seed: u64, watch: &mut dyn crate::world::Watch| {
        let (rates, digest) = case.rates(seed, watch)?;
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        let furthest = rates.iter().map(|rate| (rate / mean - 1.0).abs()).fold(0.0, f64::max);
        let values = vec![("rate", Some(mean)), ("furthest_from_mean", Some(furthest))];
        Some(Measured { digest, values, curves: Vec::new() })
    };
    Arm { name, overrides: Vec::new(), cost_s: 0.5, seeds_max, run: Box::new(run) }
}

fn at_sender(round_trip_ms: u64) -> String {
    format!("50 Mbit/s at the sender, round trip {round_trip_ms} ms")
}

fn at_receiver(round_trip_ms: u64) -> String {
    format!("50 Mbit/s at the receiver, round trip {round_trip_ms} ms")
}

fn by_window((window, round_trip_ms): (u32, u64)) -> String {
    format!("window {} KiB, round trip {round_trip_ms} ms", window >> 10)
}

fn lossy((loss, round_trip_ms): (f64, u64)) -> String {
    format!("loss {loss} of the packets, round trip {round_trip_ms} ms")
}

fn from_one(streams: usize) -> String {
    format!("{streams} streams from one sender")
}

fn to_one(streams: usize) -> String {
    format!("{streams} streams to one receiver")
}

fn arms(size: Size) -> Vec<Arm> {
    let span = Duration::from_secs(60);
    let wide = AccessLink::symmetric(WIDE);
    let mut arms = Vec::new();
    for round_trip_ms in ROUND_TRIPS_MS {
        let config = || config(round_trip_ms, WINDOW_MAX);
        let limited = link(round_trip_ms);
        let [sender, receiver] = [(limited, wide), (wide, limited)].map(|(from, to)| Case {
            config: config(),
            senders: vec![from],
            receivers: vec![to],
            span,
        });
        arms.push(arm(at_sender(round_trip_ms), sender, 1));
        arms.push(arm(at_receiver(round_trip_ms), receiver, 1));
    }
    for (window, round_trip_ms) in WINDOWS {
        let config = config(round_trip_ms, window);
        let case = Case { config, senders: vec![wide], receivers: vec![wide], span };
        arms.push(arm(by_window((window, round_trip_ms)), case, 1));
    }
    for (loss, round_trip_ms) in LOSSES {
        let config = NetworkConfig { loss, ..config(round_trip_ms, WINDOW_MAX) };
        let case =
            Case { config, senders: vec![wide], receivers: vec![wide], span: Duration::from_secs(300) };
        arms.push(arm(lossy((loss, round_trip_ms)), case, u32::MAX));
    }
    for streams in STREAMS {
        let config = || config(60, WINDOW_MAX);
        let span = Duration::from_secs(300);
        let limited = link(60);
        let from = Case { config: config(), senders: vec![limited], receivers: vec![wide; streams], span };
        // Without a little chance in their distances, packets of one length march in step through a queue that drops its
        // tail, and one stream loses them all (Floyd and Jacobson 1991). What evens out, evens out over hundreds of
        // windows of loss.
        let config = NetworkConfig { jitter: Duration::from_millis(1), ..config() };
        let span = match size {
            Size::Short => span,
            Size::Normal | Size::Full => Duration::from_secs(3600),
        };
        let to = Case { config, senders: vec![wide; streams], receivers: vec![limited], span };
        arms.push(arm(from_one(streams), from, 1));
        arms.push(arm(to_one(streams), to, u32::MAX));
    }
    arms
}

fn findings(runs: &Runs) -> Findings {
    let rate = |arm: &str, of: f64| runs.values(arm, "rate").map(|rate| rate / of);
    let full = Claim::band(Unit::Share, "≥ 95 %", Range::at_least(0.95), BASICS);
    let window = Claim::band(Unit::Share, "100 %", Range::around(1.0, 0.02), BASICS);
    let even = Claim::band(Unit::Share, "0", Range::at_most(0.05), BASICS);
    let never = Claim::hard(Unit::Share, "≤ 100 %", Range::at_most(1.001), "a link's rate");
    let mut rows = Vec::new();
    let mut most = 0.0f64;
    for round_trip_ms in ROUND_TRIPS_MS {
        for arm in [at_sender(round_trip_ms), at_receiver(round_trip_ms)] {
            let share = rate(&arm, payload(LINK));
            most = share.known().into_iter().fold(most, f64::max);
            rows.push(Row::exact(format!("of the link's payload: {arm}"), &full, share));
        }
    }
    for case in WINDOWS {
        let arm = by_window(case);
        let limit = f64::from(case.0) * 1000.0 / case.1 as f64;
        rows.push(Row::exact(format!("of window ÷ round trip: {arm}"), &window, rate(&arm, limit)));
    }
    let response = Claim::band(Unit::Number, "1", Range::around(1.0, 0.25), CUBIC);
    for (loss, round_trip_ms) in LOSSES {
        let arm = lossy((loss, round_trip_ms));
        let round_trip_s = round_trip_ms as f64 / 1000.0;
        let packet = f64::from(NetworkConfig::MSS_BYTES);
        let expected = window_packets(loss, round_trip_s) * packet / round_trip_s;
        let what = format!("rate ÷ that of the response function: {arm}");
        rows.push(Row::new(what, &response, rate(&arm, expected)));
    }
    for streams in STREAMS {
        for arm in [from_one(streams), to_one(streams)] {
            let share = rate(&arm, payload(LINK) / streams as f64);
            most = share.known().into_iter().fold(most, f64::max);
            let furthest = runs.values(&arm, "furthest_from_mean");
            rows.push(
                Row::exact(format!("furthest rate from the mean: {arm}"), &even, furthest).if_missed(SHARING),
            );
        }
    }
    let most = Values(vec![Value { seed: 1, value: (most > 0.0).then_some(most) }]);
    rows.push(Row::exact(
        "of the link's payload, all streams of a case: the most of all cases",
        &never,
        most,
    ));
    Findings { rows, pictures: vec![picture(runs)] }
}

const SHARING: &str = "Who arrives at the moment of overflow loses; over 300 s that doesn't even out. Not looked into further. \
     Streams of one sender take turns and share evenly.";

fn picture(runs: &Runs) -> Picture {
    let curve = |name: &str, arm: fn(u64) -> String| {
        let points = ROUND_TRIPS_MS.into_iter().filter_map(|round_trip_ms| {
            let rate = runs.values(&arm(round_trip_ms), "rate").0.first()?.value?;
            Some((round_trip_ms as f64, rate / payload(LINK)))
        });
        Curve::simulated(name, points)
    };
    Picture {
        name: "lone-stream".to_owned(),
        title: "A lone stream over a link of 50 Mbit/s".to_owned(),
        caption: "Payload delivered over what the link can carry.".to_owned(),
        x: Scale::Count("round trip (ms)".to_owned()),
        y: Scale::Share("of the link's payload".to_owned()),
        curves: vec![
            curve("limited at the sender", at_sender),
            curve("limited at the receiver", at_receiver),
            Curve::level("95 %", 0.95, (0.0, 300.0)),
        ],
    }
}
