//! L1 and L2: whoever can get everything gets it in time.
//!
//! # The deadline
//! It runs from the last change of the swarm: the script is over, all have come, no rate is to change, and nobody has
//! come, gone, frozen, thawed, banned somebody or found its disk full since. Then a peer that can get everything has
//! it within [`FAIR_TIMES`] × I and [`TIME_OUTS`], where I is the time of the fluid bound ([`Reach::fair_time`]), and
//! beside it whatever of these applies:
//! a turn of [`TURN`] for each who may have had to wait for a slot; the longest rest that failed announces have earned
//! somebody; the interval that a tracker without peers asks for; the tracker's own interval where sources have to do the
//! dialling, since seeds ask no sooner; where some ask no tracker, the longest rest of an address that was given, and a minute
//! for each whom word has to pass; twice [`DISK_RETRY`] if its disk was full. Where somebody breaks rules everything takes [`WITH_ROGUES`] times as long.
//!
//! # Where nothing is said
//! About a peer whose disk isn't well, or that is frozen. Where there are more who take and don't give than those from
//! whom it can get something. Where its settings keep it from meeting everybody: it dials fewer than there are, or the
//! tracker names fewer (but both are many), for a connection without use is never given up. Peers that can't connect to
//! each other, by a ban or two routers, that lose over 5% of their packets or are over 4 s apart, count as strangers. Nor
//! where a queue holds fewer than [`QUEUE_MIN`] segments: a lost one is noticed by three acknowledgements of later ones
//! (RFC 5681), so a stream goes on from one time-out to the next there.

use std::time::Duration;

use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Resident, Roster, View, Watcher};
use crate::check::{Circumstances, Setting};
use crate::network::NetworkConfig;
use crate::scenario::{Action, Group, Scenario, ScriptedEvent, TrackerFault, TrackerProtocol};

use super::reach::{Reach, Sources};

/// The fluid bound knows no pieces, no chokers and no endgame; a healthy swarm needs up to three times as long.
const FAIR_TIMES: u32 = 6;
/// Until all know each other again: an address rests for up to 240 s after failures, or is forgotten until the tracker
/// is asked again, 300 s after the last time; the announce takes up to 30 s and a dial 20 s. Beside it a silent
/// connection lasts 180 s, and a request 60 s.
const TIME_OUTS: Duration = Duration::from_secs(240 + 300 + 30 + 20 + 180 + 2 * 60);
/// A seed's turn, and the round that ends it.
const TURN: Duration = Duration::from_secs(40);
/// The longest time between two tries of a full disk.
const DISK_RETRY: Duration = Duration::from_secs(600);
/// The first rest of an announcer whose announces fail; it doubles.
const BACK_OFF: Duration = Duration::from_secs(15);
/// The longest rest.
const BACK_OFF_MAX: Duration = Duration::from_secs(30 * 60);
/// How much longer than over HTTP an announce may take over UDP: each of its two requests is sent twice, and given up
/// after 45 s.
const UDP_ANNOUNCE: Duration = Duration::from_secs(60);
/// What a tracker that names nobody asks for; and it takes no note of who announces, so that seeds are forgotten.
const INTERVAL_OF_EMPTY: Duration = Duration::from_secs(30 * 60);
/// The longest rest of an address that the user has given.
const KNOWN_REST: Duration = Duration::from_secs(480);
/// Who hears of somebody tells the next a minute later (BEP 11).
const WORD: Duration = Duration::from_secs(60);
/// How much longer where somebody breaks rules.
const WITH_ROGUES: u32 = 2;
/// The one that is lost, and three behind it.
const QUEUE_MIN: u32 = 4;
/// With so many neighbours a swarm is connected, whoever they are.
const NEIGHBOURS: u32 = 20;
/// How often everybody is looked at.
const EVERY: Duration = Duration::from_secs(10);

/// Judges L1 and L2.
#[derive(Default)]
pub struct Completion {
    over_at: Option<Time>,
    look_at: Time,
}

impl Watcher for Completion {
    fn step(&mut self, bench: &mut Bench<'_>, view: &View, circumstances: &Circumstances<'_>) {
        if !circumstances.is_script_over {
            self.over_at = None;
            return;
        }
        let over_at = *self.over_at.get_or_insert(bench.now);
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        let since = over_at.max(view.roster.changed()).max(last_change(bench.setting));
        if since + TIME_OUTS <= bench.now {
            look(bench, &view.roster, circumstances, since);
        }
    }
}

fn look(bench: &mut Bench<'_>, roster: &Roster, circumstances: &Circumstances<'_>, since: Time) {
    let reach = Reach { setting: bench.setting, roster, circumstances };
    let late = roster.iter().find_map(|(peer, resident)| {
        let (property, allowed) = deadline(&reach, peer, resident)?;
        (since + allowed <= bench.now).then(|| {
            let left = resident.held.piece_count() - resident.held.len();
            let what = format!(
                "{left} pieces are still missing {:.0} s after the last change of the swarm, and {:.0} s were enough",
                (bench.now - since).as_secs_f64(),
                allowed.as_secs_f64()
            );
            (property, peer, what)
        })
    });
    if let Some((property, peer, what)) = late {
        bench.violated(property, [peer], what, []);
    }
}

