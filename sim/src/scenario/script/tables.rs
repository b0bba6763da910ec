//! The tables of single actions.

use std::time::Duration;

use crate::scenario::Scenario;
use crate::scenario::group::GROUP_NAME;
use crate::scenario::shared_link::LINK_NAME;
use crate::scenario::stop::SIMULATED_TIME_MAX;
use crate::scenario::text::{Boolean, Complaint, Count, Fields, Keys, Read, Words};
use crate::scenario::value::{LINK_RATE, Percent, Span};

use super::action::{Action, DiskFault, HowMany, Keeps, RateTarget, Whom};

/// What is added to a latency.
pub(super) const ADDED: Span = Span("ms", Duration::from_nanos(1)..=Duration::from_secs(60));
const DISK_DELAY: Span = Span("ms", Duration::from_nanos(1)..=SIMULATED_TIME_MAX);
const HOSTS: Count = Count(1..=1_000_000);

pub(super) const KEEPS: Words<Keeps> = Words(
    "thing to keep",
    &[
        ("everything", Keeps::Everything, "All that it had written."),
        ("synced", Keeps::Synced, "The pieces that it had verified."),
        ("nothing", Keeps::Nothing, "An empty disk."),
    ],
);

/// The faults; how slow a slow disk is stands in another key.
const DISK_FAULT: Words<DiskFault> = Words(
    "failure of a disk",
    &[
        ("full", DiskFault::Full, "Writes fail."),
        ("slow", DiskFault::Slow(Duration::ZERO), "Every job takes longer, by `delay`."),
        ("error", DiskFault::Error, "Reads and writes fail."),
        ("lying", DiskFault::Lying, "Reads give flipped bytes."),
    ],
);

pub(super) fn read_partition(keys: &mut Keys<'_>) -> Read<Action> {
    let ways = read_ways(keys);
    let one_way = keys.or("one_way", "Only what goes from `from` to `to` is blocked.", false, &Boolean);
    let ((from, to), one_way) = (ways?, one_way?);
    Ok(Action::Partition { from, to, one_way })
}

pub(super) fn read_loss(keys: &mut Keys<'_>) -> Read<Action> {
    let ways = read_ways(keys);
    let loss = keys.required("loss", "\"10 %\"", "The share of packets that get lost.", &Percent::Some);
    let ((from, to), loss) = (ways?, loss?);
    Ok(Action::Loss { from, to, loss })
}

pub(super) fn read_latency(keys: &mut Keys<'_>) -> Read<Action> {
    let ways = read_ways(keys);
    let added = keys.required("latency", "\"300 ms\"", "What is added, one way.", &ADDED);
    let ((from, to), delay) = (ways?, added?);
    Ok(Action::Delay { from, to, delay })
}

fn read_ways(keys: &mut Keys<'_>) -> Read<(usize, Option<usize>)> {
    let from = keys.required("from", "\"leecher\"", "A group.", &GROUP_NAME);
    let to = keys.optional(
        "to",
        "Another group, or the same. If left out: everybody outside `from`.",
        &GROUP_NAME,
    );
    let ((from, _), to) = (from?, to?);
    Ok((from, to.map(|(to, _)| to)))
}

pub(super) fn write_ways(scenario: &Scenario, from: usize, to: Option<usize>, fields: &mut Fields) {
    fields.text("from", &scenario.groups[from].name);
    if let Some(to) = to {
        fields.text("to", &scenario.groups[to].name);
    }
}

