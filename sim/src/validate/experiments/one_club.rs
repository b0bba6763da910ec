//! V4: a club that lacks one piece grows or drains by arrivals less uploads, whatever the picker.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit};
use super::super::statistics::Line;
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;

const SCENARIO: ScenarioText = ScenarioText {
    name: "one-club.toml",
    text: include_str!("../../../../scenarios/validate/one-club.toml"),
};
const SOURCE: &str = "Hajek and Zhu, ISIT 2010";
/// Pieces a second that the seed's link carries.
const SEED_PIECES_PER_S: f64 = 0.1;
/// Arrivals a second.
const ARRIVALS_FEW: f64 = 0.05;
const ARRIVALS_MANY: f64 = 0.2;

pub fn experiment() -> Experiment {
    Experiment {
        id: "V4",
        title: "The missing piece",
        question: swarm::question(SCENARIO),
        set_up: "600 peers that all lack the same one of 20 pieces, newcomers with nothing at λ a second, a seed that uploads \
                 U = 0.1 pieces a second; peers leave at completion, or stay for a while. λ is half of U, or twice U. The slope of \
                 the leechers present goes through all samples after the first fifth of the run; where peers stay, through all.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

/// Who comes, how they pick, how long they stay.
#[derive(Clone, Copy)]
struct Case {
    arrivals: f64,
    picker: &'static str,
    stays: bool,
}

const CASES: [Case; 5] = [
    Case { arrivals: ARRIVALS_FEW, picker: "rarest-first", stays: false },
    Case { arrivals: ARRIVALS_FEW, picker: "random", stays: false },
    Case { arrivals: ARRIVALS_MANY, picker: "rarest-first", stays: false },
    Case { arrivals: ARRIVALS_MANY, picker: "random", stays: false },
    Case { arrivals: ARRIVALS_MANY, picker: "rarest-first", stays: true },
];

impl Case {
    fn name(self) -> String {
        let stays = if self.stays { ", peers stay" } else { "" };
        format!("λ = {} /s, {}{stays}", self.arrivals, self.picker)
    }

    fn overrides(self, span_s: f64) -> Vec<String> {
        let mut overrides = vec![
            set("peers.newcomer.count", (self.arrivals * span_s).round()),
            set("peers.newcomer.arrival", format_args!("{{ poisson = \"{} /s\" }}", self.arrivals)),
            set("stop.at", format_args!("{span_s} s")),
        ];
        for group in ["club", "newcomer"] {
            overrides.push(set(&format!("peers.{group}.picker"), self.picker));
            if self.stays {
                overrides.push(set(&format!("peers.{group}.on_complete"), STAY));
            }
        }
        overrides
    }
}

/// Ten times what one piece takes over a peer's uplink, so that one is sent even to five peers at a time.
const STAY: &str = "{ stay = { exponential = \"22 s\" } }";

fn arms(size: Size) -> Vec<Arm> {
    let span_s = if size == Size::Short { 500.0 } else { 2_000.0 };
    CASES.map(|case| swarm::arm(case.name(), SCENARIO, case.overrides(span_s), 4.0, measure)).into()
}

fn measure(swarm: &Swarm) -> Measured {
    let rows = &swarm.tables.timeline;
    let warm_s = swarm.summary.facts.simulated_s / 5.0;
    let all: Vec<(f64, f64)> = rows.iter().map(|row| (row.time_s, f64::from(row.leechers))).collect();
    let settled: Vec<(f64, f64)> = all.iter().copied().filter(|point| point.0 >= warm_s).collect();
    let torrent = &swarm.summary.facts.torrent;
    let span_s = swarm.summary.facts.simulated_s;
    let sent = swarm.summary.seed_copies_sent * f64::from(torrent.pieces) / span_s;
    Measured {
        values: vec![
            ("slope", Line::through(&settled).map(|line| line.slope)),
            ("slope_of_all", Line::through(&all).map(|line| line.slope)),
            ("seed_pieces_per_s", Some(sent)),
            ("last", settled.last().map(|point| point.1)),
        ],
        curves: vec![Curve::simulated("club", all)],
        ..Measured::default()
    }
}

fn findings(runs: &Runs) -> Findings {
    let drains = Claim::hard_mean(Unit::PerSecond, "< 0", Range::at_most(0.0), SOURCE);
    let grows = Claim::hard_mean(Unit::PerSecond, "> 0", Range::at_least(0.0), SOURCE);
    let mut rows = Vec::new();
    for case in CASES {
        let slope = || runs.values(&case.name(), if case.stays { "slope_of_all" } else { "slope" });
        let expected = case.arrivals - SEED_PIECES_PER_S;
        let sign = if expected < 0.0 || case.stays { &drains } else { &grows };
        rows.push(Row::new(format!("slope of the club, {}", case.name()), sign, slope()));
        if !case.stays {
            let words = format!("λ − U = {expected:.2}");
            let near = Claim::band(Unit::PerSecond, words, Range::around(expected, 0.3), SOURCE);
            rows.push(Row::new(format!("its size, {}", case.name()), &near, slope()).if_missed(SIZE));
        }
    }
    let curves = CASES.iter().filter_map(|case| runs.arm(&case.name())?.curve("club", case.name()));
    let picture = Picture {
        name: "club".to_owned(),
        title: "The club over time".to_owned(),
        caption: "Leechers present; the first seed. U = 0.1 pieces a second.".to_owned(),
        x: Scale::Time("time".to_owned()),
        y: Scale::Count("leechers".to_owned()),
        curves: curves.collect(),
    };
    Findings { rows, pictures: vec![picture] }
}

const SIZE: &str = "";
