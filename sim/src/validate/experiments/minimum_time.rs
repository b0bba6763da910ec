//! V1: nobody beats the least time to distribute a file, and rarest first comes near to it.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit, Value, Values};
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;

const SCENARIO: ScenarioText = ScenarioText {
    name: "minimum-time.toml",
    text: include_str!("../../../../scenarios/validate/minimum-time.toml"),
};
const SOURCE: &str = "Kumar and Ross, HotWeb 2006";
/// Below this the last leecher's own course weighs too much for the band.
const CROWD: u32 = 100;

pub fn experiment() -> Experiment {
    Experiment {
        id: "V1",
        title: "The least time to distribute a file",
        question: swarm::question(SCENARIO),
        set_up: "A flash crowd of N leechers, 400 pieces of 256 KiB, everybody stays. Three cases make each term of the \
                 bound the largest: a seed of 4 Mbit/s; one leecher in ten with a downlink of 4 Mbit/s; and neither, so \
                 that all uplinks together bind. One more has all links eight times slower.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |size| (size != Size::Full).then_some("N = 1,000 takes about a minute a run: --full"),
        findings,
    }
}

/// What binds.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Seed,
    Downlink,
    Uplinks,
    SlowUplinks,
}

const CASES: [Case; 4] = [Case::Seed, Case::Downlink, Case::Uplinks, Case::SlowUplinks];

impl Case {
    fn name(self) -> &'static str {
        match self {
            Case::Seed => "the seed binds",
            Case::Downlink => "the slowest downlink binds",
            Case::Uplinks => "all uplinks bind",
            Case::SlowUplinks => "all uplinks bind, links eight times slower",
        }
    }

    /// What was found behind a miss, for N = 100.
    fn reason(self) -> &'static str {
        match self {
            Case::Seed => {
                "The seed's link is full throughout, 4.7 % of it with headers, but it sends 1.2 to 1.3 copies of the \
                 content until everybody has everything. Its five slots change hands every 30 s, in the middle of pieces, \
                 and others then fetch the same pieces from it; with a single slot it sends 1.11 copies and the last \
                 completion comes at 1.18 T_min."
            }
            Case::Downlink => {
                "Headers take 4.7 %, and a lone leecher behind that downlink needs 1.065 T_min. What a crowd adds has \
                 not been looked into."
            }
            Case::Uplinks | Case::SlowUplinks => {
                "From the second minute until the first completion the leechers' uplinks are used to 92.8 %, the rest \
                 being headers, acknowledgements and HAVEs. What is missing is lost at the beginning, until everybody has \
                 a piece to send (with the slower links 18 % are used in the first minute and 64 % in the second), and at \
                 the end: leechers don't complete together, and those who are left can't use all uplinks. The bound \
                 assumes pieces without size and all uplinks busy to the last moment."
            }
        }
    }

    fn sizes(self, size: Size) -> Vec<u32> {
        let all: &[u32] = match size {
            Size::Short => &[1, 10],
            Size::Normal => &[1, 10, 100],
            Size::Full => &[1, 10, 100, 1000],
        };
        let fits = |leechers: &u32| match self {
            // With one leecher the seed's uplink is never the larger part of the sum.
            Case::Uplinks => *leechers > 1,
            Case::SlowUplinks => *leechers == CROWD,
            Case::Seed | Case::Downlink => true,
        };
        all.iter().copied().filter(fits).collect()
    }

    fn overrides(self, leechers: u32) -> Vec<String> {
        let slow = if self == Case::Downlink { leechers.div_ceil(10) } else { 0 };
        let mut overrides = vec![set("peers.leecher.count", leechers - slow), set("peers.slow.count", slow)];
        match self {
            Case::Seed => overrides.push(set("peers.seed.up", "4 Mbit/s")),
            Case::Downlink | Case::Uplinks => {}
            Case::SlowUplinks => overrides.extend([
                set("peers.seed.up", "2500 kbit/s"),
                set("peers.leecher.up", "1 Mbit/s"),
                set("peers.leecher.down", "4 Mbit/s"),
            ]),
        }
        overrides
    }
}

fn name(case: Case, leechers: u32) -> String {
    format!("{}, N = {leechers}", case.name())
}