pub(super) fn read_rates(keys: &mut Keys<'_>) -> Read<Action> {
    let peers = keys.optional("peers", "The access links of the hosts of a group.", &GROUP_NAME);
    let link = keys.optional("link", "In place of `peers`: a link of `[links]`.", &LINK_NAME);
    let up = keys.optional("up", "The new rate up. If left out: as before.", &LINK_RATE);
    let down = keys.optional("down", "The new rate down. If left out: as before.", &LINK_RATE);
    let set = keys.exactly_one(
        "rates are those of a group or of a link",
        "peers = \"leecher\" or link = \"campus\"",
        &[&["peers"], &["link"]],
    );
    let (peers, link, up_bits_per_s, down_bits_per_s) = (peers?, link?, up?, down?);
    set?;
    if up_bits_per_s.is_none() && down_bits_per_s.is_none() {
        let complaint = Complaint::new("this changes no rate").label("add `up`, `down` or both");
        return Err(keys.refuse(complaint));
    }
    let target = match (peers, link) {
        (Some((group, _)), _) => RateTarget::Peers(group),
        (_, Some((link, _))) => RateTarget::Link(link),
        // One of both is there: it was said so above.
        _ => return Err(keys.refuse(Complaint::new("rates are those of a group or of a link"))),
    };
    Ok(Action::Rates { target, up_bits_per_s, down_bits_per_s })
}

pub(super) fn read_crash(keys: &mut Keys<'_>) -> Read<Action> {
    let whom = read_whom(keys);
    let silent =
        keys.or("silent", "A power cut: their streams are not even reset, nobody is told.", false, &Boolean);
    let keeps = keys.or("keeps", "What is on their disks when they start again.", Keeps::Everything, &KEEPS);
    let (whom, silent, keeps) = (whom?, silent?, keeps?);
    Ok(Action::Crash { whom, silent, keeps })
}

pub(super) fn read_disk(keys: &mut Keys<'_>) -> Read<Action> {
    let whom = read_whom(keys);
    let fault = keys.required("fault", "\"full\"", "How they fail.", &DISK_FAULT);
    let delay = keys.optional("delay", "With a slow disk: how much longer every job takes.", &DISK_DELAY);
    let (whom, fault, delay) = (whom?, fault?, delay?);
    let fault = match (fault, delay) {
        (DiskFault::Slow(_), delay) => DiskFault::Slow(keys.need("delay", "\"200 ms\"", delay)?),
        (fault, None) => fault,
        (_, Some(_)) => {
            let complaint = Complaint::new("only a slow disk has a delay").label("leave this out");
            return Err(keys.refuse_key("delay", complaint));
        }
    };
    Ok(Action::Disk { whom, fault })
}

pub(super) fn write_disk_fault(fault: DiskFault, fields: &mut Fields) {
    match fault {
        DiskFault::Slow(delay) => {
            fields.put("fault", &DISK_FAULT, &DiskFault::Slow(Duration::ZERO));
            fields.put("delay", &DISK_DELAY, &delay);
        }
        fault => fields.put("fault", &DISK_FAULT, &fault),
    }
}

pub(super) fn read_whom(keys: &mut Keys<'_>) -> Read<Whom> {
    let peers = keys.required("peers", "\"leecher\"", "The group whose hosts are concerned.", &GROUP_NAME);
    let share = keys.optional(
        "share",
        "Only this share of those that are there at that moment, drawn at random.",
        &Percent::Some,
    );
    let count =
        keys.optional("count", "Only so many of them, drawn at random, or all if there are fewer.", &HOSTS);
    let ((group, _), share, count) = (peers?, share?, count?);
    let how_many = match (share, count) {
        (None, None) => HowMany::All,
        (Some(share), None) => HowMany::Share(share),
        (None, Some(count)) => HowMany::Count(count),
        (Some(_), Some(_)) => {
            let complaint =
                Complaint::new("hosts are chosen by share or by count").label("not beside `share`");
            return Err(keys.refuse_key("count", complaint));
        }
    };
    Ok(Whom { group, how_many })
}

impl Whom {
    pub(super) fn write(&self, scenario: &Scenario, fields: &mut Fields) {
        fields.text("peers", &scenario.groups[self.group].name);
        match self.how_many {
            HowMany::All => {}
            HowMany::Share(share) => fields.put("share", &Percent::Some, &share),
            HowMany::Count(count) => fields.put("count", &HOSTS, &count),
        }
    }
}
