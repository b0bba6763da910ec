//! The loop: one event after the other, each to whom it concerns.

use std::sync::Arc;

use bytes::Bytes;
use rand::SeedableRng;

use swarmlab_engine::metainfo::Metainfo;
use swarmlab_engine::random::Rng;
use swarmlab_engine::session::{
    AddTorrent, ConnectionId, Endpoint, Event as Happening, Input, Output, Session, SessionConfig, StartWith,
};
use swarmlab_engine::storage::{Content, Hashing, SharedStore};
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{ServerConfig, TrackerServer};
use swarmlab_engine::wire::PeerId;

use crate::event_queue::EventQueue;
use crate::network::{EndId, HostId, Network, NetworkEvent, Notice};
use crate::results::{Facts, Torrent};
use crate::scenario::{Has, OnComplete, Scenario, Spans, StopWhen};

use super::addresses;
use super::audit::Audit;
use super::digest::Digest;
use super::peer_host::{Client, PeerHost, TORRENT};
use super::population::{generator, population, seed_for};
use super::recorder::{Recorder, peer_rows};
use super::settings::{access_link, check_faults, network_config, torrent_config, tracker_link};
use super::streams::{Ends, Stream};
use super::torrent::torrent;
use super::tracker_host::TrackerHost;
use super::{Options, Outcome, Status, Watch, WorldError};

/// The tracker's host is the first; peer `n` is on host `n + 1`.
const TRACKER: HostId = HostId(0);
/// The watcher is asked once in so many events.
const EVENTS_PER_STATUS: u64 = 1 << 14;

/// Everything that can happen.
#[derive(Clone, Copy, Debug, Hash)]
enum Event {
    /// Something in the network.
    Network(NetworkEvent),
    /// A peer joins.
    Join(u32),
    /// A peer's engine wants to be called.
    Timeout(u32),
    /// A peer that stayed for a while leaves.
    Leave(u32),
}

impl From<NetworkEvent> for Event {
    fn from(event: NetworkEvent) -> Event {
        Event::Network(event)
    }
}

/// A swarm in the event world.
pub(super) struct EventWorld<'a> {
    scenario: &'a Scenario,
    options: Options,
    metainfo: Arc<Metainfo>,
    content: Content,
    queue: EventQueue<Event>,
    network: Network,
    ends: Ends,
    tracker: TrackerHost,
    peers: Vec<PeerHost>,
    recorder: Recorder,
    digest: Digest,
    audit: Option<Audit>,
    blocks: u64,
    leechers: u32,
    completed: u32,
    pieces_verified: u64,
}

