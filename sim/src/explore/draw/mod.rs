//! Whole random scenarios, one for each seed, small enough that thousands can be tried.
//!
//! # What is drawn
//!
//! **Swarm testing** (Groce, Zhang, Eide, Chen and Regehr, ISSTA 2012): a scenario with everything in it hides bugs, since
//! features get in each other's way; a partition that never heals leaves nothing for a crash to break. So each
//! [`Feature`](features::Feature) is left out of a scenario with probability one half, and how many are in is evenly
//! distributed from none to all.
//!
//! | what | distribution |
//! |---|---|
//! | hosts | 1 or 2 seeds (3 : 1), 1 to 11 leechers in 1 to 3 groups, up to 4 peers that break a rule |
//! | content | 1 piece in a tenth of all scenarios, else up to 32; 1 to 16 blocks each, 192 at most in all; the last piece full (1/3), of one byte, one block, or any length; piece lengths of any number of bytes where *odd pieces* is in |
//! | pace | the seed's uplink needs 1 to 40 s for a copy (log-uniform), but has at least 64 kbit/s; leechers have the same, or 1/4 to 8 times as much, or a measured mix |
//! | depth | one scenario in 64 has 2,048 blocks for one or two leechers over a long fast path, so that requests pile up to their limit |
//! | crowd | one scenario in 64 has 28 leechers, more than a client dials at a time, and up to 8 pieces |
//! | network | 2 to 100 ms constant latency; otherwise none, 1 s, drawn, regions, a plane; jitter, asymmetry, loss up to 3 % and 5 % on a group's links; units of 1448 B to 64 KiB; small buffers and windows |
//! | clients | the engine's defaults, or any picker and choker, 1 to 4 upload slots, 2 to 10 connections, 1 to 16 requests held, no fast extension, each group on its own |
//! | tracker | the engine's defaults, or intervals of 1 s to 5 min and 2 to 50 peers an answer, a quarter of them over UDP |
//! | meeting | the tracker names everybody; one scenario in four has peer exchange, one in four magnet links, and some have leechers that know a seed and ask no tracker |
//! | limits | one scenario in four has clients that may send, or fetch, 1/10 to 2 times the pace, and 64 kbit/s at least |
//! | presence | all at once and to the end, or spread, Poisson, dying down, with gaps; leaving when complete or later; giving up and coming back |
//! | theme | one scenario in six is about something that features drawn each by itself hardly ever bring together: see [`theme`] |
//! | faults | every action of a script, one to three of each kind that is in: see [`faults`] |
//!
//! # Safety, then liveness
//!
//! All faults lie before a heal time of 10 to 120 s (log-uniform). Then a core is whole again: the seed, or, after an
//! *exodus*, the honest peers that have every piece among them. The seed stays in 8 scenarios of 10, is away for long in
//! one (an *eclipse*: nobody has everything for a while), and leaves for good in one. The run goes on until all have
//! completed. Its limit is so far away that whoever has not completed by then is stuck: an hour after the heal time, and
//! what the slowest link needs for 24 copies; twice that where somebody breaks rules. A quarter of all scenarios goes on
//! when all are complete, and ends quietly 20 minutes after the heal time.

mod churn;
mod content;
mod dice;
mod faults;
mod features;
mod groups;
mod limits;
mod meeting;
mod network;
mod settings;
mod tame;
mod theme;

use std::time::Duration;

use crate::scenario::{Behaviour, Group, Scenario, Stop, StopWhen};

use crate::worlds::World;

use dice::Dice;
use features::Features;
use groups::Setting;
use theme::Theme;

/// How long a run goes on that is to end quietly.
const QUIET_END: Duration = Duration::from_secs(20 * 60);

/// The scenario of a seed for this world, which can do all of it.
pub fn draw_for(world: World, seed: u64) -> Scenario {
    let mut scenario = draw(seed);
    if world == World::Turmoil {
        tame::tame(&mut scenario);
    }
    scenario
}

/// The scenario of a seed: always a valid one, always the same one.
pub fn draw(seed: u64) -> Scenario {
    let features = Features::draw(seed);
    let torrent = content::draw(seed, &features);
    let geometry = torrent.geometry().expect("a formula has a geometry");
    let bits = geometry.total_length as f64 * 8.0;
    let mut dice = Dice::new(seed, "pace");
    let least_s = features.theme.map_or(1.0, Theme::copy_s);
    let copy_s = if features.is_deep { dice.scale(0.8, 1.6) } else { dice.scale(least_s, 40.0) };
    let pace = bits / copy_s;
    let heal = dice.span(features.theme.map_or(10.0, Theme::heal_s), 120.0);
    let heal_s = heal.as_secs_f64();
    let network = network::draw(seed, &features);
    let links = network::links(seed, &features, &network, pace.max(64e3));
    let mut groups = groups::draw(&Setting {
        seed,
        features: &features,
        network: &network,
        links: &links,
        pieces: geometry.piece_count,
        pace,
        heal_s,
    });
    meeting::bend(seed, &features, &mut groups);
    limits::bend(seed, &features, &mut groups, pace);
    let events = faults::draw(seed, &features, &groups, &links, heal_s);
    let mut scenario = Scenario {
        name: format!("explore-{seed}"),
        question: Some(format!("What becomes of the swarm that a search draws with seed {seed}?")),
        seed,
        torrent,
        network,
        tracker: network::tracker(seed, &features),
        stop: Stop { when: StopWhen::AllComplete, at: heal },
        links,
        groups,
        events,
    };
    if let Some(theme) = features.theme {
        theme.bend(&mut scenario, copy_s, heal_s);
        meeting::mend(&mut scenario.groups);
    }
    match features.has_quiet_end {
        true => scenario.stop = Stop { when: StopWhen::Never, at: heal + QUIET_END },
        false => scenario.stop.at += tail(bits, &scenario.groups),
    }
    scenario
}

/// How long the run may go on after the last fault: so long that whoever has not completed by then is stuck. Those who
/// judge that allow twice the time where somebody breaks rules.
fn tail(bits: f64, groups: &[Group]) -> Duration {
    /// All time-outs of a client in a row, with the longest rests of a full disk and of announces that failed.
    const TIME_OUTS_S: u64 = 3_600;
    let links = groups.iter().flat_map(|group| group.access.links(group.count));
    let links = links.map(|link| link.up_bits_per_s.min(link.down_bits_per_s));
    let limits = groups.iter().flat_map(|group| [group.client.upload_limit, group.client.download_limit]);
    let slowest = links.chain(limits.flatten()).min().unwrap_or(1);
    let has_rogues = groups.iter().any(|group| group.behaviour != Behaviour::Honest);
    let tail_s = TIME_OUTS_S + (24.0 * bits / slowest as f64) as u64;
    Duration::from_secs(if has_rogues { 2 * tail_s } else { tail_s })
}
