//! Fewer events, and plainer ones.

use std::time::Duration;

use crate::check::Violation;
use crate::scenario::{Action, HowMany, Keeps, Moment, Scenario, ScriptedEvent, Whom};

/// Without the second half, without the first, and without each.
pub fn fewer(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    let count = scenario.events.len();
    let without = |range: std::ops::Range<usize>| {
        let mut proposal = scenario.clone();
        range.rev().for_each(|event| remove(&mut proposal, event));
        proposal
    };
    let mut proposals = Vec::new();
    if count > 2 {
        proposals.extend([without(count / 2..count), without(0..count / 2)]);
    }
    proposals.extend((0..count).rev().map(|event| without(event..event + 1)));
    proposals
}

/// When an event begins, if it is known from the scenario.
pub fn begins(scenario: &Scenario, event: usize) -> Option<Duration> {
    match scenario.events[event].moment {
        Moment::At(at) => Some(at),
        Moment::After { event, delay } => begins(scenario, event).map(|at| at + delay),
        Moment::When(_) => None,
    }
}

/// Takes an event out; those that came after it come when they did.
pub fn remove(scenario: &mut Scenario, event: usize) {
    let gone = scenario.events.remove(event);
    for other in &mut scenario.events {
        if let Moment::After { event: before, delay } = &mut other.moment {
            match (*before).cmp(&event) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Greater => *before -= 1,
                std::cmp::Ordering::Equal => other.moment = later(gone.moment, *delay, event),
            }
        }
    }
}

/// So long after that moment of an event that was taken out of this place.
fn later(moment: Moment, delay: Duration, place: usize) -> Moment {
    match moment {
        Moment::At(at) => Moment::At(at + delay),
        Moment::When(condition) => Moment::When(condition),
        Moment::After { event, delay: before } => {
            Moment::After { event: event - usize::from(event > place), delay: before + delay }
        }
    }
}

/// Each event at a moment of its own, shorter, for fewer hosts, in its plainest form.
pub fn plainer(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    let mut proposals = Vec::new();
    for (number, event) in scenario.events.iter().enumerate() {
        let mut propose = |event: ScriptedEvent| {
            if event != scenario.events[number] {
                let mut proposal = scenario.clone();
                proposal.events[number] = event;
                proposals.push(proposal);
            }
        };
        if let Some(at) = begins(scenario, number) {
            let mut moments = vec![Duration::ZERO, Duration::from_secs(at.as_secs()), at];
            moments.extend((at > Duration::from_secs(1)).then_some(at / 2));
            for at in moments {
                propose(ScriptedEvent { moment: Moment::At(at), ..event.clone() });
            }
        }
        if let Some(lasts) = event.lasts {
            let mut shorter =
                vec![Duration::from_millis(1), Duration::from_secs(1), Duration::from_secs(lasts.as_secs())];
            shorter.extend((lasts > Duration::from_secs(1)).then_some(lasts / 2));
            for lasts in shorter.into_iter().filter(|shorter| *shorter < lasts && !shorter.is_zero()) {
                propose(ScriptedEvent { lasts: Some(lasts), ..event.clone() });
            }
        }
        plainer_actions(event.action)
            .into_iter()
            .for_each(|action| propose(ScriptedEvent { action, ..event.clone() }));
    }
    proposals
}

fn plainer_actions(action: Action) -> Vec<Action> {
    match action {
        Action::Partition { from, one_way, to } => vec![
            Action::Partition { from, to: None, one_way },
            Action::Partition { from, to, one_way: false },
        ],
        Action::Loss { from, to, .. } => {
            vec![Action::Loss { from, to, loss: 1.0 }, Action::Loss { from, to, loss: 0.5 }]
        }
        Action::Delay { from, to, delay } => {
            vec![Action::Delay { from, to, delay: Duration::from_secs(delay.as_secs().max(1)) }]
        }
        Action::Crash { whom, silent, keeps } => {
            let mut plainer: Vec<Action> =
                fewer_hosts(whom).into_iter().map(|whom| Action::Crash { whom, silent, keeps }).collect();
            plainer.push(Action::Crash { whom, silent: false, keeps });
            plainer.push(Action::Crash { whom, silent, keeps: Keeps::Everything });
            plainer
        }
        Action::Leave(whom) => fewer_hosts(whom).into_iter().map(Action::Leave).collect(),
        Action::Pause(whom) => fewer_hosts(whom).into_iter().map(Action::Pause).collect(),
        Action::Reset(whom) => fewer_hosts(whom).into_iter().map(Action::Reset).collect(),
        Action::Disk { whom, fault } => {
            fewer_hosts(whom).into_iter().map(|whom| Action::Disk { whom, fault }).collect()
        }
        Action::Rates { .. } | Action::Tracker(_) => Vec::new(),
    }
}

/// All is said in fewer words than some; one is the fewest.
fn fewer_hosts(whom: Whom) -> Vec<Whom> {
    [HowMany::All, HowMany::Count(1)].map(|how_many| Whom { how_many, ..whom }).to_vec()
}
