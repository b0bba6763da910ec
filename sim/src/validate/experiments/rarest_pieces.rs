//! V7: the transient state ends at the seed's pace, and then the pieces are evenly spread.

use std::collections::BTreeMap;

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit};
use super::super::statistics::Line;
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;
use crate::results::quantile;

const SCENARIO: ScenarioText = ScenarioText {
    name: "rarest-pieces.toml",
    text: include_str!("../../../../scenarios/validate/rarest-pieces.toml"),
};
const SOURCE: &str = "Legout, Urvoy-Keller and Michiardi, IMC 2006";

pub fn experiment() -> Experiment {
    Experiment {
        id: "V7",
        title: "Rarest pieces",
        question: swarm::question(SCENARIO),
        set_up: "One seed of 1000 kbit/s, 500 leechers with 400 kbit/s up and 1500 down, 200 pieces of 128 KiB, everybody at \
                 once. A rarest piece is one that the seed alone has; the line goes through all samples from the first \
                 piece that arrives until 2 % are left. The availability ratio is the copies of the rarest piece over the \
                 mean of all, at each sample from the end of the transient state until the first completion.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

const ARM: &str = "500 leechers";

fn arms(size: Size) -> Vec<Arm> {
    let leechers = if size == Size::Short { 50 } else { 500 };
    vec![swarm::arm(
        ARM,
        SCENARIO,
        vec![set("peers.leecher.count", leechers)],
        0.03 * f64::from(leechers),
        measure,
    )]
}

/// The pieces at one sample.
struct Sample {
    time_s: f64,
    rarest: usize,
    copies_min: f64,
    copies_mean: f64,
}

fn samples(swarm: &Swarm) -> Vec<Sample> {
    let mut times: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for row in &swarm.tables.pieces {
        times.entry((row.time_s * 1e6) as u64).or_default().push(row.copies);
    }
    let sample = |(time, copies): (u64, Vec<u32>)| Sample {
        time_s: time as f64 / 1e6,
        rarest: copies.iter().filter(|&&copies| copies <= 1).count(),
        copies_min: copies.iter().min().map_or(0.0, |&least| f64::from(least)),
        copies_mean: copies.iter().map(|&copies| f64::from(copies)).sum::<f64>() / copies.len() as f64,
    };
    times.into_iter().map(sample).collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let torrent = &swarm.summary.facts.torrent;
    let seed_up = swarm.seed_up_bits_per_s();
    let pieces_per_s = seed_up / 8.0 / torrent.piece_length_bytes as f64;
    let samples = samples(swarm);
    let pieces = torrent.pieces as usize;
    let falling = samples.iter().filter(|sample| sample.rarest < pieces && sample.rarest * 50 > pieces);
    let line =
        Line::through(&falling.map(|sample| (sample.time_s, sample.rarest as f64)).collect::<Vec<_>>());
    let transient_s = samples.iter().find(|sample| sample.rarest == 0).map(|sample| sample.time_s);
    let first_s = swarm.tables.peers.iter().filter_map(|peer| peer.completed_s).reduce(f64::min);
    let steady = transient_s.zip(first_s).map(|(from, until)| {
        let steady = samples.iter().filter(|sample| sample.time_s >= from && sample.time_s <= until);
        let mut ratios: Vec<f64> = steady.map(|sample| sample.copies_min / sample.copies_mean).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    });
    Measured {
        values: vec![
            ("slope_of_seed", line.map(|line| -line.slope / pieces_per_s)),
            ("r_squared", line.map(|line| line.r_squared)),
            ("transient_s", transient_s),
            ("first_completion_s", first_s),
            ("ratio_median", steady.and_then(|ratios| quantile(&ratios, 0.5))),
            ("seed_copies", Some(swarm.summary.seed_copies_sent)),
        ],
        curves: vec![
            Curve::simulated("rarest", samples.iter().map(|sample| (sample.time_s, sample.rarest as f64))),
            Curve::simulated(
                "ratio",
                samples.iter().map(|sample| (sample.time_s, sample.copies_min / sample.copies_mean)),
            ),
            Curve::expected("seed", [(0.0, pieces as f64), (pieces as f64 / pieces_per_s, 0.0)]),
        ],
        ..Measured::default()
    }
}

fn findings(runs: &Runs) -> Findings {
    let slope = Claim::band(Unit::Number, "1", Range::around(1.0, 0.1), SOURCE);
    let straight = Claim::band(Unit::Number, "> 0.98", Range::at_least(0.98), SOURCE);
    let even = Claim::band(Unit::Number, "≈ 1", Range::at_least(0.95), SOURCE);
    let rows = vec![
        Row::new(
            "pace at which rarest pieces vanish ÷ the seed's uplink",
            &slope,
            runs.values(ARM, "slope_of_seed"),
        )
        .if_missed(PACE),
        Row::new("R² of the line", &straight, runs.values(ARM, "r_squared")),
        Row::new("availability ratio after that, median", &even, runs.values(ARM, "ratio_median"))
            .if_missed(EVENNESS),
    ];
    let curve = |name, shown_as: &str| runs.arm(ARM).and_then(|arm| arm.curve(name, shown_as));
    let pictures = vec![
        Picture {
            name: "rarest-pieces".to_owned(),
            title: "Pieces that only the seed has".to_owned(),
            caption: "The first seed, against a seed that sends each piece once over its whole link."
                .to_owned(),
            x: Scale::Time("time".to_owned()),
            y: Scale::Count("pieces at the seed alone".to_owned()),
            curves: [curve("rarest", "simulated"), curve("seed", "at the seed's rate")]
                .into_iter()
                .flatten()
                .collect(),
        },
        Picture {
            name: "availability".to_owned(),
            title: "Evenness of the pieces".to_owned(),
            caption: "Copies of the rarest piece over the mean of all pieces, among the peers present."
                .to_owned(),
            x: Scale::Time("time".to_owned()),
            y: Scale::Number("availability ratio".to_owned()),
            curves: curve("ratio", "simulated").into_iter().collect(),
        },
    ];
    Findings { rows, pictures }
}

const PACE: &str = "The seed's link is used throughout, but not for what only it has. A newcomer with fewer than four pieces goes on \
     with a piece in progress, even at the seed: with 50 leechers two pieces became less rare between 30 s and 60 s, in which \
     the seed sent 25 pieces' worth. After that 0.7 pieces a second vanish of the 0.95 that the link carries, as the seed's \
     slots change hands in the middle of pieces (see V1).";
const EVENNESS: &str = "The transient state lasts so long (see the pace) that by its end most leechers are nearly complete: what comes last \
     from the seed has a few copies, all else hundreds, until just before the first completion. There is hardly any \
     steady state to measure.";
