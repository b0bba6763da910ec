//! The loop: one event after the other, each to whom it concerns.

use std::sync::Arc;

use swarmlab_engine::metainfo::Metainfo;
use swarmlab_engine::picker::SwarmCopies;
use swarmlab_engine::storage::{Content, Hashing, SharedStore};
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{ServerConfig, TrackerServer};

use crate::check::{Checker, Circumstances, Inhabitant, Profile, Setting};
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
use super::draws::{generator, seed_for};
use super::event::Event;
use super::observer::{Cast, CastHost, Observer};
use super::peer_host::{Leaving, PeerHost};
use super::pickers::Pickers;
use super::population::{Newcomer, population};
use super::rates::{Pair, Rates};
use super::recorder::{Recorder, peer_rows};
use super::script::Script;
use super::settings::{add_links, check_faults, check_pickers, host_config, network_config, tracker_link};
use super::spread::Spread;
use super::streams::Ends;
use super::torrent::torrent;
use super::tracker_host::TrackerHost;
use super::{Options, Outcome, Status, Watch, WorldError};

/// The tracker's host is the first; peer `n` is on host `n + 1`.
pub(super) const TRACKER: HostId = HostId(0);
/// Why a run stopped in which a property didn't hold.
const VIOLATED: &str = "property violated";
/// The watcher is asked once in so many events.
pub const EVENTS_PER_STATUS: u64 = 1 << 14;

/// A swarm in the event world.
pub(super) struct EventWorld<'a> {
    pub pickers: &'a Pickers,
    pub scenario: &'a Scenario,
    pub options: Options,
    pub metainfo: Arc<Metainfo>,
    pub content: Content,
    pub queue: EventQueue<Event>,
    pub network: Network,
    /// The shared links, in the order of the scenario.
    pub links: Vec<(LinkId, Rates)>,
    pub ends: Ends,
    pub tracker: TrackerHost,
    pub peers: Vec<PeerHost>,
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

impl<'a> EventWorld<'a> {
    pub fn new(
        pickers: &'a Pickers,
        scenario: &'a Scenario,
        options: Options,
        observers: Vec<&'a mut (dyn Observer + 'a)>,
    ) -> Result<EventWorld<'a>, WorldError> {
        let (metainfo, content) =
            torrent(scenario, addresses::tracker_url(TRACKER, scenario.tracker.protocol))?;
        check_faults(scenario, &content)?;
        let copies = SwarmCopies::none(content.geometry().piece_count);
        check_pickers(scenario, pickers, &copies)?;
        // Refuses here, once, what every store would refuse.
        SharedStore::empty(content.clone(), options.hashing)?;
        let mut network = Network::new(network_config(scenario), seed_for(scenario.seed, b"network", 0));
        let mut queue = EventQueue::new();
        network.add_host(tracker_link());
        let links = add_links(scenario, &mut network);
        let peers = add_peers(scenario, &mut network, &links, &mut queue);
        let server = TrackerServer::new(ServerConfig {
            interval: scenario.tracker.interval,
            peers_default: scenario.tracker.peers_per_answer as usize,
            peers_max: scenario.tracker.peers_per_answer as usize,
            // Nobody here tries to guess it.
            secret: u128::from(seed_for(scenario.seed, b"connection ids", 0)).to_be_bytes(),
            ..ServerConfig::default()
        });
        let checker = (options.checks > Profile::Off)
            .then(|| Checker::new(setting(scenario, options, &metainfo, &content, &peers)));
        if checker.is_some() {
            network.watch_pace();
        }
        let leechers = peers.iter().filter(|peer| peer.wants()).count() as u32;
        let mut world = EventWorld {
            pickers,
            scenario,
            options,
            recorder: Recorder::new(peers.len(), copies.clone()),
            copies,
            spread: Spread::new(content.geometry().piece_count),
            capacity: Capacity::default(),
            metainfo,
            content,
            queue,
            network,
            links,
            ends: Ends::default(),
            tracker: TrackerHost::new(server, generator(scenario.seed, b"tracker", 0)),
            peers,
            script: Script::new(scenario),
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
        world.audience.begin(&cast(scenario, &world.peers), &mut world.network);
        world.schedule_rate_steps();
        world.schedule_script();
        Ok(world)
    }

    pub fn run(mut self, watch: &mut dyn Watch) -> Outcome {
        let end = Time::ZERO + self.scenario.stop.at;
        let stop_reason = loop {
            if self.scenario.stop.when == StopWhen::AllComplete && self.unfinished == 0 {
                let all = self.completed == self.leechers;
                break if all { "all complete" } else { "nobody is left to complete" };
            }
            match self.queue.next_at() {
                None => break "nothing left to happen",
                Some(at) if at > end => break "time limit",
                Some(at) if self.options.tables => self.recorder.catch_up(at, &mut self.peers),
                Some(_) => {}
            }
            let Some((now, event)) = self.queue.pop() else { break "nothing left to happen" };
            self.digest.event(now, &event);
            self.happen(now, event);
            self.look_at_conditions(now);
            if self.audience.has_seen_violation() {
                break VIOLATED;
            }
            if self.digest.events().is_multiple_of(EVENTS_PER_STATUS) && !watch.status(self.status()) {
                break "interrupted";
            }
        };
        watch.status(self.status());
        self.finish(stop_reason)
    }

    fn happen(&mut self, now: Time, event: Event) {
        match event {
            Event::Network(event) => self.network.handle(&mut self.queue, event),
            Event::Join(peer) => self.come(now, peer),
            Event::Timeout(peer) => self.time_out(now, peer),
            Event::Leave(visit) if self.peers[visit.peer as usize].is_on(visit) => {
                self.ask_to_leave(now, visit.peer, Leaving::ForGood);
            }
            Event::Leave(_) => {}
            Event::Abort(visit) => self.abort(now, visit),
            Event::Disk(peer) => self.disk_done(now, peer),
            Event::TrackerAnswer => self.answer_announces(now),
            Event::Rates { group, step } => self.step_rates(now, group, step),
            Event::Script(number) => self.begin(now, number),
            Event::Undo(number) => self.end(now, number),
        }
        while let Some(notice) = self.network.poll() {
            self.notice(now, notice);
        }
        self.audience.hear(&mut self.network);
        self.check(now);
    }

    /// What can be looked at only once an event is over.
    fn check(&mut self, now: Time) {
        let Some(mut checker) = self.audience.checker.take() else { return };
        checker.step(
            now,
            &Circumstances {
                network: &self.network,
                is_script_over: self.script.is_over(),
                is_in_order: self.queue.is_in_order(),
                surroundings: self,
                forgotten_stream: self.forgotten_stream().map(|(peer, stream)| (peer, stream.connection)),
                events: self.digest.events(),
            },
        );
        self.audience.checker = Some(checker);
        self.network.forget_pace();
    }

    fn status(&self) -> Status {
        let wanted = u64::from(self.leechers) * u64::from(self.content.geometry().piece_count);
        Status {
            simulated_s: self.queue.now().as_secs_f64(),
            completed: self.completed,
            leechers: self.leechers,
            // What was lost in a crash and verified again counts twice.
            progress: (self.pieces_verified as f64 / wanted.max(1) as f64).min(1.0),
            blocks: self.blocks,
        }
    }

    fn finish(mut self, stop_reason: &str) -> Outcome {
        let now = self.queue.now();
        for peer in &self.peers {
            let totals = peer.progress().map(|progress| progress.totals).unwrap_or_default();
            self.digest.event(now, &(totals.uploaded, totals.downloaded, totals.wasted.total()));
        }
        if let Some(audit) = &mut self.audit {
            let present = self.peers.iter_mut().enumerate();
            present.for_each(|(number, peer)| audit.peer(number as u32, peer, &self.content));
        }
        let facts = self.facts(now, stop_reason);
        let events = self.chronicle.into_rows();
        let (tables, sample_interval_s) = if self.options.tables {
            self.recorder.finish(now, self.scenario, &mut self.peers, events)
        } else {
            (Tables { peers: peer_rows(now, self.scenario, &self.peers), events, ..Tables::default() }, 0.0)
        };
        let facts = Facts { sample_interval_s, script: tables.events.clone(), ..facts };
        let checked = self.audience.end(now);
        Outcome { facts, tables, audit: self.audit, checked }
    }

    fn facts(&mut self, now: Time, stop_reason: &str) -> Facts {
        let geometry = self.content.geometry();
        Facts {
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: self.scenario.name.clone(),
            seed: self.scenario.seed,
            world: super::NAME.into(),
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
            t_min_exception: t_min_exception(self.scenario),
            audit: self.audit.as_ref().map(Audit::figures),
            ..Facts::default()
        }
    }
}