fn arms(size: Size) -> Vec<Arm> {
    let arm = |case: Case, leechers: u32| {
        swarm::arm(
            name(case, leechers),
            SCENARIO,
            case.overrides(leechers),
            0.05 * f64::from(leechers),
            measure,
        )
    };
    CASES
        .into_iter()
        .flat_map(|case| case.sizes(size).into_iter().map(move |leechers| arm(case, leechers)))
        .collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let summary = &swarm.summary;
    let bound_s = summary.t_min_s.filter(|_| summary.t_min_applies);
    let size_bytes = summary.facts.torrent.size_bytes;
    let peers = &swarm.tables.peers;
    let off = peers.iter().filter(|peer| !peer.is_seed());
    let off = off.map(|peer| peer.downloaded_bytes.abs_diff(size_bytes + peer.wasted_bytes)).max();
    let sum = |of: fn(&crate::results::PeerRow) -> u64| peers.iter().map(of).sum::<u64>() as f64;
    let (sent, received) = (sum(|peer| peer.uploaded_bytes), sum(|peer| peer.downloaded_bytes));
    Measured {
        values: vec![
            ("elapsed_s", summary.elapsed_s),
            ("t_min_s", bound_s),
            ("ratio", summary.elapsed_s.zip(bound_s).map(|(elapsed_s, bound_s)| elapsed_s / bound_s)),
            ("waste", Some(summary.waste_fraction)),
            ("bytes_off", off.map(|bytes| bytes as f64)),
            ("unreceived_bytes", Some(sent - received)),
            ("utilisation", Some(summary.upload_utilisation)),
            ("seed_copies", Some(summary.seed_copies_sent)),
        ],
        ..Measured::default()
    }
}

fn findings(runs: &Runs) -> Findings {
    let bound = Claim::hard(Unit::Number, "≥ 1", Range::at_least(1.0), SOURCE);
    let near = Claim::band(Unit::Number, "≤ 1.10", Range::at_most(1.1), SOURCE);
    let mut rows = Vec::new();
    for arm in &runs.arms {
        rows.push(Row::new(format!("last completion ÷ T_min: {}", arm.name), &bound, arm.values("ratio")));
    }
    for case in CASES {
        for leechers in [CROWD, 1000] {
            if let Some(arm) = runs.arm(&name(case, leechers)) {
                let what = format!("the same, for a crowd: {}", arm.name);
                rows.push(Row::new(what, &near, arm.values("ratio")).if_missed(case.reason()));
            }
        }
    }
    let none = |expected| Claim::hard(Unit::Bytes, expected, Range::between(0.0, 0.0), "bytes are conserved");
    let received = largest(runs, "bytes_off");
    rows.push(Row::new(
        "received by a leecher less waste, off the size: largest of all runs",
        &none("0"),
        received,
    ));
    let sent = Claim::hard(Unit::Bytes, "≥ 0", Range::at_least(0.0), "bytes are conserved");
    let unreceived = largest(runs, "unreceived_bytes");
    rows.push(Row::new("sent less received (under way or lost): largest of all cases", &sent, unreceived));
    let waste = Claim::band(Unit::Share, "< 1 %", Range::at_most(0.01), "as any good client");
    rows.push(Row::new("waste: largest of all cases", &waste, largest(runs, "waste")));
    Findings { rows, pictures: vec![picture(runs)] }
}

/// The largest value of each seed over all arms.
fn largest(runs: &Runs, measure: &str) -> Values {
    let mut all: Vec<Value> = Vec::new();
    for value in runs.arms.iter().flat_map(|arm| arm.values(measure).0) {
        match all.iter_mut().find(|known| known.seed == value.seed) {
            Some(known) => known.value = known.value.zip(value.value).map(|(a, b)| a.max(b)),
            None => all.push(value),
        }
    }
    Values(all)
}

fn largest_crowd(runs: &Runs) -> u32 {
    let sizes = Case::Seed.sizes(Size::Full).into_iter();
    sizes.filter(|&leechers| runs.arm(&name(Case::Seed, leechers)).is_some()).max().unwrap_or(1)
}

fn picture(runs: &Runs) -> Picture {
    let values = |case: Case| -> Vec<(f64, Values)> {
        let sizes = case.sizes(Size::Full).into_iter();
        sizes
            .filter_map(|leechers| {
                Some((f64::from(leechers), runs.arm(&name(case, leechers))?.values("ratio")))
            })
            .collect()
    };
    let curves = CASES[..3].iter().map(|&case| {
        let values = values(case);
        Curve::means(case.name(), values.iter().map(|(leechers, values)| (*leechers, values)))
    });
    Picture {
        name: "minimum-time".to_owned(),
        title: "Last completion over the least time".to_owned(),
        caption: "The last completion over T_min, which no protocol can bring below 1, for each term that can bind; \
                  means with 95 % intervals."
            .to_owned(),
        x: Scale::Decades("leechers N".to_owned()),
        y: Scale::Number("last completion ÷ T_min".to_owned()),
        curves: curves.chain([Curve::level("the bound", 1.0, (1.0, f64::from(largest_crowd(runs))))]).collect(),
    }
}
