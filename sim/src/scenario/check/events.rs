//! Rules between events, and between an event and the rest.

use std::time::Duration;

use super::Refuse;
use super::group::end_of_run;
use crate::scenario::text::{Complaint, quoted};
use crate::scenario::value::span_written;
use crate::scenario::{Action, Moment, RateTarget, Scenario};

/// Records all that is wrong with the events.
pub fn check(scenario: &Scenario, refuse: &Refuse<'_>) {
    for (number, event) in scenario.events.iter().enumerate() {
        let refuse_key = |key: &str, complaint| refuse(&["events", &number.to_string(), key], complaint);
        let namesakes = |other: &crate::scenario::ScriptedEvent| other.name == event.name;
        if event.name.is_some() && scenario.events[..number].iter().any(namesakes) {
            let name = quoted(event.name.as_deref().unwrap_or_default());
            refuse_key("name", Complaint::new(format!("there are two events {name}")).label("the second"));
        }
        match earliest(scenario, number) {
            Earliest::Circle => {
                let complaint = Complaint::new("this event waits for itself")
                    .label("going from event to event comes back here");
                refuse_key("after", complaint);
            }
            Earliest::At(at) if at >= scenario.stop.at => {
                let complaint = Complaint::new("this event is after the end of the run")
                    .label(end_of_run(scenario))
                    .help(format!("it would be at {}", span_written(at)));
                refuse_key(if matches!(event.moment, Moment::At(_)) { "at" } else { "delay" }, complaint);
            }
            Earliest::At(_) => {}
        }
        check_group(scenario, event.action, &refuse_key);
    }
}

enum Earliest {
    At(Duration),
    Circle,
}

/// When the event can happen at the earliest: a condition may hold from the start.
fn earliest(scenario: &Scenario, event: usize) -> Earliest {
    let mut next = event;
    let mut delays = Duration::ZERO;
    for _ in 0..=scenario.events.len() {
        match scenario.events[next].moment {
            Moment::At(at) => return Earliest::At(at + delays),
            Moment::When(_) => return Earliest::At(delays),
            Moment::After { event: before, .. } if before == event => return Earliest::Circle,
            Moment::After { event: before, delay } => {
                next = before;
                delays += delay;
            }
        }
    }
    // A circle without this event: those who are in it hear of it.
    Earliest::At(Duration::ZERO)
}

/// An event that concerns nobody is a slip.
fn check_group(scenario: &Scenario, action: Action, refuse: &dyn Fn(&str, Complaint)) {
    let (key, group) = match action {
        Action::Partition { from, .. } => ("partition", from),
        Action::Loss { from, .. } => ("loss", from),
        Action::Delay { from, .. } => ("latency", from),
        Action::Rates { target: RateTarget::Peers(group), .. } => ("rates", group),
        Action::Crash { whom, .. } => ("crash", whom.group),
        Action::Leave(whom) => ("leave", whom.group),
        Action::Pause(whom) => ("pause", whom.group),
        Action::Reset(whom) => ("reset", whom.group),
        Action::Disk { whom, .. } => ("disk", whom.group),
        Action::Rates { target: RateTarget::Link(_), .. } | Action::Tracker(_) => return,
    };
    let group = &scenario.groups[group];
    if group.count == 0 {
        let complaint = Complaint::new(format!("there is nobody in {}", quoted(&group.name)))
            .label("the group's `count` is 0");
        refuse(key, complaint);
    }
}
