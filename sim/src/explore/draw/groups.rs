//! Who takes part: the seed on which everything rests, one to three groups of leechers, and peers that break rules.
//!
//! The seed is the core of every scenario: it has everything, it is honest, it can be reached, and no fault takes it away
//! for good, with one exception that [`faults`](super::faults) says. So once all faults are over a full copy is there, and
//! everybody who stays must complete.

use crate::network::{Discipline, UplinkDiscipline};
use crate::scenario::{
    ACCESS_MIXES, Access, Arrival, Behaviour, Group, Has, LatencySpec, LinkSpec, NetworkSpec, OnComplete,
    Queues, RateSteps, Region, SharedLinkSpec,
};

use super::dice::{Dice, two_digits};
use super::features::{Feature, Features};
use super::theme::Theme;
use super::{churn, settings};

/// Below this rate a hello takes longer than peers wait for it.
pub const RATE_MIN: f64 = 64e3;
/// Leechers of all groups together.
const LEECHERS_MAX: u32 = 11;

/// Leechers where there are many: more than a client dials at a time, which is 20.
const CROWD: u32 = 28;

/// What the groups are drawn for.
pub struct Setting<'a> {
    pub seed: u64,
    pub features: &'a Features,
    pub network: &'a NetworkSpec,
    pub links: &'a [SharedLinkSpec],
    /// Pieces of the content.
    pub pieces: u32,
    /// The rate at which the seed's uplink sends a copy within the pace of the scenario, in bit/s.
    pub pace: f64,
    /// When the last fault is over, in seconds.
    pub heal_s: f64,
}

/// All groups; the seed is the first.
pub fn draw(setting: &Setting<'_>) -> Vec<Group> {
    let mut dice = Dice::new(setting.seed, "groups");
    let mut groups = vec![seed(setting, &mut dice)];
    let kinds = if setting.features.has(Feature::Groups) { dice.whole(2..=3) } else { 1 };
    let all = dice.pick(&[1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, LEECHERS_MAX]).max(kinds);
    let all = match (setting.features.is_deep, setting.features.is_crowded) {
        (true, _) => all.min(2),
        (_, true) => CROWD,
        _ => all.max(setting.features.theme.map_or(1, Theme::leechers)),
    };
    for (number, name) in ["leecher", "second", "third"].iter().take(kinds as usize).enumerate() {
        let count = all / kinds + u32::from((number as u32) < all % kinds);
        groups.push(leecher(setting, &mut dice, name, count));
    }
    if setting.features.has(Feature::Byzantine) {
        for name in &["rogue", "knave"][..dice.pick(&[1, 1, 2])] {
            groups.push(rogue(setting, &mut dice, name));
        }
    }
    groups
}

/// A group without anything special, on a link of this uplink.
fn plain(setting: &Setting<'_>, dice: &mut Dice, name: &str, count: u32, up: f64) -> Group {
    let up = two_digits(up.max(RATE_MIN));
    let queues = queues(setting, dice);
    Group {
        name: name.to_owned(),
        count,
        has: Has::Nothing,
        access: Access::Own(LinkSpec {
            up_bits_per_s: up,
            down_bits_per_s: up * dice.pick(&[1, 2, 4, 10]),
            queues,
        }),
        behind: None,
        region: (setting.network.latency == LatencySpec::Regions).then(|| region(dice)),
        reachable: 1.0,
        loss: 0.0,
        rates: RateSteps::default(),
        arrival: Arrival::AtOnce,
        start: std::time::Duration::ZERO,
        on_complete: OnComplete::Stay,
        abort: None,
        returns: None,
        knows: None,
        behaviour: Behaviour::Honest,
        client: settings::draw(dice, setting.features),
        watch: None,
        corrupt: None,
    }
}

