//! `[peers.NAME]`: hosts of one kind.

use std::time::Duration;

use swarmlab_engine::playback::Playback;

use super::access::Access;
use super::arrival::{ARRIVAL, Arrival};
use super::behaviour::Behaviour;
use super::client::ClientSpec;
use super::corrupt::{CORRUPT, CorruptBlock};
use super::has::{HAS, Has};
use super::measured::Region;
use super::on_complete::{ON_COMPLETE, OnComplete};
use super::rate_steps::{RATES, RateSteps};
use super::returns::{RETURNS, Returns};
use super::shared_link::LINK_NAME;
use super::spans::{SPANS, Spans};
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Count, Fields, Keys, NameOf, Named, Read, Words};
use super::value::{Percent, Span, check_label};
use super::watch::WATCH;

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
    /// `knows`: a group of whose hosts each host of this one knows one from the start, drawn by chance. Default: none.
    pub knows: Option<String>,
    /// `behaviour`: whether its peers keep to the protocol. Default: they do.
    pub behaviour: Behaviour,
    /// `picker`, `choker`, `seed_choker`, `upload_slots`, `connections`, `request_queue`, `endgame_requesters`,
    /// `fast_extension`, `suggest_pieces`, `super_seeding`, `upload_limit`, `download_limit`, `tracker`, `pex`, `given`: how its
    /// clients are set.
    pub client: ClientSpec,
    /// `watch`: its people watch the content while they fetch it, from when they come. Default: nobody does.
    pub watch: Option<Playback>,
    /// `corrupt`: a block that its hosts send damaged. Default: none.
    pub corrupt: Option<CorruptBlock>,
}

/// A group, by the name that the scenario gives it.
pub const GROUP_NAME: NameOf = NameOf::Key { what: "group", table: "peers" };

/// All groups of a scenario.
pub const GROUPS: Named<Group> = Named { what: "group", check: check_label, read };

const COUNT: Count = Count(0..=PEERS_MAX);
const START: Span = Span("s", Duration::ZERO..=SIMULATED_TIME_MAX);
const REGION: Words<Region> = Words("region", Region::NAMES);
const BEHAVIOUR: Words<Behaviour> = Words("behaviour", Behaviour::NAMES);

fn read(name: &str, keys: &mut Keys<'_>) -> Read<Group> {
    let count = keys.required(
        "count",
        "1",
        "Hosts in the group; at most 1,000,000 in all groups together, and 0 leaves the group out.",
        &COUNT,
    );
    let has = keys.or("has", "What its hosts hold when they arrive.", Has::Nothing, &HAS);
    let access = Access::read(keys);
    let place = Placed::read(keys);
    let rates =
        keys.section("rates", "How the access rates change in the run.", RateSteps::default(), &RATES);
    let presence = Presence::read(keys);
    let behaviour = keys.or(
        "behaviour",
        "Whether its peers keep to the protocol, or break one rule of it.",
        Behaviour::Honest,
        &BEHAVIOUR,
    );
    let knows = keys.optional(
        "knows",
        "A group of whose hosts each host of this one knows one from the start, as if its user had named it; drawn by chance.",
        &GROUP_NAME,
    );
    let client = ClientSpec::read(keys);
    let watch = keys.optional(
        "watch",
        "Its people watch the content while they fetch it, in order, from when they come. It is measured how long they wait.",
        &WATCH,
    );
    let corrupt = keys.optional(
        "corrupt",
        "A block that each of its hosts sends with flipped bytes at first. The receiver is not told.",
        &CORRUPT,
    );
    let (place, presence) = (place?, presence?);
    Ok(Group {
        name: name.to_owned(),
        count: count?,
        has: has?,
        access: access?,
        behind: place.behind,
        region: place.region,
        reachable: place.reachable,
        loss: place.loss,
        rates: rates?,
        arrival: presence.arrival,
        start: presence.start,
        on_complete: presence.on_complete,
        abort: presence.abort,
        returns: presence.returns,
        knows: knows?.map(|(_, name)| name),
        behaviour: behaviour?,
        client: client?,
        watch: watch?,
        corrupt: corrupt?,
    })
}

/// The keys that say where in the network a group's hosts are.
struct Placed {
    behind: Option<String>,
    region: Option<Region>,
    reachable: f64,
    loss: f64,
}

impl Placed {
    fn read(keys: &mut Keys<'_>) -> Read<Placed> {
        let behind = keys.optional("behind", "A link of `[links]` that its hosts share.", &LINK_NAME);
        let region = keys.optional(
            "region",
            "Where in the world its hosts are; required with `network.latency.regions`, and only then.",
            &REGION,
        );
        let reachable = keys.or(
            "reachable",
            "The share of its hosts that take inbound connections. In measured swarms 36 to 60 % did.",
            1.0,
            &Percent::Any,
        );
        let loss = keys.or(
            "loss",
            "The share of packets that each access link loses, in each direction.",
            0.0,
            &Percent::Any,
        );
        Ok(Placed {
            behind: behind?.map(|(_, name)| name),
            region: region?,
            reachable: reachable?,
            loss: loss?,
        })
    }
}

/// The keys that say when a group's hosts come and go.
struct Presence {
    arrival: Arrival,
    start: Duration,
    on_complete: OnComplete,
    abort: Option<Spans>,
    returns: Option<Returns>,
}

impl Presence {
    fn read(keys: &mut Keys<'_>) -> Read<Presence> {
        let arrival = keys.or("arrival", "How its hosts come.", Arrival::AtOnce, &ARRIVAL);
        let start = keys.or("start", "When the first can come.", Duration::ZERO, &START);
        let on_complete = keys.or(
            "on_complete",
            "What a host does when it has everything. A seed has everything when it arrives, and stays.",
            OnComplete::Stay,
            &ON_COMPLETE,
        );
        let abort = keys.optional(
            "abort",
            "A host that is not complete so long after it came leaves, for good or until it `returns`.",
            &SPANS,
        );
        let returns = keys.optional(
            "returns",
            "A host that gave up comes back after a while, with what it has kept; it needs `abort`.",
            &RETURNS,
        );
        Ok(Presence {
            arrival: arrival?,
            start: start?,
            on_complete: on_complete?,
            abort: abort?,
            returns: returns?,
        })
    }
}

impl Group {
    pub(super) fn write(&self, fields: &mut Fields) {
        fields.put("count", &COUNT, &self.count);
        fields.put("has", &HAS, &self.has);
        self.access.write(fields);
        if let Some(link) = &self.behind {
            fields.text("behind", link);
        }
        fields.put_some("region", &REGION, &self.region);
        fields.put("reachable", &Percent::Any, &self.reachable);
        fields.put("loss", &Percent::Any, &self.loss);
        if self.rates != RateSteps::default() {
            fields.put("rates", &RATES, &self.rates);
        }
        fields.put("arrival", &ARRIVAL, &self.arrival);
        fields.put("start", &START, &self.start);
        fields.put("on_complete", &ON_COMPLETE, &self.on_complete);
        fields.put_some("abort", &SPANS, &self.abort);
        fields.put_some("returns", &RETURNS, &self.returns);
        fields.put("behaviour", &BEHAVIOUR, &self.behaviour);
        if let Some(group) = &self.knows {
            fields.text("knows", group);
        }
        self.client.write(fields);
        fields.put_some("watch", &WATCH, &self.watch);
        fields.put_some("corrupt", &CORRUPT, &self.corrupt);
    }
}
