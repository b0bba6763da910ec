//! V10: tit for tat can be gamed: by a client that pays just enough, and by those who pay nothing and know everybody.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit, Value, Values};
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;

const SCENARIO: ScenarioText = ScenarioText {
    name: "strategic.toml",
    text: include_str!("../../../../scenarios/validate/strategic.toml"),
};
const TYRANT: &str = "Piatek et al., NSDI 2007";
const RIDERS: &str = "Sirivianos et al., IPTPS 2007";

/// Who plays tit for tat around the one client.
const CROWD: [&str; 4] = ["slowest", "slow", "fast", "fastest"];
/// Equal leechers, some of whom ride free.
const LEECHERS: u32 = 100;
/// How many of a hundred do.
const SHARES: [u32; 7] = [0, 10, 20, 30, 40, 50, 60];

pub fn experiment() -> Experiment {
    Experiment {
        id: "V10",
        title: "Strategic clients and free-riders",
        question: swarm::question(SCENARIO),
        set_up: "First, people with links as they were in 2002 come and go, about 100 at a time, leave at completion, and play tit for tat \
                 with as many slots as the mainline client gave such links; after a quarter of an hour one comes who plays BitTyrant, or \
                 PropShare, or tit for tat with the four slots and the optimistic one that clients have by default, with the same \
                 seeds, and has 5 Mbit/s up, as the fastest of them, or 1 or 2. The gain is that of its rate. Then, 100 leechers with 400 kbit/s up and a seed with 1 Mbit/s; up to 60 of them upload \
                 nothing and connect to everybody, where the others have 40 connections. They win while their mean time is shorter.",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

/// Uplinks of the one client, Mbit/s, the fastest first.
const UPLINKS: [u32; 3] = [5, 2, 1];
/// What it plays, with that uplink at most.
const GAMES: [(&str, u32); 3] = [("tit-for-tat", 1), ("bittyrant", 1), ("propshare", 5)];

fn probe(choker: &str, uplink: u32) -> String {
    format!("one client, {choker}, {uplink} Mbit/s")
}

fn riders(share: u32) -> String {
    format!("{share} % free-riders")
}

fn arms(size: Size) -> Vec<Arm> {
    let small = size == Size::Short;
    let games = GAMES.iter().flat_map(|(choker, least)| {
        let uplinks = UPLINKS.iter().filter(move |uplink| *uplink >= least);
        uplinks.map(move |uplink| (*choker, *uplink))
    });
    let games = games.filter(|(_, uplink)| !small || *uplink == UPLINKS[0]);
    let alone = games.map(|(choker, uplink)| {
        // Long after the one is done.
        let mut overrides = vec![
            set("peers.probe.choker", choker),
            set("peers.probe.up", format!("{uplink} Mbit/s")),
            set("stop.at", "30 min"),
        ];
        if small {
            overrides.extend([set("torrent.size", "8 MiB"), set("peers.probe.start", "1 min")]);
            overrides.extend(CROWD.iter().map(|group| set(&format!("peers.{group}.count"), 6)));
        }
        swarm::arm(probe(choker, uplink), SCENARIO, overrides, if small { 0.5 } else { 12.0 }, measure)
    });
    let shares = SHARES.iter().filter(|share| !small || **share % 30 == 0).map(|share| {
        let leechers = if small { LEECHERS / 5 } else { LEECHERS };
        let count = leechers * share / 100;
        let mut overrides = vec![
            set("torrent.size", if small { "4 MiB" } else { "16 MiB" }),
            set("peers.seed.up", "1 Mbit/s"),
            set("peers.probe.count", 0),
            set("peers.compliant.count", leechers - count),
            set("peers.rider.count", count),
        ];
        for group in CROWD {
            overrides.push(set(&format!("peers.{group}.count"), 0));
            overrides.push(set(&format!("peers.{group}.arrival"), "at once"));
        }
        swarm::arm(riders(*share), SCENARIO, overrides, if small { 0.3 } else { 5.0 }, measure)
    });
    alone.chain(shares).collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let times = |group: &str| {
        let members = swarm.tables.peers.iter().filter(|peer| peer.group == group);
        let mut times: Vec<f64> = members.map(|peer| peer.completion_s()).collect::<Option<_>>()?;
        times.sort_by(f64::total_cmp);
        (!times.is_empty()).then_some(times)
    };
    let mean = |group: &str| times(group).map(|times| times.iter().sum::<f64>() / times.len() as f64);
    Measured {
        values: vec![
            ("probe_s", mean("probe")),
            ("fast_s", mean("fast")),
            ("compliant_s", mean("compliant")),
            ("rider_s", mean("rider")),
        ],
        ..Measured::default()
    }
}

fn findings(runs: &Runs) -> Findings {
    let gain = |choker: &str, uplink: u32| {
        let of = |choker: &str| runs.values(&probe(choker, uplink), "probe_s");
        of("tit-for-tat").with(&of(choker), |before_s, after_s| before_s / after_s - 1.0)
    };
    let tyrant = Claim::band(Unit::Share, "about 70 %, 30 to 110 %", Range::between(0.3, 1.1), TYRANT);
    let share = Claim::band(
        Unit::Share,
        "faster than tit for tat among tit for tat",
        Range::at_least(0.0),
        "Levin et al., SIGCOMM 2008",
    );
    let crossover = Claim::band(Unit::Share, "about 40 %, 25 to 55 %", Range::between(0.25, 0.55), RIDERS);
    let slower = Claim::band(Unit::Number, "> 1", Range::at_least(1.0), RIDERS);
    let against = |measure: &'static str, many: u32, few: u32| {
        let of = |share| runs.values(&riders(share), measure);
        of(many).with(&of(few), |many_s, few_s| many_s / few_s)
    };
    let tyrants = UPLINKS.iter().filter(|uplink| runs.arm(&probe("bittyrant", **uplink)).is_some());
    let mut rows: Vec<Row> = tyrants
        .map(|uplink| {
            let what = format!("one BitTyrant, {uplink} Mbit/s: gain of its rate");
            Row::new(&what, &tyrant, gain("bittyrant", *uplink)).if_missed(GAIN)
        })
        .collect();
    rows.extend([
        Row::new("one PropShare, 5 Mbit/s: gain of its rate", &share, gain("propshare", 5)).if_missed(GAIN),
        Row::new(
            "share of free-riders from which on they are slower than the others",
            &crossover,
            crossing(runs),
        )
        .if_missed(CROSSING),
        Row::new("mean time of the others, 60 % free-riders ÷ none", &slower, against("compliant_s", 60, 0)),
        Row::new("mean time of free-riders, 60 % ÷ 30 % of them", &slower, against("rider_s", 60, 30)),
    ]);
    Findings { rows, pictures: vec![picture(runs)] }
}

/// For each seed: where the free-riders' mean time first crosses that of the others, between two shares by a straight line.
/// At the first share if they never win, none if they win at the last.
fn crossing(runs: &Runs) -> Values {
    let ratio = |share: u32| {
        let of = |measure| runs.values(&riders(share), measure);
        of("rider_s").with(&of("compliant_s"), |rider_s, compliant_s| rider_s / compliant_s)
    };
    let ratios: Vec<(f64, Values)> = SHARES
        .iter()
        .filter(|share| **share > 0)
        .map(|share| (f64::from(*share) / 100.0, ratio(*share)))
        .collect();
    let seeds =
        ratios.last().map(|(_, last)| last.0.iter().map(|value| value.seed).collect()).unwrap_or_default();
    let of_seed = |seed: u64| {
        let of = |values: &Values| values.0.iter().find(|value| value.seed == seed)?.value;
        let points: Vec<(f64, f64)> =
            ratios.iter().filter_map(|(share, values)| Some((*share, of(values)?))).collect();
        Value { seed, value: first_crossing(&points) }
    };
    Values(Vec::<u64>::into_iter(seeds).map(of_seed).collect())
}

fn first_crossing(points: &[(f64, f64)]) -> Option<f64> {
    let (first, ratio) = points.first()?;
    if *ratio >= 1.0 {
        return Some(*first);
    }
    points.windows(2).find(|pair| pair[1].1 >= 1.0).map(|pair| {
        let ((from, below), (to, above)) = (pair[0], pair[1]);
        from + (to - from) * (1.0 - below) / (above - below)
    })
}

fn picture(runs: &Runs) -> Picture {
    let curve = |name: &str, measure: &str| {
        let values: Vec<(f64, Values)> = SHARES
            .iter()
            .map(|share| (f64::from(*share) / 100.0, runs.values(&riders(*share), measure)))
            .collect();
        Curve::means(name, values.iter().map(|(share, values)| (*share, values)))
    };
    Picture {
        name: "free-riders".to_owned(),
        title: "Mean time of a download by the share of free-riders".to_owned(),
        caption: "Free-riders connect to everybody and upload nothing; the others play tit for tat."
            .to_owned(),
        x: Scale::Share("free-riders among the leechers".to_owned()),
        y: Scale::Number("mean time of a download, s".to_owned()),
        curves: vec![curve("free-riders", "rider_s"), curve("the others", "compliant_s")],
    }
}

const GAIN: &str = "The gain is what can be saved, and spent on more partners: with 5 Mbit/s a slot of the default client gives 1 Mbit/s, several \
     times what its partners give. With 1 Mbit/s a slot gives about what the fastest can be had for, and little is left to be saved. The \
     published client had 1 Mbit/s and was among the fastest of its swarms.";

const CROSSING: &str = "Not looked into beyond this: the published figure is for 300 leechers on PlanetLab and another client. Here \
     optimistic unchokes and the seed serve whoever is connected, and free-riders are connected to all.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crossing_is_where_the_line_between_two_shares_is_one() {
        assert_eq!(first_crossing(&[(0.1, 0.5), (0.2, 0.75), (0.3, 1.25), (0.4, 2.0)]), Some(0.25));
        assert_eq!(first_crossing(&[(0.1, 1.5), (0.2, 0.5)]), Some(0.1));
        assert_eq!(first_crossing(&[(0.1, 0.5), (0.2, 0.75)]), None);
        assert_eq!(first_crossing(&[]), None);
    }
}