fn seed(setting: &Setting<'_>, dice: &mut Dice) -> Group {
    let seeds = dice.pick(&[1, 1, 1, 2]);
    let mut group = plain(setting, dice, "seed", seeds, setting.pace);
    group.has = Has::All;
    if dice.one_in(4) {
        put_behind(setting, dice, &mut group);
    }
    group
}

fn leecher(setting: &Setting<'_>, dice: &mut Dice, name: &str, count: u32) -> Group {
    let features = setting.features;
    let factor = if features.has(Feature::UnequalLinks) { dice.scale(0.25, 8.0) } else { 1.0 };
    let mut group = plain(setting, dice, name, count, setting.pace * factor);
    if features.has(Feature::UnequalLinks) && dice.one_in(8) {
        let mix = dice.pick(&[&ACCESS_MIXES[0], &ACCESS_MIXES[1]]);
        group.access = Access::Mix { mix, queues: group.access.queues().clone() };
    }
    if dice.one_in(2) {
        put_behind(setting, dice, &mut group);
    }
    if features.has(Feature::Unreachable) {
        group.reachable = dice.pick(&[0.0, 0.3, 0.5, 0.8]);
    }
    if features.has(Feature::Loss) && dice.one_in(2) {
        group.loss = dice.pick(&[0.002, 0.01, 0.02, 0.05]);
    }
    // The first group lacks something, so that there is somebody to complete.
    if features.has(Feature::Holdings) {
        group.has = holdings(dice, setting.pieces, name != "leecher");
    }
    if features.has(Feature::RateSteps) {
        group.rates = churn::rate_steps(dice, &group.access, setting.heal_s);
    }
    churn::draw(dice, features, &mut group, setting.heal_s);
    if features.has(Feature::Selectors) && group.has != Has::All && dice.one_in(2) {
        group.watch = Some(settings::watching(dice, setting.pace));
    }
    if features.has(Feature::Corruption) {
        group.corrupt = Some(settings::corruption(dice, setting.pieces));
    }
    group
}

/// A peer that breaks a rule.
fn rogue(setting: &Setting<'_>, dice: &mut Dice, name: &str) -> Group {
    let count = dice.pick(&[1, 1, 2]);
    let up = setting.pace * dice.scale(0.5, 4.0);
    let mut group = plain(setting, dice, name, count, up);
    group.behaviour = dice.pick(&Behaviour::NAMES[1..]).1;
    group.has = dice.pick(&[Has::All, Has::All, Has::Nothing]);
    group
}

fn holdings(dice: &mut Dice, pieces: u32, or_all: bool) -> Has {
    let some = Has::Share(dice.share(10.0, 95.0));
    let most =
        if pieces > 1 { Has::AllBut(dice.whole(1..=pieces - 1).min(dice.pick(&[1, 1, 3]))) } else { some };
    dice.pick(&[some, some, most, most, if or_all { Has::All } else { Has::Nothing }])
}

fn queues(setting: &Setting<'_>, dice: &mut Dice) -> Queues {
    let least = setting.network.unit_bytes;
    let default = Queues::default();
    if !setting.features.has(Feature::Queues) {
        return Queues { up_bytes: default.up_bytes.max(least), ..default };
    }
    Queues {
        up_bytes: dice.pick(&[least, 16 << 10, 64 << 10, 256 << 10]).max(least),
        down_bytes: dice.pick(&[least, 32 << 10, 64 << 10, 256 << 10, 1 << 20]).max(least),
        discipline_up: dice.pick(&[
            UplinkDiscipline::Turns,
            UplinkDiscipline::TailDrop,
            UplinkDiscipline::CoDel,
        ]),
        discipline_down: dice.pick(&[Discipline::TailDrop, Discipline::CoDel]),
    }
}

fn put_behind(setting: &Setting<'_>, dice: &mut Dice, group: &mut Group) {
    if !setting.links.is_empty() {
        group.behind = Some(dice.pick(setting.links).name);
    }
}

fn region(dice: &mut Dice) -> Region {
    dice.pick(Region::NAMES).1
}
