//! What the script did, in words.

use swarmlab_engine::time::Time;

use crate::results::EventRow;
use crate::scenario::{Action, DiskFault, HowMany, Keeps, RateTarget, Scenario, TrackerFault, Whom};

/// The rows of the table of events.
#[derive(Default)]
pub struct Chronicle {
    rows: Vec<EventRow>,
}

impl Chronicle {
    /// An event began, and concerns these peers.
    pub fn began(&mut self, now: Time, scenario: &Scenario, event: u32, peers: &[u32]) -> &EventRow {
        let action = words(scenario, &scenario.events[event as usize].action);
        self.push(now, scenario, event, action, peers)
    }

    /// What it did to them is undone.
    pub fn ended(&mut self, now: Time, scenario: &Scenario, event: u32, peers: &[u32]) -> &EventRow {
        let action = format!("end of: {}", words(scenario, &scenario.events[event as usize].action));
        self.push(now, scenario, event, action, peers)
    }

    /// All rows, in the order of time.
    pub fn into_rows(self) -> Vec<EventRow> {
        self.rows
    }

    fn push(
        &mut self,
        now: Time,
        scenario: &Scenario,
        event: u32,
        action: String,
        peers: &[u32],
    ) -> &EventRow {
        let name = scenario.events[event as usize].name.clone();
        self.rows.push(EventRow {
            time_s: now.as_secs_f64(),
            name: name.unwrap_or_else(|| format!("event {}", event + 1)),
            action,
            hosts: peers.len() as u32,
            peers: EventRow::ranges(peers),
        });
        &self.rows[self.rows.len() - 1]
    }
}

fn words(scenario: &Scenario, action: &Action) -> String {
    let group = |group: usize| scenario.groups[group].name.as_str();
    let other = |to: Option<usize>| to.map_or("everybody else", group);
    match action {
        Action::Partition { from, to, one_way: true } => {
            format!("nothing passes from {} to {}", group(*from), other(*to))
        }
        Action::Partition { from, to, one_way: false } => {
            format!("nothing passes between {} and {}", group(*from), other(*to))
        }
        Action::Loss { from, to, loss } => {
            format!("{} % of the packets from {} to {} are lost", loss * 100.0, group(*from), other(*to))
        }
        Action::Delay { from, to, delay } => {
            format!("packets from {} to {} take {delay:?} longer", group(*from), other(*to))
        }
        Action::Rates { target, up_bits_per_s, down_bits_per_s } => {
            let target = match *target {
                RateTarget::Peers(of) => group(of),
                RateTarget::Link(link) => scenario.links[link].name.as_str(),
            };
            format!("{target} changes to{}", rate_words(*up_bits_per_s, *down_bits_per_s))
        }
        Action::Crash { whom, silent, keeps } => {
            let how = if *silent { " without a word" } else { "" };
            format!("{} crash{how} and keep {}", whom_words(scenario, whom), keeps_words(*keeps))
        }
        Action::Leave(whom) => format!("{} leave", whom_words(scenario, whom)),
        Action::Pause(whom) => format!("{} freeze", whom_words(scenario, whom)),
        Action::Reset(whom) => format!("the streams of {} are reset", whom_words(scenario, whom)),
        Action::Tracker(fault) => tracker_words(*fault).to_owned(),
        Action::Disk { whom, fault } => {
            format!("the disks of {} {}", whom_words(scenario, whom), disk_words(*fault))
        }
    }
}

fn whom_words(scenario: &Scenario, whom: &Whom) -> String {
    let group = &scenario.groups[whom.group].name;
    match whom.how_many {
        HowMany::All => format!("all of {group}"),
        HowMany::Share(share) => format!("{} % of {group}", share * 100.0),
        HowMany::Count(count) => format!("{count} of {group}"),
    }
}

fn rate_words(up: Option<u64>, down: Option<u64>) -> String {
    let one =
        |rate: Option<u64>, way: &str| rate.map_or(String::new(), |rate| format!(" {rate} bit/s {way}"));
    one(up, "up") + &one(down, "down")
}

fn keeps_words(keeps: Keeps) -> &'static str {
    match keeps {
        Keeps::Everything => "everything",
        Keeps::Synced => "what was synced",
        Keeps::Nothing => "nothing",
    }
}

fn tracker_words(fault: TrackerFault) -> &'static str {
    match fault {
        TrackerFault::Down => "the tracker is down",
        TrackerFault::Error => "the tracker answers with a failure",
        TrackerFault::Garbage => "the tracker answers with garbage",
        TrackerFault::Empty => "the tracker names no peers",
        TrackerFault::Slow => "the tracker answers late",
    }
}

fn disk_words(fault: DiskFault) -> String {
    match fault {
        DiskFault::Full => "are full".to_owned(),
        DiskFault::Slow(delay) => format!("take {delay:?} for each job"),
        DiskFault::Error => "fail".to_owned(),
        DiskFault::Lying => "give flipped bytes".to_owned(),
    }
}
