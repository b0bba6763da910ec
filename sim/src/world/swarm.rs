//! The swarm of a run, whichever world it lives in: who comes and goes, what is known of each, and what was counted.
//!
//! Owns the order in which peers come, leave and are meddled with, and the books of the run. How a client runs, and over
//! what kind of network, is the world's: it tells the swarm what happened to its clients, and does what falls due.

use std::sync::Arc;

use swarmlab_engine::metainfo::Metainfo;
use swarmlab_engine::picker::SwarmCopies;
use swarmlab_engine::storage::{Content, Hashing, SharedStore};
use swarmlab_engine::time::Time;

use crate::check::{Checker, Inhabitant, Profile, Seen, Setting};
use crate::event_queue::EventQueue;
use crate::network::{HostId, LinkId, Network};
use crate::results::{Facts, Tables, Torrent};
use crate::scenario::{Behaviour, Has, Scenario, StopWhen};

use super::addresses;
use super::audience::Audience;
use super::audit::Audit;
use super::capacity::Capacity;
use super::chronicle::Chronicle;
use super::digest::Digest;
use super::draws::seed_for;
use super::event::Event;
use super::observer::{Cast, CastHost, Observer};
use super::participant::Participant;
use super::peer_host::PeerHost;
use super::population::{Newcomer, population};
use super::rates::{Pair, Rates};
use super::recorder::{Recorder, peer_rows};
use super::script::Script;
use super::settings::{add_links, check_faults, host_config, network_config, tracker_link};
use super::spread::Spread;
use super::torrent::torrent;
use super::{Options, Outcome, Status, WorldError};

/// The tracker's host is the first; peer `n` is on host `n + 1`.
pub const TRACKER: HostId = HostId(0);

/// A swarm of clients of this kind.
pub struct Swarm<'a, C: Participant> {
    pub scenario: Arc<Scenario>,
    pub options: Options,
    pub metainfo: Arc<Metainfo>,
    pub content: Content,
    pub queue: EventQueue<Event>,
    pub peers: Vec<PeerHost<C>>,
    pub script: Script,
    pub chronicle: Chronicle,
    /// What the peers present hold together.
    pub copies: SwarmCopies,
    pub recorder: Recorder,
    pub spread: Spread,
    pub capacity: Capacity,
    pub digest: Digest,
    pub audit: Option<Audit>,
    pub audience: Audience<'a>,
    pub blocks: u64,
    /// Payload sent by peers that started complete, bytes.
    pub seeds_sent: u64,
    /// Peers whose completion the run is about.
    pub leechers: u32,
    pub completed: u32,
    /// Those of the leechers that have not completed and still can.
    pub unfinished: u32,
    pub pieces_verified: u64,
}

/// What lies between the hosts: all of them, none of them up.
pub struct Ground {
    pub network: Network,
    /// The shared links, in the order of the scenario.
    pub links: Vec<(LinkId, Rates)>,
}

