//! A drawn scenario made into one that the turmoil world can do: what that world does not have becomes the default, and
//! what costs it most becomes less.

use std::time::Duration;

use swarmlab_engine::picker;

use crate::explore::shrink::{begins, mend, remove};
use crate::scenario::{
    Access, Behaviour, LATENCIES, LatencySpec, NetworkSpec, Queues, Refusal, Scenario, StopWhen, TorrentSpec,
};
use crate::turmoil::refusals;

/// Peers of a group at most: each tick costs what all of them and their pairs cost.
const GROUP_MAX: u32 = 4;
/// Content at most: each block is copied four times on its way, and hashed.
const SIZE_BYTES_MAX: u64 = 4 << 20;
/// The limit of a run: what follows is the time-outs of clients that wait, at twenty ticks' cost a second.
const STOP_MAX: Duration = Duration::from_secs(1_800);

/// Makes it so.
pub fn tame(scenario: &mut Scenario) {
    scenario.links.clear();
    scenario.network = NetworkSpec {
        latency: match &scenario.network.latency {
            LatencySpec::Matrix { .. } => LatencySpec::Measured(&LATENCIES[0]),
            latency => latency.clone(),
        },
        ..NetworkSpec::default()
    };
    if let TorrentSpec::Formula { size_bytes, .. } = &mut scenario.torrent {
        *size_bytes = (*size_bytes).min(SIZE_BYTES_MAX);
    }
    for group in &mut scenario.groups {
        group.count = group.count.min(GROUP_MAX);
        group.behind = None;
        group.loss = 0.0;
        group.corrupt = None;
        if group.behaviour != Behaviour::FreeRides {
            group.behaviour = Behaviour::Honest;
        }
        if picker::make(group.client.picker, None).is_err() {
            group.client.picker = "rarest-first";
        }
        match &mut group.access {
            Access::Own(link) => link.queues = Queues::default(),
            Access::Mix { queues, .. } => *queues = Queues::default(),
        }
    }
    drop_events(scenario);
    mend(scenario);
    scenario.stop.when = StopWhen::AllComplete;
    scenario.stop.at = scenario.stop.at.min(STOP_MAX);
}

/// Events that can't be done go, and with them those that wait for them.
fn drop_events(scenario: &mut Scenario) {
    let late = |scenario: &Scenario| (0..scenario.events.len()).find(|at| is_late(scenario, *at));
    while let Some(number) = refused(scenario).or_else(|| late(scenario)) {
        remove(scenario, number);
    }
}

fn refused(scenario: &Scenario) -> Option<usize> {
    let event = |refusal: &Refusal| match &refusal.path[..] {
        [events, number, ..] if events == "events" => number.parse().ok(),
        _ => None,
    };
    refusals(scenario).iter().find_map(event)
}

/// Whether it could only come after the end.
fn is_late(scenario: &Scenario, number: usize) -> bool {
    begins(scenario, number).is_some_and(|at| at >= STOP_MAX)
}
