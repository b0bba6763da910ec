//! A plainer network, and fewer shared links.

use std::time::Duration;

use crate::check::Violation;
use crate::scenario::{Action, LatencySpec, NetworkSpec, RateTarget, Scenario, Stop, TrackerSpec};

use super::events;

/// Each setting at its default, and each shared link gone.
pub fn plainer(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    const STEPS: [fn(&mut Scenario); 13] = [
        |scenario| scenario.network.latency = NetworkSpec::default().latency,
        |scenario| scenario.network.latency = LatencySpec::Constant(Duration::from_millis(1)),
        |scenario| scenario.network.jitter = Duration::ZERO,
        |scenario| scenario.network.asymmetry = 0.0,
        |scenario| scenario.network.loss = 0.0,
        |scenario| scenario.network.unit_bytes = NetworkSpec::default().unit_bytes,
        |scenario| scenario.network.send_buffer_bytes = NetworkSpec::default().send_buffer_bytes,
        |scenario| scenario.network.receive_window_bytes = NetworkSpec::default().receive_window_bytes,
        |scenario| scenario.tracker.protocol = TrackerSpec::default().protocol,
        |scenario| scenario.tracker.interval = TrackerSpec::default().interval,
        |scenario| scenario.tracker.peers_per_answer = TrackerSpec::default().peers_per_answer,
        |scenario| scenario.stop.when = Stop::default().when,
        |scenario| {
            scenario.links.iter_mut().for_each(|link| (link.loss, link.latency) = (0.0, Duration::ZERO))
        },
    ];
    let step = |step: &fn(&mut Scenario)| {
        let mut proposal = scenario.clone();
        step(&mut proposal);
        proposal
    };
    let without = |link: usize| {
        let mut proposal = scenario.clone();
        remove_link(&mut proposal, link);
        proposal
    };
    let mut proposals: Vec<Scenario> = STEPS.iter().map(step).collect();
    proposals.extend((0..scenario.links.len()).map(without));
    proposals.retain(|proposal| proposal != scenario);
    // One latency is as plain as the other: no going back and forth.
    if matches!(scenario.network.latency, LatencySpec::Constant(_)) {
        proposals.retain(|proposal| proposal.network.latency == scenario.network.latency);
    }
    proposals
}

/// Takes a shared link away: who was behind it is behind what it was behind.
pub fn remove_link(scenario: &mut Scenario, link: usize) {
    let of_it = |action: &Action| matches!(action, Action::Rates { target: RateTarget::Link(target), .. } if *target == link);
    for event in (0..scenario.events.len()).rev() {
        if of_it(&scenario.events[event].action) {
            events::remove(scenario, event);
        }
    }
    for event in &mut scenario.events {
        if let Action::Rates { target: RateTarget::Link(target), .. } = &mut event.action {
            *target -= usize::from(*target > link);
        }
    }
    let gone = scenario.links.remove(link);
    let behind = scenario.groups.iter_mut().map(|group| &mut group.behind);
    for behind in behind.chain(scenario.links.iter_mut().map(|link| &mut link.behind)) {
        if behind.as_ref() == Some(&gone.name) {
            behind.clone_from(&gone.behind);
        }
    }
}
