//! `[peers.NAME]`: hosts of one kind.

use std::time::Duration;

use super::access::Access;
use super::arrival::Arrival;
use super::behaviour::Behaviour;
use super::client::ClientSpec;
use super::corrupt::CorruptBlock;
use super::has::Has;
use super::link::LinkSpec;
use super::measured::Region;
use super::on_complete::OnComplete;
use super::rate_steps::RateSteps;
use super::returns::Returns;
use super::spans::Spans;
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Complaint, Place, Read, Value, Writer, list, nearest, quoted};
use super::value::{check_label, read_span, span_written};

/// The most hosts of a scenario, all groups together: ten times what the event network is built for.
pub const PEERS_MAX: u32 = 1_000_000;

/// Hosts that share a description. Each has its own link and its own client.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The `NAME` of `[peers.NAME]`.
    pub name: String,
    /// `count`: hosts in the group, up to 1,000,000 in all groups together; 0 leaves the group out. Required.
    pub count: u32,
    /// `has`: what its hosts hold when they arrive. Default: nothing.
    pub has: Has,
    /// `up` and `down`, or `access`; with `queue_up`, `queue_down`, `discipline_up`, `discipline_down`: the access link
    /// of each host.
    pub access: Access,
    /// `behind`: the link of `[links]` that its hosts share, by name. Default: none.
    pub behind: Option<String>,
    /// `region`: where in the world its hosts are; required with `network.latency.regions`, and only then.
    pub region: Option<Region>,
    /// `reachable`: the share of its hosts that take inbound connections, 0 to 1. Default: 1.
    pub reachable: f64,
    /// `loss`: the share of packets that each access link loses, 0 to 1, in each direction. Default: 0.
    pub loss: f64,
    /// `rates`: how the access rates change in the run. Default: they don't.
    pub rates: RateSteps,
    /// `arrival`: how its hosts come. Default: at once.
    pub arrival: Arrival,
    /// `start`: when the first can come. Default: 0 s.
    pub start: Duration,
    /// `on_complete`: what a host does when it has everything. Default: it stays.
    pub on_complete: OnComplete,
    /// `abort`: a host that is not complete so long after it came gives up. Default: none does.
    pub abort: Option<Spans>,
    /// `returns`: how hosts that gave up come back. Default: they don't.
    pub returns: Option<Returns>,
    /// `behaviour`: whether its peers keep to the protocol. Default: they do.
    pub behaviour: Behaviour,
    /// `picker`, `choker`, `seed_choker`, `upload_slots`, `connections`, `fast_extension`: how its clients are set.
    pub client: ClientSpec,
    /// `corrupt`: a block that its hosts send damaged. Default: none.
    pub corrupt: Option<CorruptBlock>,
}

const HAS: &[(&str, Has)] = &[("all", Has::All), ("nothing", Has::Nothing)];

/// All groups, in the order of the file.
pub(super) fn read_all(value: &Value<'_>) -> Read<Vec<Group>> {
    value.table(|keys| {
        let entries: Vec<_> = keys.each().collect();
        let of_the_file: Vec<&str> =
            entries.iter().filter(|(_, place, _)| !place.is_override()).map(|(name, _, _)| *name).collect();
        let read_one = |(name, place, group): &(&str, &Place, Value<'_>)| {
            check_label(name).map_err(|complaint| value.reader().refuse(complaint, (*place).clone()))?;
            if place.is_override() {
                return Err(value.reader().refuse(no_such_group(name, &of_the_file), (*place).clone()));
            }
            Group::read(name, group)
        };
        // All are read before the first refusal counts, so that all refusals are heard.
        let groups: Vec<Read<Group>> = entries.iter().map(read_one).collect();
        groups.into_iter().collect()
    })
}

/// `--set` says a value of the scenario anew; it does not make up a group, which would have no link.
fn no_such_group(name: &str, groups: &[&str]) -> Complaint {
    let complaint = Complaint::new(format!("the scenario has no group {}", quoted(name)));
    let complaint = match nearest(name, groups.iter().copied()) {
        Some(group) => complaint.label(format!("did you mean {}?", quoted(group))),
        None => complaint,
    };
    complaint.help(format!("its groups are {}", list(groups.iter().copied())))
}

impl Group {
    fn read(name: &str, value: &Value<'_>) -> Read<Group> {
        value.table(|keys| {
            let count = keys.required("count", "1", |value| value.count(0..=PEERS_MAX));
            let has = keys.or("has", Has::Nothing, |value| value.word("content", HAS));
            let link = LinkSpec::read(keys);
            let arrival = keys.or("arrival", Arrival::AtOnce, Arrival::read);
            let start = keys.or("start", Duration::ZERO, |value| {
                read_span(value, "s", Duration::ZERO..=SIMULATED_TIME_MAX)
            });
            let on_complete = keys.or("on_complete", OnComplete::Stay, OnComplete::read);
            let client = ClientSpec::read(keys);
            let corrupt = keys.optional("corrupt", CorruptBlock::read);
            Ok(Group {
                name: name.to_owned(),
                count: count?,
                has: has?,
                access: Access::Own(link?),
                behind: None,
                region: None,
                reachable: 1.0,
                loss: 0.0,
                rates: RateSteps::default(),
                arrival: arrival?,
                start: start?,
                on_complete: on_complete?,
                abort: None,
                returns: None,
                behaviour: Behaviour::default(),
                client: client?,
                corrupt: corrupt?,
            })
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.table(&["peers", &self.name]);
        out.bare("count", self.count);
        out.word("has", HAS, self.has);
        if let Access::Own(link) = &self.access {
            link.write(out);
        }
        self.arrival.write(out);
        out.text("start", &span_written(self.start));
        self.on_complete.write(out);
        self.client.write(out);
        if let Some(corrupt) = &self.corrupt {
            corrupt.write(out);
        }
    }
}
