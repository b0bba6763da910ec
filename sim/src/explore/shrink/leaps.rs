//! Large steps, tried first: most of a drawn scenario has nothing to do with what it breaks.

use crate::check::Violation;
use crate::scenario::{NetworkSpec, Scenario, Stop, TrackerSpec};

use super::{events, groups, network};

/// Without all that is special, without some of it, and ending where the property broke.
pub fn proposals(scenario: &Scenario, violation: &Violation) -> Vec<Scenario> {
    let steps: [fn(&mut Scenario); 4] =
        [without_events, without_links, with_plain_network, with_plain_groups];
    let all_but = |left_out: usize| {
        let mut proposal = scenario.clone();
        steps
            .iter()
            .enumerate()
            .filter(|(number, _)| *number != left_out)
            .for_each(|(_, step)| step(&mut proposal));
        proposal
    };
    let single = |step: &fn(&mut Scenario)| {
        let mut proposal = scenario.clone();
        step(&mut proposal);
        proposal
    };
    let mut proposals = vec![ending_at(scenario, violation), all_but(usize::MAX)];
    proposals.extend((0..steps.len()).map(all_but));
    proposals.extend(steps.iter().map(single));
    proposals.retain(|proposal| proposal != scenario);
    proposals
}

/// Nothing after the violation matters.
fn ending_at(scenario: &Scenario, violation: &Violation) -> Scenario {
    let end = std::time::Duration::from_secs(violation.at.as_secs_f64() as u64 + 1);
    let mut proposal = scenario.clone();
    if violation.at.as_nanos() > 0 && end < scenario.stop.at {
        proposal.stop.at = end;
        for event in (0..scenario.events.len()).rev() {
            if events::begins(scenario, event).is_some_and(|at| at >= end) {
                events::remove(&mut proposal, event);
            }
        }
    }
    proposal
}

fn without_events(scenario: &mut Scenario) {
    scenario.events.clear();
}

fn without_links(scenario: &mut Scenario) {
    (0..scenario.links.len()).rev().for_each(|link| network::remove_link(scenario, link));
}

fn with_plain_network(scenario: &mut Scenario) {
    scenario.network = NetworkSpec::default();
    scenario.tracker = TrackerSpec::default();
    scenario.stop = Stop { at: scenario.stop.at, ..Stop::default() };
}

fn with_plain_groups(scenario: &mut Scenario) {
    scenario.groups.iter_mut().for_each(groups::make_plain);
}
