//! V9: a super seed sends little more than one copy until somebody is complete.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::row::{Claim, Row, Unit};
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;

const SCENARIO: ScenarioText = ScenarioText {
    name: "super-seeding.toml",
    text: include_str!("../../../../scenarios/validate/super-seeding.toml"),
};
const SOURCE: &str = "Hoffman, BEP 16";

pub fn experiment() -> Experiment {
    Experiment {
        id: "V9",
        title: "Super-seeding",
        question: swarm::question(SCENARIO),
        set_up: "One seed and 30 leechers with 2 Mbit/s up each, 200 pieces of 128 KiB, everybody at once. What the seed has sent \
                 when the first leecher is complete, in copies of the content: as a plain seed; as one that suggests what nobody \
                 has (BEP 6), which is this client's default; and as a super seed.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

const PLAIN: &str = "plain";
const SUGGESTS: &str = "suggests";
const SUPER: &str = "super-seeding";

fn arms(size: Size) -> Vec<Arm> {
    let leechers = if size == Size::Short { 10 } else { 30 };
    let arm = |name: &str, key: Option<&str>| {
        let mut overrides = vec![set("peers.leecher.count", leechers)];
        overrides.extend(key.map(|key| set(&format!("peers.seed.{key}"), true)));
        swarm::arm(name, SCENARIO, overrides, 0.05 * f64::from(leechers), measure)
    };
    vec![arm(PLAIN, None), arm(SUGGESTS, Some("suggest_pieces")), arm(SUPER, Some("super_seeding"))]
}

fn measure(swarm: &Swarm) -> Measured {
    let completed = |role: fn(&f64, &f64) -> std::cmp::Ordering| {
        swarm
            .tables
            .peers
            .iter()
            .filter(|peer| peer.is_leecher())
            .filter_map(|peer| peer.completed_s)
            .min_by(role)
    };
    let first_s = completed(f64::total_cmp);
    let content_bytes = swarm.summary.facts.torrent.size_bytes as f64;
    Measured {
        values: vec![
            ("copies_by_first", first_s.map(|first_s| sent_bytes(swarm, first_s) / content_bytes)),
            ("first_s", first_s),
            ("last_s", completed(|a, b| b.total_cmp(a))),
        ],
        ..Measured::default()
    }
}

/// What the seed had sent by then: between two samples on a straight line.
fn sent_bytes(swarm: &Swarm, at_s: f64) -> f64 {
    let seed = swarm.tables.peers.iter().find(|peer| peer.is_seed()).map(|seed| seed.peer);
    let rows = swarm.tables.progress.iter().filter(|row| Some(row.peer) == seed);
    let samples: Vec<(f64, f64)> = rows.map(|row| (row.time_s, row.uploaded_bytes as f64)).collect();
    match samples.windows(2).find(|pair| pair[1].0 >= at_s) {
        Some(&[(from_s, before), (until_s, after)]) => {
            before + (after - before) * ((at_s - from_s) / (until_s - from_s)).clamp(0.0, 1.0)
        }
        _ => samples.last().map_or(0.0, |(_, bytes)| *bytes),
    }
}

fn findings(runs: &Runs) -> Findings {
    let plain = Claim::band(Unit::Number, "1.5 to 2; ≥ 1.30", Range::at_least(1.3), SOURCE);
    let thrifty = Claim::band(Unit::Number, "about 1.05; ≤ 1.15", Range::at_most(1.15), SOURCE);
    let copies = |arm| runs.values(arm, "copies_by_first");
    let rows = vec![
        Row::new("copies sent by the first completion: a plain seed", &plain, copies(PLAIN)).if_missed(LEAN),
        Row::new("the same: a super seed", &thrifty, copies(SUPER)),
        Row::new("the same: a seed that suggests", &thrifty, copies(SUGGESTS)).if_missed(HINTS),
    ];
    Findings { rows, pictures: Vec::new() }
}

const LEAN: &str = "A seed of this client unchokes five peers in turn, and those fetch what is rarest; it sends less twice than the \
     clients that BEP 16 was compared with.";
const HINTS: &str =
    "Nobody has to heed a suggestion: a leecher with fewer than four pieces goes on with what is begun.";