/// What the checker knows before the run.
fn setting<'a>(
    scenario: &'a Scenario,
    options: Options,
    metainfo: &Metainfo,
    content: &Content,
    peers: &[PeerHost],
) -> Setting<'a> {
    let inhabitant = |(peer, newcomer): (&PeerHost, Newcomer)| Inhabitant {
        group: peer.group,
        ip: addresses::ip(peer.host),
        joins: peer.joins,
        takes_inbound: newcomer.takes_inbound,
    };
    Setting {
        profile: options.checks,
        scenario,
        content: content.clone(),
        metadata: metainfo.info.raw().clone(),
        hosts: peers.iter().map(|peer| peer.host).collect(),
        peers: peers.iter().zip(population(scenario)).map(inhabitant).collect(),
    }
}

/// Who takes part, for those who look on.
fn cast<'a>(scenario: &'a Scenario, peers: &[PeerHost]) -> Cast<'a> {
    let tracker = CastHost {
        host: TRACKER,
        peer: None,
        name: "tracker".to_owned(),
        address: (addresses::ip(TRACKER), addresses::TRACKER_PORT).into(),
    };
    let host = |(number, peer): (usize, &PeerHost)| CastHost {
        host: peer.host,
        peer: Some(number as u32),
        name: format!("{}-{number}", scenario.groups[peer.group].name),
        address: addresses::peer(peer.host),
    };
    Cast { scenario, hosts: std::iter::once(tracker).chain(peers.iter().enumerate().map(host)).collect() }
}

fn add_peers(
    scenario: &Scenario,
    network: &mut Network,
    links: &[(LinkId, Rates)],
    queue: &mut EventQueue<Event>,
) -> Vec<PeerHost> {
    let mut peers = Vec::new();
    for (number, newcomer) in population(scenario).into_iter().enumerate() {
        let group = &scenario.groups[newcomer.group];
        let host = network.add_host(host_config(scenario, &newcomer, links));
        network.host_down(queue, host);
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

pub(super) fn peer_on(host: HostId) -> u32 {
    host.0 - 1
}
