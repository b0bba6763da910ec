//! Rules between the keys of a group, and between a group and the rest.

use std::time::Duration;

use super::{Refuse, check_queue};
use crate::scenario::behaviour::Behaviour;
use crate::scenario::client::Given;
use crate::scenario::corrupt::CorruptBlock;
use crate::scenario::text::{Complaint, grouped, quoted};
use crate::scenario::value::span_written;
use crate::scenario::{Arrival, Group, Has, LatencySpec, Scenario};

/// Records all that is wrong with a group.
pub fn check(scenario: &Scenario, group: &Group, refuse: &Refuse<'_>) {
    let refuse_key = |key: &str, complaint| refuse(&["peers", &group.name, key], complaint);
    check_arrival(scenario, group, &refuse_key);
    check_region(scenario, group, &refuse_key);
    check_rates(scenario, group, &refuse_key);
    check_leaving(group, &refuse_key);
    check_watch(group, &refuse_key);
    check_finding(scenario, group, &refuse_key);
    let queues = group.access.queues();
    for (key, bytes) in [("queue_up", queues.up_bytes), ("queue_down", queues.down_bytes)] {
        check_queue(scenario, &["peers", &group.name, key], bytes, refuse);
    }
    if let Some(corrupt) = group.corrupt {
        check_corrupt(scenario, group, corrupt, refuse);
    }
    if let Some(geometry) = scenario.torrent.geometry()
        && let Has::AllBut(lacking) = group.has
        && lacking >= geometry.piece_count
    {
        let complaint = Complaint::new("this leaves no piece")
            .label(format!("the torrent has {}", grouped(geometry.piece_count.into())))
            .help("a group without pieces says has = \"nothing\"");
        refuse_key("has", complaint);
    }
}

type RefuseKey<'a> = dyn Fn(&str, Complaint) + 'a;

fn check_arrival(scenario: &Scenario, group: &Group, refuse: &RefuseKey<'_>) {
    if group.arrival != Arrival::AtOnce && group.count == 0 {
        let complaint = Complaint::new(format!("nobody is there to arrive in {}", quoted(&group.name)))
            .label("the group's `count` is 0");
        refuse("arrival", complaint);
    }
    if let Arrival::Decay { per_s, tau } = group.arrival {
        let mean = per_s * tau.as_secs_f64();
        // Five standard deviations of the Poisson number of arrivals.
        let most = mean + 5.0 * mean.sqrt() + 5.0;
        if f64::from(group.count) > most {
            let complaint = Complaint::new(format!("{} hosts will never come", grouped(group.count.into())))
                .label(format!("λ0·τ is {mean:.0}: so many come on average, ever"))
                .help("a smaller `count`, a larger `decay` or a larger `tau`");
            refuse("arrival", complaint);
        }
    }
    if group.start >= scenario.stop.at {
        let complaint =
            Complaint::new("this group starts after the end of the run").label(end_of_run(scenario));
        refuse("start", complaint);
    }
}

fn check_region(scenario: &Scenario, group: &Group, refuse: &RefuseKey<'_>) {
    match (&scenario.network.latency, group.region) {
        (LatencySpec::Regions, None) => {
            let complaint = Complaint::new(format!("the hosts of {} are nowhere", quoted(&group.name)))
                .label("add for instance region = \"EU\"")
                .help("the network's latency goes by regions");
            refuse("region", complaint);
        }
        (LatencySpec::Regions, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let complaint = Complaint::new("a region means nothing here")
                .label("the network's latency does not go by regions")
                .help("latency = { regions = \"world\" } in [network]");
            refuse("region", complaint);
        }
    }
}

fn check_rates(scenario: &Scenario, group: &Group, refuse: &RefuseKey<'_>) {
    let steps = &group.rates.steps;
    if !steps.is_sorted_by(|before, after| before.at < after.at) {
        refuse("rates", Complaint::new("the steps are not in the order of time").label("sort them by `at`"));
    }
    if let Some(first) = steps.first()
        && first.at >= scenario.stop.at
    {
        let complaint =
            Complaint::new("these rates begin after the end of the run").label(end_of_run(scenario));
        refuse("rates", complaint);
    }
}

fn check_leaving(group: &Group, refuse: &RefuseKey<'_>) {
    if group.abort.is_some() && group.has == Has::All {
        refuse("abort", Complaint::new("a seed has nothing to give up").label("its group has everything"));
    }
    if group.returns.is_some() && group.abort.is_none() {
        let complaint = Complaint::new("nobody gives up, so nobody comes back").label("add `abort`");
        refuse("returns", complaint);
    }
}

fn check_watch(group: &Group, refuse: &RefuseKey<'_>) {
    if group.watch.is_some() && group.has == Has::All {
        let complaint = Complaint::new("who has everything never waits")
            .label("the group is a seed")
            .help("`watch` belongs to those who fetch the content");
        refuse("watch", complaint);
    }
}

/// Who has something has had the torrent's file; and whoever is to be known has to be there.
fn check_finding(scenario: &Scenario, group: &Group, refuse: &RefuseKey<'_>) {
    if group.client.given == Given::Magnet && group.has != Has::Nothing {
        let complaint = Complaint::new("who holds pieces knows the torrent")
            .label("a magnet link is for those who have nothing: has = \"nothing\"");
        refuse("given", complaint);
    } else if group.client.given == Given::Magnet && group.behaviour != Behaviour::Honest {
        let complaint = Complaint::new("who breaks a rule has the torrent's file")
            .label("a magnet link is for honest peers");
        refuse("given", complaint);
    }
    let known =
        group.knows.as_ref().and_then(|name| scenario.groups.iter().find(|known| known.name == *name));
    if let Some(known) = known {
        let others = if known.name == group.name { known.count.saturating_sub(1) } else { known.count };
        if others == 0 {
            let complaint = Complaint::new("there is nobody to know")
                .label(format!("{} has no other host", quoted(&known.name)));
            refuse("knows", complaint);
        }
    }
}

fn check_corrupt(scenario: &Scenario, group: &Group, corrupt: CorruptBlock, refuse: &Refuse<'_>) {
    if group.behaviour != Behaviour::Honest {
        let complaint = Complaint::new("`corrupt` is a fault of honest peers")
            .label("these have a `behaviour` of their own");
        return refuse(&["peers", &group.name, "corrupt"], complaint);
    }
    // The pieces of a torrent file are not known here.
    let Some(geometry) = scenario.torrent.geometry() else { return };
    let limit = |what: &str, count: u32| {
        Complaint::new(format!("the torrent has no such {what}"))
            .label(format!("0 to {}", grouped((count - 1).into())))
    };
    if corrupt.piece >= geometry.piece_count {
        refuse(&["peers", &group.name, "corrupt", "piece"], limit("piece", geometry.piece_count));
        return;
    }
    let blocks = geometry.blocks_in(corrupt.piece);
    if corrupt.block >= blocks {
        refuse(&["peers", &group.name, "corrupt", "block"], limit("block", blocks));
    }
}

/// When the run ends, in words.
pub(super) fn end_of_run(scenario: &Scenario) -> String {
    let at: Duration = scenario.stop.at;
    format!("the run ends at {}", span_written(at))
}
