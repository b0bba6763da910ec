//! Rounder numbers: they say that they don't matter.

use std::time::Duration;

use crate::check::Violation;
use crate::scenario::{Access, LatencySpec, Scenario, Stop};

/// Usual links, a round latency, a round end, a small seed.
pub fn rounder(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    let mut proposals = Vec::new();
    let mut propose = |change: &dyn Fn(&mut Scenario)| {
        let mut proposal = scenario.clone();
        change(&mut proposal);
        if proposal != *scenario {
            proposals.push(proposal);
        }
    };
    propose(&|scenario| {
        (0..scenario.groups.len()).for_each(|group| set_link(scenario, group, 8_000_000, 32_000_000))
    });
    for group in 0..scenario.groups.len() {
        propose(&|scenario| round_link(scenario, group));
    }
    if let LatencySpec::Constant(latency) = scenario.network.latency {
        let round = Duration::from_millis(one_digit(latency.as_millis() as u64).max(1)).min(latency);
        propose(&|scenario| scenario.network.latency = LatencySpec::Constant(round));
    }
    for at in [Duration::from_secs(60), scenario.stop.at / 2, Duration::from_secs(scenario.stop.at.as_secs())]
    {
        if at < scenario.stop.at {
            propose(&|scenario| scenario.stop = Stop { at, ..scenario.stop.clone() });
        }
    }
    if scenario.seed != 1 {
        propose(&|scenario| scenario.seed = 1);
    }
    proposals
}

fn set_link(scenario: &mut Scenario, group: usize, up: u64, down: u64) {
    if let Access::Own(link) = &mut scenario.groups[group].access {
        (link.up_bits_per_s, link.down_bits_per_s) = (up, down);
    }
}

fn round_link(scenario: &mut Scenario, group: usize) {
    if let Access::Own(link) = &scenario.groups[group].access {
        let (up, down) = (one_digit(link.up_bits_per_s), one_digit(link.down_bits_per_s));
        set_link(scenario, group, up, down);
    }
}

/// With all digits but the first zero, rounded down.
fn one_digit(number: u64) -> u64 {
    match number.checked_ilog10() {
        Some(digits) => number / 10u64.pow(digits) * 10u64.pow(digits),
        None => 0,
    }
}
