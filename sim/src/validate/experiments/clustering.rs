//! V8: peers of like uplink find each other and finish in their order, unless the seed is slow.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit};
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;
use crate::results::{PeerRow, quantile};

const SCENARIO: ScenarioText = ScenarioText {
    name: "clustering.toml",
    text: include_str!("../../../../scenarios/validate/clustering.toml"),
};
const SOURCE: &str = "Legout, Liogkas, Kohler and Zhang, SIGMETRICS 2007";
/// The classes, the fastest first.
const CLASSES: [&str; 3] = ["fast", "medium", "slow"];

pub fn experiment() -> Experiment {
    Experiment {
        id: "V8",
        title: "Clustering and sharing incentive",
        question: swarm::question(SCENARIO),
        set_up: "One seed, 13 leechers with 20 kB/s up, 14 with 50 and 13 with 200, no limit down, 453 pieces of 256 KiB, four \
                 slots, leechers leave at completion; the seed has 200 kB/s, or 20. The share of what leechers sent within \
                 their class is held against what it would be had each sent to all others alike.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

const FAST_SEED: &str = "seed 200 kB/s";
const SLOW_SEED: &str = "seed 20 kB/s";

fn arms(size: Size) -> Vec<Arm> {
    let arm = |(name, up): (&str, &str)| {
        let mut overrides = vec![set("peers.seed.up", up)];
        if size == Size::Short {
            overrides.push(set("torrent.size", "16 MiB"));
        }
        swarm::arm(name, SCENARIO, overrides, 2.0, measure)
    };
    [(FAST_SEED, "200 kB/s"), (SLOW_SEED, "20 kB/s")].into_iter().map(arm).collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let median_s = |class: &str| {
        let members = swarm.tables.peers.iter().filter(|peer| peer.group == class);
        let times: Option<Vec<f64>> = members.map(PeerRow::completion_s).collect();
        let mut times = times?;
        times.sort_by(f64::total_cmp);
        quantile(&times, 0.5)
    };
    let medians = CLASSES.map(median_s);
    let [fast, medium, slow] = medians;
    let least_gap =
        fast.zip(medium).zip(slow).map(|((fast, medium), slow)| (medium / fast).min(slow / medium));
    let used = swarm.uplinks_used(f64::INFINITY);
    let complete: Vec<Curve> = CLASSES.iter().map(|class| completion(swarm, class)).collect();
    Measured {
        values: vec![
            ("median_fast_s", fast),
            ("median_medium_s", medium),
            ("median_slow_s", slow),
            ("least_gap", least_gap),
            ("clustering", clustering(swarm, &CLASSES)),
            ("clustering_fast", clustering(swarm, &CLASSES[..1])),
            ("clustering_medium", clustering(swarm, &CLASSES[1..2])),
            ("clustering_slow", clustering(swarm, &CLASSES[2..])),
            ("utilisation", Some(swarm.summary.upload_utilisation)),
            ("leechers_used", used.leechers),
            ("seed_used", used.seeds),
            ("seed_copies", Some(swarm.summary.seed_copies_sent)),
        ],
        curves: complete,
        ..Measured::default()
    }
}

/// The share of what the leechers of `classes` sent to leechers of their own class, over that share had they sent to
/// all other leechers alike.
fn clustering(swarm: &Swarm, classes: &[&str]) -> Option<f64> {
    let peers = &swarm.tables.peers;
    let class = |number: u32| peers.iter().find(|peer| peer.peer == number).map(|peer| peer.group.as_str());
    let leechers = peers.iter().filter(|peer| !peer.is_seed()).count() as f64;
    let (mut within, mut at_random) = (0.0, 0.0);
    for row in &swarm.tables.transfers {
        let (Some(from), Some(to)) = (class(row.uploader), class(row.downloader)) else { continue };
        if classes.contains(&from) {
            let members = peers.iter().filter(|peer| peer.group == from).count() as f64;
            let bytes = row.payload_bytes as f64;
            within += if from == to { bytes } else { 0.0 };
            at_random += bytes * (members - 1.0) / (leechers - 1.0);
        }
    }
    (at_random > 0.0).then(|| within / at_random)
}

fn completion(swarm: &Swarm, class: &str) -> Curve {
    let members: Vec<&PeerRow> = swarm.tables.peers.iter().filter(|peer| peer.group == class).collect();
    let mut times: Vec<f64> = members.iter().filter_map(|peer| peer.completed_s).collect();
    times.sort_by(f64::total_cmp);
    let share = |count: usize| count as f64 / members.len() as f64;
    let steps = times.iter().enumerate();
    Curve::simulated(
        class,
        steps.flat_map(|(index, &time_s)| [(time_s, share(index)), (time_s, share(index + 1))]),
    )
}

fn findings(runs: &Runs) -> Findings {
    let order = Claim::hard(Unit::Number, "> 1", Range::at_least(1.0), SOURCE);
    let clustered = Claim::band(Unit::Number, "≥ 1.5", Range::at_least(1.5), SOURCE);
    let lost = Claim::band(Unit::Number, "lost: < 1.5", Range::at_most(1.5), SOURCE);
    let used = Claim::band(Unit::Share, "> 85 %", Range::at_least(0.85), SOURCE);
    let less = Claim::hard_mean(Unit::Number, "> 1", Range::at_least(1.0), SOURCE);
    let clustering = |seed| runs.values(seed, "clustering");
    let rows = vec![
        Row::new(
            "fast seed: median completion of a class ÷ that of the next faster one, the smaller of both",
            &order,
            runs.values(FAST_SEED, "least_gap"),
        ),
        Row::new("fast seed: share sent within the class ÷ random mixing", &clustered, clustering(FAST_SEED)),
        Row::new("fast seed: uplink utilisation", &used, runs.values(FAST_SEED, "utilisation"))
            .if_missed(USED),
        Row::new("slow seed: share sent within the class ÷ random mixing", &lost, clustering(SLOW_SEED)),
        Row::new(
            "clustering with the fast seed ÷ with the slow one",
            &less,
            clustering(FAST_SEED).with(&clustering(SLOW_SEED), |fast, slow| fast / slow),
        ),
    ];
    let picture = |seed: &str, name: &str| Picture {
        name: name.to_owned(),
        title: format!("Completion by class, {seed}"),
        caption: "The share of each class that was complete; the first seed.".to_owned(),
        x: Scale::Time("time".to_owned()),
        y: Scale::Share("leechers complete".to_owned()),
        curves: CLASSES.iter().filter_map(|class| runs.arm(seed)?.curve(class, *class)).collect(),
    };
    Findings {
        rows,
        pictures: vec![picture(FAST_SEED, "classes-fast-seed"), picture(SLOW_SEED, "classes-slow-seed")],
    }
}

const USED: &str = "The leechers' uplinks are used to 92 % once each has a piece, but the seed's only to half once the fast \
     class has left. A leecher's requests wait behind its own uploads, for seconds at 20 kB/s, and the engine asks for no \
     more than half a second and two of the shortest round trips ahead: alone with the 13 slow leechers the seed's link is \
     used to 42 %, and to 95 % if they upload nothing.";
