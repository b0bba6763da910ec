//! V5: the uplinks of a crowd stay busy, however large it is.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit, Value, Values};
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;

/// Also the set-up of the picker's experiment.
pub(super) const SCENARIO: ScenarioText = ScenarioText {
    name: "uplink-utilisation.toml",
    text: include_str!("../../../../scenarios/validate/uplink-utilisation.toml"),
};
pub(super) const SOURCE: &str = "Bharambe, Herley and Padmanabhan, INFOCOM 2006";

pub fn experiment() -> Experiment {
    Experiment {
        id: "V5",
        title: "Uplink utilisation",
        question: swarm::question(SCENARIO),
        set_up: "N leechers arrive at 100 a second, with 1500 kbit/s down and 400 up and five uploads each; 400 pieces of \
                 256 KiB; one seed with 6000 kbit/s; everybody leaves at completion. Utilisation is payload over the rate \
                 of all uplinks present, while anybody downloads.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |size| {
            (size != Size::Full).then_some("N = 1,000 to 8,000 take one to fifteen minutes a run: --full")
        },
        findings,
    }
}

fn sizes(size: Size) -> &'static [u32] {
    match size {
        Size::Short => &[20],
        Size::Normal => &[50, 100, 200, 400],
        Size::Full => &[50, 100, 200, 400, 1000, 2000, 4000, 8000],
    }
}

/// The values for so many leechers.
pub(super) fn crowd(leechers: u32) -> Vec<String> {
    let span_ms = leechers * 10; // 100 arrivals a second
    vec![
        set("peers.leecher.count", leechers),
        set("peers.leecher.arrival", format_args!("{{ spread = \"{span_ms} ms\" }}")),
    ]
}

fn name(leechers: u32) -> String {
    format!("N = {leechers}")
}

fn arms(size: Size) -> Vec<Arm> {
    let arm = |&leechers: &u32| {
        swarm::arm(name(leechers), SCENARIO, crowd(leechers), 0.07 * f64::from(leechers), measure)
    };
    sizes(size).iter().map(arm).collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let summary = &swarm.summary;
    let peers = &swarm.tables.peers;
    let complete = peers.iter().all(|peer| peer.is_seed() || peer.completed_s.is_some());
    let rows = &swarm.tables.timeline;
    let busy = rows.iter().filter(|row| row.capacity_up_bits_per_s > 0.0);
    let used = busy.map(|row| (row.time_s, row.up_bits_per_s / row.capacity_up_bits_per_s));
    let times: Vec<f64> = peers.iter().filter_map(|peer| peer.completion_s()).collect();
    let to_median = summary.completion_s.median.map(|median_s| swarm.uplinks_used(median_s));
    Measured {
        values: vec![
            ("utilisation", complete.then_some(summary.upload_utilisation)),
            ("utilisation_to_median", to_median.as_ref().and_then(|used| used.all)),
            ("leechers_to_median", to_median.as_ref().and_then(|used| used.leechers)),
            ("seed_to_median", to_median.as_ref().and_then(|used| used.seeds)),
            ("mean_completion_s", complete.then(|| times.iter().sum::<f64>() / times.len() as f64)),
            ("waste", Some(summary.waste_fraction)),
            ("seed_copies", Some(summary.seed_copies_sent)),
        ],
        curves: vec![Curve::simulated("utilisation", used)],
        ..Measured::default()
    }
}

fn findings(runs: &Runs) -> Findings {
    let busy = Claim::band(Unit::Share, "> 95 %", Range::at_least(0.90), SOURCE);
    let flat = Claim::band(Unit::Share, "flat in N", Range::at_most(0.03), SOURCE);
    let mut rows: Vec<Row> = Vec::new();
    for arm in &runs.arms {
        let what = format!("uplink utilisation, {}", arm.name);
        rows.push(Row::new(what, &busy, arm.values("utilisation")).if_missed(REASON));
    }
    if runs.arms.len() > 1 {
        rows.push(
            Row::new("largest less smallest utilisation over all N", &flat, spread(runs)).if_missed(REASON),
        );
    }
    let over_size = |measure: &str| -> Vec<(f64, Values)> {
        let sizes = sizes(Size::Full).iter();
        sizes.filter_map(|&n| Some((f64::from(n), runs.arm(&name(n))?.values(measure)))).collect()
    };
    let (all, leechers, seed) =
        (over_size("utilisation"), over_size("leechers_to_median"), over_size("seed_to_median"));
    let picture = Picture {
        name: "utilisation".to_owned(),
        title: "Uplink utilisation over the size of the crowd".to_owned(),
        caption: "Payload over the rate of the uplinks present: of everybody over the whole run, and of the leechers and of \
                  the seed until half of the leechers are complete. Headers leave 95.3 % of each link. Means with 95 % \
                  intervals."
            .to_owned(),
        x: Scale::Decades("leechers N".to_owned()),
        y: Scale::Share("uplink utilisation".to_owned()),
        curves: vec![
            Curve::means("everybody, whole run", all.iter().map(|(n, values)| (*n, values))),
            Curve::means("leechers, until the median completion", leechers.iter().map(|(n, values)| (*n, values))),
            Curve::means("seed, until the median completion", seed.iter().map(|(n, values)| (*n, values))),
            Curve::level("published", 0.95, (1.0, all.last().map_or(1.0, |last| last.0))),
        ],
    };
    let time = Picture {
        name: "utilisation-over-time".to_owned(),
        title: "Uplink utilisation over time".to_owned(),
        caption: "Payload over the rate of all uplinks present, as means between samples; the first seed."
            .to_owned(),
        x: Scale::Time("time".to_owned()),
        y: Scale::Share("uplink utilisation".to_owned()),
        curves: runs.arms.iter().filter_map(|arm| arm.curve("utilisation", arm.name.clone())).collect(),
    };
    Findings { rows, pictures: vec![picture, time] }
}

const REASON: &str = "Headers leave 95.3 % of a link, and acknowledgements and HAVEs take about two points more. Beyond that, the seed's own link is used to about a third at N = 50 (its part of the capacity is 23 %). A leecher's requests \
     wait behind its own uploads, in the queue of its uplink and for the turn of their stream, seconds at 400 kbit/s, but \
     the engine asks for no more than half a second and two of the shortest round trips ahead. Where leechers upload \
     nothing, the same seed's link is used to 95 %. Whole \
     runs also hold the tail, in which few are left to send to.";

/// For each seed the largest less the smallest value over all arms.
fn spread(runs: &Runs) -> Values {
    let seeds = runs.arms.first().map(|arm| arm.values("utilisation").0).unwrap_or_default();
    let spread = seeds.iter().map(|&Value { seed, .. }| {
        let of_seed = runs.arms.iter().filter_map(|arm| {
            arm.values("utilisation").0.into_iter().find(|value| value.seed == seed)?.value
        });
        let known: Vec<f64> = of_seed.collect();
        let largest = known.iter().copied().reduce(f64::max);
        let value = largest.zip(known.iter().copied().reduce(f64::min)).map(|(high, low)| high - low);
        Value { seed, value }
    });
    Values(spread.collect())
}