/// What is to hold of a peer, and how long it may take; `None` where nothing is said.
fn deadline(reach: &Reach<'_>, peer: u32, resident: &Resident) -> Option<(&'static str, Duration)> {
    let wants = resident.is_answerable() && !resident.is_complete();
    if !wants || !reach.circumstances.surroundings.disk_is_well(peer) {
        return None;
    }
    let sources = reach.sources(peer);
    if sources.peers.is_empty() || !reach.union(peer, &sources).is_full() || !meets_all(reach, resident) {
        return None;
    }
    let others = reach.roster.iter().count() - 1;
    let idle = others - sources.peers.len();
    if idle > sources.peers.len() || !queues_are_usable(&reach.setting.scenario) {
        return None;
    }
    let allowed = allowance(reach, peer, resident, &sources);
    let is_whole = |peer: &u32| reach.roster.get(*peer).is_some_and(Resident::is_complete);
    Some((if sources.peers.iter().any(is_whole) { "L1" } else { "L2" }, allowed))
}

/// Whether its settings, and the tracker's, let a peer meet everybody.
fn meets_all(reach: &Reach<'_>, resident: &Resident) -> bool {
    let scenario = &reach.setting.scenario;
    let others = reach.roster.iter().count() as u32 - 1;
    let everybody = scenario.groups.iter().map(|group| group.count).sum::<u32>();
    let named = scenario.tracker.peers_per_answer;
    let dialled = resident.config.connections_target;
    let by_tracker = named + 1 >= everybody || named >= NEIGHBOURS;
    (dialled >= others || dialled >= NEIGHBOURS) && by_tracker && finds_each_other(reach)
}

/// Whether all hear of each other: from the tracker, or, where some don't ask it, because each of these knows somebody who
/// can be reached, and all tell of all. Who has banned somebody may have lost the one whom it knew.
fn finds_each_other(reach: &Reach<'_>) -> bool {
    let scenario = &reach.setting.scenario;
    let is_found = |group: &Group| {
        let known = scenario.groups.iter().find(|known| group.knows.as_ref() == Some(&known.name));
        group.client.tracker || known.is_some_and(|known| known.reachable >= 1.0)
    };
    let all_tell = scenario.groups.iter().all(|group| group.client.pex);
    let nobody_is_banned = reach.roster.iter().all(|(_, resident)| resident.banned.is_empty());
    asks_tracker(scenario) || (scenario.groups.iter().all(is_found) && all_tell && nobody_is_banned)
}

fn asks_tracker(scenario: &Scenario) -> bool {
    scenario.groups.iter().all(|group| group.client.tracker)
}

fn queues_are_usable(scenario: &Scenario) -> bool {
    let own = scenario.groups.iter().map(|group| group.access.queues());
    let own = own.flat_map(|queues| [queues.up_bytes, queues.down_bytes]);
    let shared = scenario.links.iter().flat_map(|link| [link.queue_up_bytes, link.queue_down_bytes]);
    own.chain(shared).all(|bytes| bytes >= QUEUE_MIN * NetworkConfig::MSS_BYTES)
}

fn allowance(reach: &Reach<'_>, peer: u32, resident: &Resident, sources: &Sources) -> Duration {
    let slots = sources.peers.iter().filter_map(|peer| reach.roster.get(*peer));
    let slots = slots.map(Resident::slots).min().unwrap_or(1).max(1);
    // Those who are complete by now had their turns before.
    let others = reach.roster.iter().count() as u32 - 1;
    let disk = if resident.disk_full_at.is_some() { 2 * DISK_RETRY } else { Duration::ZERO };
    let fair = reach.fair_time(peer, sources).saturating_mul(FAIR_TIMES);
    let allowed =
        (TIME_OUTS + TURN * others.div_ceil(slots) + rest(reach, sources) + disk).saturating_add(fair);
    let has_rogues = reach.roster.iter().any(|(_, resident)| !resident.is_judged);
    allowed.saturating_mul(if has_rogues { WITH_ROGUES } else { 1 })
}

/// How long it may take until everybody has asked the tracker again, beyond what is usual.
fn rest(reach: &Reach<'_>, sources: &Sources) -> Duration {
    let scenario = &reach.setting.scenario;
    let failures = reach.roster.iter().map(|(_, resident)| resident.announces_failed_most).max().unwrap_or(0);
    let mut rest = Duration::ZERO;
    if failures > 0 {
        rest += (BACK_OFF * 2u32.pow(failures.min(16))).min(BACK_OFF_MAX);
    }
    if scenario.tracker.protocol == TrackerProtocol::Udp {
        rest += UDP_ANNOUNCE;
    }
    let is_empty = |event: &ScriptedEvent| matches!(event.action, Action::Tracker(TrackerFault::Empty));
    if scenario.events.iter().any(is_empty) {
        rest += INTERVAL_OF_EMPTY;
    }
    if !asks_tracker(scenario) {
        rest += KNOWN_REST + WORD * reach.roster.iter().count() as u32;
    }
    if sources.peers.iter().any(|peer| !reach.setting.peers[*peer as usize].takes_inbound) {
        rest += scenario.tracker.interval;
    }
    rest
}

/// When the last of those comes whose coming is planned, and the last rate changes that does so by a plan.
fn last_change(setting: &Setting) -> Time {
    let joins = setting.peers.iter().map(|peer| peer.joins);
    let steps = setting.scenario.groups.iter().filter_map(|group| group.rates.steps.last());
    joins.chain(steps.map(|step| Time::ZERO + step.at)).max().unwrap_or(Time::ZERO)
}