impl<'a> EventWorld<'a> {
    pub fn new(scenario: &'a Scenario, options: Options) -> Result<EventWorld<'a>, WorldError> {
        let (metainfo, content) = torrent(scenario, addresses::tracker_url(TRACKER))?;
        check_faults(scenario, &content)?;
        // Refuses here, once, what every store would refuse.
        SharedStore::empty(content.clone(), options.hashing)?;
        let mut network = Network::new(network_config(scenario), seed_for(scenario.seed, b"network", 0));
        let mut queue = EventQueue::new();
        network.add_host(tracker_link());
        let mut peers = Vec::new();
        let links = scenario.groups.iter().flat_map(|group| group.access.links(group.count));
        for (number, (newcomer, link)) in population(scenario).into_iter().zip(links).enumerate() {
            let group = &scenario.groups[newcomer.group];
            let host = network.add_host(access_link(&link));
            network.host_down(&mut queue, host);
            queue.schedule(newcomer.joins, Event::Join(number as u32));
            peers.push(PeerHost {
                host,
                group: newcomer.group,
                starts_complete: group.has == Has::All,
                link,
                joins: newcomer.joins,
                completed: None,
                left: None,
                client: None,
                streams: Default::default(),
                sent_to: Default::default(),
                stream_bytes_sent: 0,
                stream_bytes_received: 0,
                last_progress: None,
                corrupt: group.corrupt,
            });
        }
        let server = TrackerServer::new(ServerConfig {
            interval: scenario.tracker.interval,
            peers_default: scenario.tracker.peers_per_answer as usize,
            peers_max: scenario.tracker.peers_per_answer as usize,
            allowed: None,
        });
        Ok(EventWorld {
            scenario,
            options,
            recorder: Recorder::new(peers.len(), content.geometry().piece_count),
            leechers: peers.iter().filter(|peer| !peer.starts_complete).count() as u32,
            metainfo,
            content,
            queue,
            network,
            ends: Ends::default(),
            tracker: TrackerHost::new(server, generator(scenario.seed, b"tracker", 0)),
            peers,
            digest: Digest::default(),
            audit: (options.hashing == Hashing::Full).then(Audit::default),
            blocks: 0,
            completed: 0,
            pieces_verified: 0,
        })
    }

    pub fn run(mut self, watch: &mut dyn Watch) -> Outcome {
        let end = Time::ZERO + self.scenario.stop.at;
        let stop_reason = loop {
            if self.scenario.stop.when == StopWhen::AllComplete && self.completed == self.leechers {
                break "all complete";
            }
            match self.queue.next_at() {
                None => break "nothing left to happen",
                Some(at) if at > end => break "time limit",
                Some(at) if self.options.tables => self.recorder.catch_up(at, &self.peers),
                Some(_) => {}
            }
            let Some((now, event)) = self.queue.pop() else { break "nothing left to happen" };
            self.digest.event(now, &event);
            self.happen(now, event);
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
            Event::Join(peer) => self.join(now, peer),
            Event::Timeout(peer) => self.time_out(now, peer),
            Event::Leave(peer) => self.input(now, peer, Input::Stop),
        }
        while let Some(notice) = self.network.poll() {
            self.notice(now, notice);
        }
    }

    fn join(&mut self, now: Time, number: u32) {
        let peer = &mut self.peers[number as usize];
        let group = &self.scenario.groups[peer.group];
        self.network.host_up(peer.host);
        let seed = seed_for(self.scenario.seed, b"client", u64::from(number));
        let mut session = Session::new(SessionConfig {
            peer_id: PeerId::random(&mut Rng::seed_from_u64(seed)),
            listen_port: addresses::PEER_PORT,
            seed,
        });
        let (content, hashing) = (self.content.clone(), self.options.hashing);
        let (start, store) = match group.has {
            Has::All => (StartWith::Everything, SharedStore::full(content, hashing)),
            Has::Nothing | Has::Share(_) | Has::AllBut(_) => {
                (StartWith::Nothing, SharedStore::empty(content, hashing))
            }
        };
        let store = store.expect("tried before the run");
        let add = AddTorrent {
            metainfo: self.metainfo.clone(),
            start,
            peers: Vec::new(),
            config: torrent_config(&group.client),
        };
        session.add_torrent(now, add).expect("a scenario names pickers and chokers that exist");
        self.recorder.holder(session.held(TORRENT).iter(), true);
        peer.client = Some(Client { session, store, timer_at: None });
        self.attend(now, number);
    }

    fn time_out(&mut self, now: Time, number: u32) {
        let Some(client) = &mut self.peers[number as usize].client else { return };
        if client.timer_at.is_some_and(|at| at <= now) {
            client.timer_at = None;
        }
        client.session.handle_timeout(now);
        self.attend(now, number);
    }

    fn input(&mut self, now: Time, number: u32, input: Input) {
        if let Some(client) = &mut self.peers[number as usize].client {
            client.session.handle_input(now, input);
            self.attend(now, number);
        }
    }

    fn notice(&mut self, now: Time, notice: Notice) {
        match notice {
            Notice::Incoming { host: TRACKER, end, from } => self.tracker.incoming(end, from),
            Notice::Received { host: TRACKER, end, data } => {
                if let Some(answer) = self.tracker.received(now, end, &data) {
                    self.network.send(&mut self.queue, end, answer);
                    self.network.close(&mut self.queue, end);
                }
            }
            Notice::Closed { host: TRACKER, end, .. } => self.tracker.closed(end),
            Notice::Incoming { host, end, from } => self.incoming(now, host, end, from),
            Notice::Connected { host, end } => {
                if let Some(connection) = self.ends.connection(end) {
                    self.input(now, peer_on(host), Input::Connected { connection });
                }
            }
            Notice::Received { host, end, data } => self.received(now, host, end, data),
            Notice::Writable { host, end } => {
                if let Some(connection) = self.ends.connection(end) {
                    self.fill(now, peer_on(host), connection);
                    self.attend(now, peer_on(host));
                }
            }
            Notice::Datagram { .. } => {}
            Notice::Refused { host, end } | Notice::Closed { host, end, .. } => {
                if let Some(connection) = self.ends.connection(end) {
                    self.unbind(peer_on(host), connection);
                    self.input(now, peer_on(host), Input::Closed { connection });
                }
            }
        }
    }

    fn incoming(&mut self, now: Time, host: HostId, end: EndId, from: HostId) {
        let number = peer_on(host);
        let client = self.peers[number as usize].client.as_mut();
        match client.and_then(|client| client.session.accept(now, addresses::outgoing(from))) {
            Some(connection) => {
                self.bind(number, Stream::new(end, connection, from));
                self.attend(now, number);
            }
            None => self.network.reset(&mut self.queue, end),
        }
    }

    fn received(&mut self, now: Time, host: HostId, end: EndId, data: Bytes) {
        let Some(connection) = self.ends.connection(end) else { return };
        let peer = &mut self.peers[peer_on(host) as usize];
        if peer.streams.of(connection).is_some_and(|stream| stream.remote != TRACKER) {
            peer.stream_bytes_received += data.len() as u64;
        }
        self.input(now, peer_on(host), Input::Received { connection, data });
    }

    /// Does everything that a peer's engine asks for, and sees to it that it is called again in time.
    fn attend(&mut self, now: Time, number: u32) {
        while let Some(client) = &mut self.peers[number as usize].client {
            let Some(output) = client.session.poll_output() else { break };
            match output {
                Output::Connect { connection, to } => self.connect(now, number, connection, &to),
                Output::Ready { connection } => self.fill(now, number, connection),
                Output::Close { connection } => {
                    if let Some(stream) = self.unbind(number, connection) {
                        self.network.close(&mut self.queue, stream.end);
                    }
                }
                Output::Disk(job) => self.peers[number as usize].perform(now, job),
                Output::Event(happening) => self.happened(now, number, &happening),
            }
        }
        let Some(client) = &mut self.peers[number as usize].client else { return };
        if self.options.check_invariants {
            client.session.check_invariants();
        }
        if let Some(at) = client.session.poll_timeout()
            && client.timer_at.is_none_or(|scheduled| at < scheduled)
        {
            client.timer_at = Some(at.max(now));
            self.queue.schedule(at.max(now), Event::Timeout(number));
        }
    }

    fn connect(&mut self, now: Time, number: u32, connection: ConnectionId, to: &Endpoint) {
        let Endpoint::Address(address) = to else {
            return self.input(now, number, Input::Closed { connection });
        };
        let Some(remote) = addresses::host(*address, self.peers.len() + 1) else {
            return self.input(now, number, Input::Closed { connection });
        };
        let end = self.network.connect(&mut self.queue, self.peers[number as usize].host, remote);
        self.bind(number, Stream::new(end, connection, remote));
    }

    /// Fills a stream's send buffer as far as the engine has something to send.
    fn fill(&mut self, now: Time, number: u32, connection: ConnectionId) {
        let peer = &mut self.peers[number as usize];
        let (Some(client), Some(stream)) = (&mut peer.client, peer.streams.of(connection)) else { return };
        loop {
            let mut room = self.network.send_room(stream.end);
            while room > 0
                && let Some(mut bytes) = stream.pending.pop_front()
            {
                if bytes.len() > room {
                    stream.pending.push_front(bytes.split_off(room));
                }
                room -= bytes.len();
                self.network.send(&mut self.queue, stream.end, bytes);
            }
            let Some(transmit) = client.session.poll_transmit(now, connection, room) else { return };
            stream.payload_bytes += transmit.body.len() as u64;
            if stream.remote != TRACKER {
                peer.stream_bytes_sent += transmit.len() as u64;
            }
            stream
                .pending
                .extend([transmit.head, transmit.body].into_iter().filter(|bytes| !bytes.is_empty()));
        }
    }

    fn happened(&mut self, now: Time, number: u32, happening: &Happening) {
        let peer = &mut self.peers[number as usize];
        match happening {
            Happening::PieceVerified { piece, .. } => {
                self.digest.event(now, &(number, *piece));
                self.recorder.piece_verified(*piece);
                self.pieces_verified += 1;
                self.blocks += u64::from(self.content.geometry().blocks_in(*piece));
            }
            Happening::Completed { .. } if !peer.starts_complete => {
                peer.completed = Some(now);
                self.completed += 1;
                let stay = match self.scenario.groups[peer.group].on_complete {
                    OnComplete::Stay => return,
                    OnComplete::Leave => std::time::Duration::ZERO,
                    OnComplete::StayFor(Spans::Constant(span)) => span,
                    OnComplete::StayFor(_) => std::time::Duration::ZERO,
                };
                self.queue.schedule(now + stay, Event::Leave(number));
            }
            Happening::Stopped => self.leave(now, number),
            _ => {}
        }
    }

    fn leave(&mut self, now: Time, number: u32) {
        let peer = &mut self.peers[number as usize];
        if let Some(client) = &peer.client {
            self.recorder.holder(client.session.held(TORRENT).iter(), false);
        }
        if let Some(audit) = &mut self.audit {
            audit.peer(number, peer, &self.content);
        }
        peer.leave(now);
        self.network.host_down(&mut self.queue, peer.host);
    }

    fn bind(&mut self, number: u32, stream: Stream) {
        self.ends.bind(stream.end, stream.connection);
        self.peers[number as usize].streams.bind(stream);
    }

    fn unbind(&mut self, number: u32, connection: ConnectionId) -> Option<Stream> {
        let peer = &mut self.peers[number as usize];
        let stream = peer.streams.unbind(connection)?;
        peer.note_sent(&stream);
        Some(stream)
    }

    fn status(&self) -> Status {
        let wanted = u64::from(self.leechers) * u64::from(self.content.geometry().piece_count);
        Status {
            simulated_s: self.queue.now().as_secs_f64(),
            completed: self.completed,
            leechers: self.leechers,
            progress: self.pieces_verified as f64 / wanted.max(1) as f64,
            blocks: self.blocks,
        }
    }

    fn finish(mut self, stop_reason: &str) -> Outcome {
        let now = self.queue.now();
        for peer in &self.peers {
            let totals = peer.progress().map(|progress| progress.totals).unwrap_or_default();
            self.digest.event(now, &(totals.uploaded, totals.downloaded, totals.wasted));
        }
        if let Some(audit) = &mut self.audit {
            let present = self.peers.iter_mut().enumerate();
            present.for_each(|(number, peer)| audit.peer(number as u32, peer, &self.content));
        }
        let geometry = self.content.geometry();
        let (tables, sample_interval_s) = if self.options.tables {
            self.recorder.finish(now, self.scenario, &self.peers)
        } else {
            let peers = peer_rows(self.scenario, &self.peers);
            (crate::results::Tables { peers, ..Default::default() }, 0.0)
        };
        let facts = Facts {
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
            wall_s: 0.0,
            cpu_s: 0.0,
            peak_rss_bytes: 0,
            events: self.digest.events(),
            blocks: self.blocks,
            sample_interval_s,
            t_min_exception: None,
            audit: self.audit.as_ref().map(Audit::figures),
        };
        Outcome { facts, tables, audit: self.audit }
    }
}

fn peer_on(host: HostId) -> u32 {
    host.0 - 1
}
