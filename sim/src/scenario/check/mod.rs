//! What no single value shows: rules between the tables of a scenario. Each complaint points at the value that a person
//! would change.

mod events;
mod group;
mod links;

use crate::network::NetworkConfig;

use super::Scenario;
use super::group::PEERS_MAX;
use super::has::Has;
use super::stop::StopWhen;
use super::text::{Complaint, Node, Reader, grouped, quoted};
use super::value::SIZE;

/// Records all that is wrong between the values of `scenario`, which was read from `root`.
pub fn check(scenario: &Scenario, root: &Node, reader: &Reader) {
    let refuse = |path: &[&str], complaint: Complaint| {
        reader.refuse(complaint, root.place_of(path));
    };
    check_total(scenario, &refuse);
    check_sense(scenario, &refuse);
    check_buffers(scenario, &refuse);
    links::check(scenario, &refuse);
    for group in &scenario.groups {
        group::check(scenario, group, &refuse);
    }
    events::check(scenario, &refuse);
}

type Refuse<'a> = dyn Fn(&[&str], Complaint) + 'a;

fn check_total(scenario: &Scenario, refuse: &Refuse<'_>) {
    let mut total = 0;
    for group in &scenario.groups {
        total += u64::from(group.count);
        if total > u64::from(PEERS_MAX) {
            let complaint =
                Complaint::new(format!("with this group there are {} peers", grouped(total.into())))
                    .label(format!("at most {} in all", grouped(PEERS_MAX.into())));
            return refuse(&["peers", &group.name, "count"], complaint);
        }
    }
}

/// A run that could not end by its own condition, or would end before it began, is a slip; whoever wants one says so.
fn check_sense(scenario: &Scenario, refuse: &Refuse<'_>) {
    let Some(first) = scenario.groups.first() else {
        return refuse(
            &["peers"],
            Complaint::new("there are no peers").label("add a group such as [peers.seed]"),
        );
    };
    if scenario.stop.when == StopWhen::Never {
        return;
    }
    let any = |wanted: &dyn Fn(&Has) -> bool| {
        scenario.groups.iter().any(|group| group.count > 0 && wanted(&group.has))
    };
    let refuse = |title: &str, label: &str| {
        let complaint = Complaint::new(title)
            .label(label)
            .help("if that is the question, let only the clock end the run: when = \"never\" in [stop]");
        refuse(&["peers", &first.name, "has"], complaint);
    };
    if !any(&|has| *has == Has::All) {
        refuse("nobody has the content", "has = \"all\" makes a group seeds");
    }
    if !any(&|has| *has != Has::All) {
        refuse("nobody downloads", "has = \"nothing\" makes a group leechers");
    }
}

/// What the network can't work with: a segment of less than a packet, a buffer that holds no segment, a window that
/// keeps TCP from ever having two packets on their way.
fn check_buffers(scenario: &Scenario, refuse: &Refuse<'_>) {
    let spec = &scenario.network;
    let packet_bytes = NetworkConfig::MSS_BYTES;
    let unit = format!("at least {}, the `unit` of the network", SIZE.written(spec.unit_bytes.into()));
    for (key, bytes, least_bytes, label) in [
        (
            "unit",
            spec.unit_bytes,
            packet_bytes,
            format!("at least {packet_bytes} B, a full packet's payload"),
        ),
        ("send_buffer", spec.send_buffer_bytes, spec.unit_bytes, unit),
        (
            "receive_window",
            spec.receive_window_bytes,
            2 * packet_bytes,
            format!("at least {} B, two full packets", 2 * packet_bytes),
        ),
    ] {
        if bytes < least_bytes {
            refuse(&["network", key], Complaint::new(format!("`{key}` is too small")).label(label));
        }
    }
}

/// A queue that holds no whole segment would let nothing through.
fn check_queue(scenario: &Scenario, path: &[&str], queue_bytes: u32, refuse: &Refuse<'_>) {
    let unit_bytes = scenario.network.unit_bytes;
    if queue_bytes < unit_bytes {
        let key = path.last().copied().unwrap_or_default();
        let of = path.get(1).copied().unwrap_or_default();
        let complaint = Complaint::new(format!("`{key}` of {} holds no segment", quoted(of)))
            .label(format!("at least {}, the `unit` of the network", SIZE.written(unit_bytes.into())));
        refuse(path, complaint);
    }
}
