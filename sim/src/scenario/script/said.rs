//! How actions are said in a scenario.

use crate::scenario::Scenario;
use crate::scenario::text::{Boolean, Complaint, Fields, Form, Keys, Read, Shape, Value, Words, table_shape};
use crate::scenario::value::{LINK_RATE, Percent};

use super::action::{Action, RateTarget, TrackerFault};
use super::tables::{
    ADDED, KEEPS, read_crash, read_disk, read_latency, read_loss, read_partition, read_rates, read_whom,
    write_disk_fault, write_ways,
};

const TRACKER_FAULT: Words<TrackerFault> = Words(
    "failure of a tracker",
    &[
        ("down", TrackerFault::Down, "It refuses connections."),
        ("error", TrackerFault::Error, "It answers with a failure reason."),
        ("garbage", TrackerFault::Garbage, "It answers with bytes that mean nothing."),
        ("empty", TrackerFault::Empty, "It answers with no peers."),
        ("slow", TrackerFault::Slow, "It answers late."),
    ],
);

/// A table that says an action.
struct Said(fn(&mut Keys<'_>) -> Read<Action>);

impl Form for Said {
    type T = Action;

    fn read(&self, value: &Value<'_>) -> Read<Action> {
        value.table(self.0)
    }

    fn shape(&self) -> Shape {
        Shape::Table(table_shape(self.0))
    }
}

impl Action {
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<Action> {
        let tables = [
            keys.optional("partition", "Nothing passes between two groups.", &Said(read_partition)),
            keys.optional("loss", "Packets from one group to another get lost, one way.", &Said(read_loss)),
            keys.optional(
                "latency",
                "Packets from one group to another take longer, one way.",
                &Said(read_latency),
            ),
            keys.optional("rates", "Links change their rates.", &Said(read_rates)),
            keys.optional("crash", "Hosts stop without a word to the tracker.", &Said(read_crash)),
            keys.optional("leave", "Hosts leave in order.", &Said(|keys| read_whom(keys).map(Action::Leave))),
            keys.optional(
                "pause",
                "Processes freeze: they read nothing and answer nothing.",
                &Said(|keys| read_whom(keys).map(Action::Pause)),
            ),
            keys.optional(
                "reset",
                "All streams of hosts are reset.",
                &Said(|keys| read_whom(keys).map(Action::Reset)),
            ),
            keys.optional("disk", "The disks of hosts fail in a way.", &Said(read_disk)),
        ];
        let tracker = keys.optional("tracker", "The tracker fails in a way.", &TRACKER_FAULT);
        let one = keys.exactly_one(
            "an event does one thing",
            "for instance partition = { from = \"leecher\" }, crash = { peers = \"leecher\" } or tracker = \"down\"",
            &[
                &["partition"],
                &["loss"],
                &["latency"],
                &["rates"],
                &["crash"],
                &["leave"],
                &["pause"],
                &["reset"],
                &["disk"],
                &["tracker"],
            ],
        );
        let tables: Read<Vec<Option<Action>>> = tables.into_iter().collect();
        let (tables, tracker) = (tables?, tracker?);
        one?;
        let action = tables.into_iter().flatten().next().or(tracker.map(Action::Tracker));
        action.ok_or_else(|| keys.refuse(Complaint::new("an event does one thing")))
    }

    /// Whether it has an end that can be waited for.
    pub(super) fn can_be_undone(&self) -> bool {
        !matches!(self, Action::Leave(_) | Action::Reset(_))
    }

    pub(super) fn write(&self, scenario: &Scenario, fields: &mut Fields) {
        let group = |group: usize| scenario.groups[group].name.as_str();
        let (key, said) = match *self {
            Action::Tracker(fault) => return fields.put("tracker", &TRACKER_FAULT, &fault),
            Action::Partition { from, to, one_way } => (
                "partition",
                Fields::inline(|fields| {
                    write_ways(scenario, from, to, fields);
                    fields.put("one_way", &Boolean, &one_way);
                }),
            ),
            Action::Loss { from, to, loss } => (
                "loss",
                Fields::inline(|fields| {
                    write_ways(scenario, from, to, fields);
                    fields.put("loss", &Percent::Some, &loss);
                }),
            ),
            Action::Delay { from, to, delay } => (
                "latency",
                Fields::inline(|fields| {
                    write_ways(scenario, from, to, fields);
                    fields.put("latency", &ADDED, &delay);
                }),
            ),
            Action::Rates { target, up_bits_per_s, down_bits_per_s } => (
                "rates",
                Fields::inline(|fields| {
                    match target {
                        RateTarget::Peers(number) => fields.text("peers", group(number)),
                        RateTarget::Link(number) => fields.text("link", &scenario.links[number].name),
                    }
                    fields.put_some("up", &LINK_RATE, &up_bits_per_s);
                    fields.put_some("down", &LINK_RATE, &down_bits_per_s);
                }),
            ),
            Action::Crash { whom, silent, keeps } => (
                "crash",
                Fields::inline(|fields| {
                    whom.write(scenario, fields);
                    fields.put("silent", &Boolean, &silent);
                    fields.put("keeps", &KEEPS, &keeps);
                }),
            ),
            Action::Leave(whom) => ("leave", Fields::inline(|fields| whom.write(scenario, fields))),
            Action::Pause(whom) => ("pause", Fields::inline(|fields| whom.write(scenario, fields))),
            Action::Reset(whom) => ("reset", Fields::inline(|fields| whom.write(scenario, fields))),
            Action::Disk { whom, fault } => (
                "disk",
                Fields::inline(|fields| {
                    whom.write(scenario, fields);
                    write_disk_fault(fault, fields);
                }),
            ),
        };
        fields.bare(key, said);
    }
}
