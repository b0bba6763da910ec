//! Fewer groups and hosts, and plainer ones.

use std::time::Duration;

use crate::check::Violation;
use crate::scenario::{
    Access, Action, Arrival, Behaviour, ClientSpec, Group, Has, OnComplete, Queues, RateSteps, RateTarget,
    Scenario, Whom,
};

use super::events;

/// Without each group; with one, half, or one less of its hosts.
pub fn fewer(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    let mut proposals = Vec::new();
    for group in (0..scenario.groups.len()).rev() {
        let mut proposal = scenario.clone();
        remove(&mut proposal, group);
        proposals.push(proposal);
    }
    for (number, group) in scenario.groups.iter().enumerate().rev() {
        let mut counts = vec![1, group.count / 2, group.count.saturating_sub(1)];
        counts.retain(|count| (1..group.count).contains(count));
        counts.dedup();
        for count in counts {
            let mut proposal = scenario.clone();
            proposal.groups[number].count = count;
            proposals.push(proposal);
        }
    }
    proposals
}

/// Takes a group out, with all that happens to it.
fn remove(scenario: &mut Scenario, group: usize) {
    for event in (0..scenario.events.len()).rev() {
        if groups_of(&mut scenario.events[event].action).into_iter().any(|place| *place == group) {
            events::remove(scenario, event);
        }
    }
    for event in &mut scenario.events {
        groups_of(&mut event.action).into_iter().for_each(|place| *place -= usize::from(*place > group));
    }
    let gone = scenario.groups.remove(group);
    for other in scenario.groups.iter_mut().filter(|other| other.knows.as_ref() == Some(&gone.name)) {
        other.knows = None;
    }
}

/// The groups that an action names.
fn groups_of(action: &mut Action) -> Vec<&mut usize> {
    match action {
        Action::Partition { from, to, .. }
        | Action::Loss { from, to, .. }
        | Action::Delay { from, to, .. } => std::iter::once(from).chain(to.as_mut()).collect(),
        Action::Rates { target: RateTarget::Peers(group), .. } => vec![group],
        Action::Crash { whom: Whom { group, .. }, .. }
        | Action::Disk { whom: Whom { group, .. }, .. }
        | Action::Leave(Whom { group, .. })
        | Action::Pause(Whom { group, .. })
        | Action::Reset(Whom { group, .. }) => vec![group],
        Action::Rates { target: RateTarget::Link(_), .. } | Action::Tracker(_) => Vec::new(),
    }
}

const STEPS: [fn(&mut Group); 29] = [
    |group| group.behaviour = Behaviour::Honest,
    |group| group.corrupt = None,
    |group| group.watch = None,
    |group| (group.abort, group.returns) = (None, None),
    |group| group.returns = None,
    |group| group.on_complete = OnComplete::Stay,
    |group| group.arrival = Arrival::AtOnce,
    |group| group.start = Duration::ZERO,
    |group| group.rates = RateSteps::default(),
    |group| group.reachable = 1.0,
    |group| group.loss = 0.0,
    |group| group.behind = None,
    |group| group.access = own(group),
    |group| with_queues(group, Queues::default()),
    |group| group.client = ClientSpec::default(),
    |group| group.client.upload_slots = ClientSpec::default().upload_slots,
    |group| group.client.connections_max = ClientSpec::default().connections_max,
    |group| group.client.request_queue = ClientSpec::default().request_queue,
    |group| group.client.endgame_requesters = ClientSpec::default().endgame_requesters,
    |group| group.client.fast_extension = true,
    |group| group.client.suggest_pieces = true,
    |group| group.client.super_seeding = false,
    |group| (group.client.tracker, group.knows) = (true, None),
    |group| group.client.pex = false,
    |group| group.client.upload_limit = None,
    |group| group.client.download_limit = None,
    |group| group.client.given = ClientSpec::default().given,
    |group| {
        (group.client.picker, group.client.choker) =
            (ClientSpec::default().picker, ClientSpec::default().choker)
    },
    |group| group.client.seed_choker = ClientSpec::default().seed_choker,
];

/// Each group with all of its settings at their defaults, and with each of them; leechers that begin with nothing.
pub fn plainer(scenario: &Scenario, _: &Violation) -> Vec<Scenario> {
    let mut proposals = Vec::new();
    for (number, group) in scenario.groups.iter().enumerate() {
        let mut propose = |step: &dyn Fn(&mut Group)| {
            let mut proposal = scenario.clone();
            step(&mut proposal.groups[number]);
            if proposal != *scenario {
                proposals.push(proposal);
            }
        };
        propose(&make_plain);
        STEPS.iter().for_each(|step| propose(step));
        if group.has != Has::All {
            propose(&|group| group.has = Has::Nothing);
        }
    }
    proposals
}

/// As a group is that says only how many, with what and on which link.
pub fn make_plain(group: &mut Group) {
    STEPS.iter().for_each(|step| step(group));
}

/// The first link of a mix in place of the mix.
fn own(group: &Group) -> Access {
    group.access.links(group.count).into_iter().next().map_or_else(|| group.access.clone(), Access::Own)
}

fn with_queues(group: &mut Group, new: Queues) {
    match &mut group.access {
        Access::Own(link) => link.queues = new,
        Access::Mix { queues, .. } => *queues = new,
    }
}
