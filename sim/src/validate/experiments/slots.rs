//! V2: whole pieces, one upload at a time: nobody beats the fewest slots, and rarest first comes nearest to it.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::row::{Claim, Row, Unit};
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;

const SCENARIO: ScenarioText =
    ScenarioText { name: "slots.toml", text: include_str!("../../../../scenarios/validate/slots.toml") };
const SOURCE: &str = "Mundinger, Weber and Weiss, Journal of Scheduling 2008";
const MODEL: &str = "computed with an idealised picker";
const PICKERS: [&str; 3] = ["rarest-first", "random", "sequential"];

pub fn experiment() -> Experiment {
    Experiment {
        id: "V2",
        title: "Whole pieces in slots",
        question: swarm::question(SCENARIO),
        set_up: "N leechers and a seed with equal uplinks and one upload at a time, 50 pieces of one block, everybody \
                 connected with everybody, next to no latency; a slot, a piece over one uplink, takes 2 s.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

fn sizes(size: Size) -> &'static [u32] {
    if size == Size::Short { &[16] } else { &[64, 127] }
}

fn name(picker: &str, leechers: u32) -> String {
    format!("{picker}, N = {leechers}")
}

fn arms(size: Size) -> Vec<Arm> {
    let arm = |picker: &str, leechers: u32| {
        let overrides = vec![set("peers.leecher.count", leechers), set("peers.leecher.picker", picker)];
        swarm::arm(name(picker, leechers), SCENARIO, overrides, 0.01 * f64::from(leechers), measure)
    };
    let sizes = sizes(size).iter();
    sizes.flat_map(|&leechers| PICKERS.map(|picker| arm(picker, leechers))).collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let summary = &swarm.summary;
    let torrent = &summary.facts.torrent;
    let leechers = summary.peers - summary.seeds;
    let slots = f64::from(torrent.pieces + leechers.ilog2());
    let slot_s = torrent.piece_length_bytes as f64 * 8.0 / swarm.seed_up_bits_per_s();
    let complete = summary.completed == leechers;
    Measured {
        values: vec![
            ("ratio", summary.elapsed_s.filter(|_| complete).map(|elapsed_s| elapsed_s / slot_s / slots)),
            ("waste", Some(summary.waste_fraction)),
            ("utilisation", Some(summary.upload_utilisation)),
            ("seed_copies", Some(summary.seed_copies_sent)),
        ],
        ..Measured::default()
    }
}

fn findings(runs: &Runs) -> Findings {
    let floor = Claim::hard(Unit::Number, "≥ 1", Range::at_least(1.0), SOURCE);
    let order = Claim::hard_mean(Unit::Number, "> 1", Range::at_least(1.0), MODEL);
    let near = Claim::band(Unit::Number, "1.01–1.04", Range::at_most(1.1), MODEL);
    let mut rows = Vec::new();
    for arm in &runs.arms {
        rows.push(Row::new(
            format!("last completion ÷ the floor: {}", arm.name),
            &floor,
            arm.values("ratio"),
        ));
    }
    for leechers in [16, 64, 127] {
        let ratio = |picker| runs.values(&name(picker, leechers), "ratio");
        if ratio(PICKERS[0]).0.is_empty() {
            continue;
        }
        rows.push(
            Row::new(format!("rarest first ÷ the floor, N = {leechers}"), &near, ratio(PICKERS[0]))
                .if_missed(NEAR),
        );
        for pair in PICKERS.windows(2) {
            let what = format!("{} ÷ {}, N = {leechers}", pair[1], pair[0]);
            rows.push(Row::new(what, &order, ratio(pair[1]).with(&ratio(pair[0]), |slow, fast| slow / fast)));
        }
    }
    Findings { rows, pictures: Vec::new() }
}

const NEAR: &str = "The model's uploader sends its next piece to whoever is best; the engine's slot stays with a peer for up to \
     30 s, fifteen slots of the model, and the seed sends up to eight copies. A piece of one block costs each holder a HAVE to \
     every neighbour, with headers a third of the block at N = 64. Uplinks are used to 12 %; with slots of 10 s to 22 %, but \
     there requests begin to time out.";