impl<'a, C: Participant> Swarm<'a, C> {
    /// Everybody is about to come. `judges` makes the checker, if anything is to be checked.
    pub fn new(
        scenario: &Scenario,
        options: Options,
        observers: Vec<&'a mut (dyn Observer + 'a)>,
        judges: fn(Setting) -> Checker,
    ) -> Result<(Swarm<'a, C>, Ground), WorldError> {
        let (metainfo, content) =
            torrent(scenario, addresses::tracker_url(TRACKER, scenario.tracker.protocol))?;
        check_faults(scenario, &content)?;
        // Refuses here, once, what every store would refuse.
        SharedStore::empty(content.clone(), options.hashing)?;
        let mut network = Network::new(network_config(scenario), seed_for(scenario.seed, b"network", 0));
        network.add_host(tracker_link());
        let links = add_links(scenario, &mut network);
        let mut ground = Ground { network, links };
        let mut queue = EventQueue::new();
        let peers = add_peers(scenario, &mut ground, &mut queue);
        let scenario = Arc::new(scenario.clone());
        let checker = (options.checks > Profile::Off)
            .then(|| judges(setting(&scenario, options, &metainfo, &content, &peers)));
        let copies = SwarmCopies::none(content.geometry().piece_count);
        let leechers = peers.iter().filter(|peer| peer.wants()).count() as u32;
        let mut swarm = Swarm {
            options,
            recorder: Recorder::new(peers.len(), copies.clone()),
            copies,
            spread: Spread::new(content.geometry().piece_count),
            capacity: Capacity::default(),
            metainfo,
            content,
            queue,
            peers,
            script: Script::new(&scenario),
            scenario,
            chronicle: Chronicle::default(),
            digest: Digest::default(),
            audit: (options.hashing == Hashing::Full).then(Audit::default),
            audience: Audience::new(checker, observers),
            blocks: 0,
            seeds_sent: 0,
            leechers,
            completed: 0,
            unfinished: leechers,
            pieces_verified: 0,
        };
        swarm.audience.begin(&cast(&swarm.scenario, &swarm.peers), &mut ground.network);
        swarm.schedule_rate_steps();
        swarm.schedule_script();
        Ok((swarm, ground))
    }

    /// Why the run is over, if everybody whom it waits for is done.
    pub fn is_done(&self) -> Option<&'static str> {
        let done = self.scenario.stop.when == StopWhen::AllComplete && self.unfinished == 0;
        let all = self.completed == self.leechers;
        done.then_some(if all { "all complete" } else { "nobody is left to complete" })
    }

    /// Whoever looks on is told of something.
    pub fn tell(&mut self, now: Time, number: u32, seen: &Seen<'_>) {
        self.audience.see(now, number, seen);
    }

    /// How far it has come by now.
    pub fn status(&self, now: Time) -> Status {
        let wanted = u64::from(self.leechers) * u64::from(self.content.geometry().piece_count);
        Status {
            simulated_s: now.as_secs_f64(),
            completed: self.completed,
            leechers: self.leechers,
            // What was lost in a crash and verified again counts twice.
            progress: (self.pieces_verified as f64 / wanted.max(1) as f64).min(1.0),
            blocks: self.blocks,
        }
    }

    /// The run is over.
    pub fn finish(mut self, now: Time, world: &str, stop_reason: &str) -> Outcome {
        for peer in &self.peers {
            let totals = peer.progress().map(|progress| progress.totals).unwrap_or_default();
            self.digest.event(now, &(totals.uploaded, totals.downloaded, totals.wasted.total()));
        }
        if let Some(audit) = &mut self.audit {
            let present = self.peers.iter_mut().enumerate();
            present.for_each(|(number, peer)| audit.peer(number as u32, peer, &self.content));
        }
        let facts = self.facts(now, world, stop_reason);
        let events = self.chronicle.into_rows();
        let (tables, sample_interval_s) = if self.options.tables {
            self.recorder.finish(now, &self.scenario, &mut self.peers, events)
        } else {
            (Tables { peers: peer_rows(now, &self.scenario, &self.peers), events, ..Tables::default() }, 0.0)
        };
        let facts = Facts { sample_interval_s, script: tables.events.clone(), ..facts };
        let checked = self.audience.end(now);
        Outcome { facts, tables, audit: self.audit, checked }
    }

    fn facts(&mut self, now: Time, world: &str, stop_reason: &str) -> Facts {
        let geometry = self.content.geometry();
        Facts {
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: self.scenario.name.clone(),
            seed: self.scenario.seed,
            world: world.into(),
            digest: self.digest.hex(),
            stop_reason: stop_reason.into(),
            torrent: Torrent {
                name: self.metainfo.info.name().into(),
                size_bytes: geometry.total_length,
                piece_length_bytes: geometry.piece_length.into(),
                pieces: geometry.piece_count,
                info_hash: self.metainfo.info.hash().to_string(),
            },
            simulated_s: now.as_secs_f64(),
            events: self.digest.events(),
            blocks: self.blocks,
            upload_capacity_bytes: Some(self.capacity.bytes(now)),
            t_min_exception: t_min_exception(&self.scenario),
            audit: self.audit.as_ref().map(Audit::figures),
            ..Facts::default()
        }
    }
}

