//! What this world can't do of a scenario: said with its place and a way out, never left out.

use swarmlab_engine::picker;

use crate::scenario::{
    Action, Behaviour, Group, LatencySpec, NetworkSpec, Queues, RateTarget, Refusal, Scenario,
};

/// Hosts that take part at most, the tracker's apart. Turmoil looks at every pair of them in every tick.
pub const HOSTS_MAX: u32 = 60;

const EVENT_WORLD: &str = "the event world has it (--world event)";

/// Everything that keeps a scenario from running in this world.
pub fn refusals(scenario: &Scenario) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    too_many(scenario, &mut refusals);
    network(&scenario.network, &mut refusals);
    for link in &scenario.links {
        let what = "turmoil has no links that hosts share";
        refusals.push(Refusal::new(["links", &link.name], what, EVENT_WORLD));
    }
    scenario.groups.iter().filter(|group| group.count > 0).for_each(|of| group(of, &mut refusals));
    for (number, event) in scenario.events.iter().enumerate() {
        action(&event.action, &number.to_string(), &mut refusals);
    }
    refusals
}

fn too_many(scenario: &Scenario, refusals: &mut Vec<Refusal>) {
    let mut hosts = 0;
    for group in &scenario.groups {
        hosts += group.count;
        if hosts > HOSTS_MAX {
            let what = format!("with this group there are {hosts} peers, and turmoil bears {HOSTS_MAX}");
            let remedy = format!(
                "take fewer, as in --set peers.{}.count=20, or the event world (--world event)",
                group.name
            );
            return refusals.push(Refusal::new(["peers", &group.name, "count"], what, remedy));
        }
    }
}

fn network(network: &NetworkSpec, refusals: &mut Vec<Refusal>) {
    let default = NetworkSpec::default();
    let mut refuse = |key: &str, what: &str| refusals.push(Refusal::new(["network", key], what, EVENT_WORLD));
    if !network.jitter.is_zero() {
        refuse("jitter", "turmoil's own is exponential, where the scenario means every value alike");
    }
    if network.loss > 0.0 {
        refuse("loss", "turmoil's streams lose nothing");
    }
    if network.asymmetry > 0.0 || !is_symmetric(&network.latency) {
        let key = if network.asymmetry > 0.0 { "asymmetry" } else { "latency" };
        refuse(key, "turmoil's links take as long one way as the other");
    }
    if network.send_buffer_bytes != default.send_buffer_bytes {
        refuse("send_buffer", "the driver's own write credit and its socket option take its place");
    }
    if network.receive_window_bytes != default.receive_window_bytes {
        refuse("receive_window", "turmoil's streams have no window");
    }
}

fn is_symmetric(latency: &LatencySpec) -> bool {
    match latency {
        LatencySpec::Matrix { matrix, .. } => matrix.is_symmetric(),
        _ => true,
    }
}

fn group(group: &Group, refusals: &mut Vec<Refusal>) {
    let mut refuse = |key: &str, what: String| {
        refusals.push(Refusal::new(["peers", &group.name, key], what, EVENT_WORLD));
    };
    if group.loss > 0.0 {
        refuse("loss", "turmoil's streams lose nothing".into());
    }
    let (queues, default) = (group.access.queues(), Queues::default());
    for (key, is_other) in [
        ("queue_down", queues.down_bytes != default.down_bytes),
        ("discipline_up", queues.discipline_up != default.discipline_up),
        ("discipline_down", queues.discipline_down != default.discipline_down),
    ] {
        if is_other {
            refuse(key, "links of this world drop nothing".into());
        }
    }
    if !matches!(group.behaviour, Behaviour::Honest | Behaviour::FreeRides) {
        refuse("behaviour", "this world runs the client as it is shipped, which breaks no rule".into());
    }
    if group.corrupt.is_some() {
        refuse("corrupt", "disks of this world don't fail".into());
    }
    if let Err(error) = picker::make(group.client.picker, None) {
        refuse("picker", format!("a shipped client can't have it: {error}"));
    }
}

fn action(action: &Action, number: &str, refusals: &mut Vec<Refusal>) {
    let (key, what) = match action {
        Action::Loss { .. } => ("loss", "turmoil's streams lose nothing"),
        Action::Delay { .. } => ("latency", "turmoil's links take as long one way as the other"),
        Action::Partition { one_way: true, .. } => ("partition", "turmoil holds streams both ways only"),
        Action::Rates { target: RateTarget::Link(_), .. } => {
            ("rates", "turmoil has no links that hosts share")
        }
        Action::Crash { silent: true, .. } => ("crash", "turmoil ends the streams of a host that crashes"),
        Action::Pause(_) => ("pause", "turmoil can't freeze a process"),
        Action::Reset(_) => ("reset", "turmoil can't reset a stream from outside"),
        Action::Disk { .. } => ("disk", "disks of this world don't fail"),
        Action::Partition { one_way: false, .. }
        | Action::Rates { target: RateTarget::Peers(_), .. }
        | Action::Crash { silent: false, .. }
        | Action::Leave(_)
        | Action::Tracker(_) => return,
    };
    refusals.push(Refusal::new(["events", number, key], what, EVENT_WORLD));
}