/// What the checker knows before the run.
fn setting<C: Participant>(
    scenario: &Arc<Scenario>,
    options: Options,
    metainfo: &Metainfo,
    content: &Content,
    peers: &[PeerHost<C>],
) -> Setting {
    let inhabitant = |(peer, newcomer): (&PeerHost<C>, Newcomer)| Inhabitant {
        group: peer.group,
        ip: addresses::ip(peer.host),
        joins: peer.joins,
        takes_inbound: newcomer.takes_inbound,
    };
    Setting {
        profile: options.checks,
        scenario: scenario.clone(),
        content: content.clone(),
        metadata: metainfo.info.raw().clone(),
        hosts: peers.iter().map(|peer| peer.host).collect(),
        peers: peers.iter().zip(population(scenario)).map(inhabitant).collect(),
    }
}

/// Who takes part, for those who look on.
fn cast<'a, C: Participant>(scenario: &'a Scenario, peers: &[PeerHost<C>]) -> Cast<'a> {
    let tracker = CastHost {
        host: TRACKER,
        peer: None,
        name: "tracker".to_owned(),
        address: (addresses::ip(TRACKER), addresses::TRACKER_PORT).into(),
    };
    let host = |(number, peer): (usize, &PeerHost<C>)| CastHost {
        host: peer.host,
        peer: Some(number as u32),
        name: format!("{}-{number}", scenario.groups[peer.group].name),
        address: addresses::peer(peer.host),
    };
    Cast { scenario, hosts: std::iter::once(tracker).chain(peers.iter().enumerate().map(host)).collect() }
}

fn add_peers<C: Participant>(
    scenario: &Scenario,
    ground: &mut Ground,
    queue: &mut EventQueue<Event>,
) -> Vec<PeerHost<C>> {
    let mut peers = Vec::new();
    let population = population(scenario);
    ground.network.expect_streams(streams_expected(scenario, &population));
    for (number, newcomer) in population.into_iter().enumerate() {
        let group = &scenario.groups[newcomer.group];
        let host = ground.network.add_host(host_config(scenario, &newcomer, &ground.links));
        ground.network.host_down(queue, host);
        queue.schedule(newcomer.joins, Event::Join(number as u32));
        let rates = Rates::new(Pair::of(&newcomer.link));
        peers.push(PeerHost {
            queue_up_bytes: newcomer.link.queues.up_bytes.into(),
            starts_complete: group.has == Has::All,
            // Who only takes keeps to the protocol all the same.
            is_honest: matches!(group.behaviour, Behaviour::Honest | Behaviour::FreeRides),
            returns_left: group.returns.map_or(0, |returns| returns.times),
            ..PeerHost::new(host, newcomer.group, newcomer.joins, rates)
        });
    }
    peers
}

/// So many streams are prepared for at most; beyond them the network's tables grow as they need.
const STREAMS_EXPECTED_MAX: usize = 1 << 22;

/// The streams between peers when each has as many as it may, and one to the tracker for each.
fn streams_expected(scenario: &Scenario, population: &[Newcomer]) -> usize {
    let peers = population.len();
    let ends =
        |newcomer: &Newcomer| (scenario.groups[newcomer.group].client.connections_max as usize).min(peers);
    (population.iter().map(ends).sum::<usize>() / 2 + peers).min(STREAMS_EXPECTED_MAX)
}

/// What takes a run out of the reach of the lower bound and can't be seen in the table of peers. What only takes
/// capacity away leaves the bound true: shared links, loss, partitions, crashes, departures, peers that are away for a
/// while. Rates that change leave it true too, since the table has the largest of each link.
fn t_min_exception(scenario: &Scenario) -> Option<String> {
    let begins_with_a_part = scenario
        .groups
        .iter()
        .any(|group| group.count > 0 && matches!(group.has, Has::Share(_) | Has::AllBut(_)));
    begins_with_a_part.then(|| "a leecher started with a part of the content".to_owned())
}

pub fn peer_on(host: HostId) -> u32 {
    host.0 - 1
}
