//! The network's verbs: what the world calls.

use std::collections::VecDeque;

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::config::NetworkConfig;
use super::datagrams::Datagrams;
use super::event::{NetworkEvent, Notice};
use super::host::{Carried, Host, HostConfig, HostId, Presence};
use super::ledger::Ledger;
use super::pace::Paces;
use super::paths::Paths;
use super::shared_link::{LinkId, Links, SharedLink};
use super::stream::{EndId, EndState, Name, Streams};
use super::tap::{Tap, What};
use crate::event_queue::EventQueue;

/// Hosts and the streams between them. See the [module](super) for the model.
///
/// Every call that takes a queue acts at the queue's `now`. Drain [`poll`](Network::poll) after each.
#[derive(Debug)]
pub struct Network {
    pub(super) config: NetworkConfig,
    pub(super) seed: u64,
    pub(super) hosts: Vec<Host>,
    pub(super) links: Links,
    pub(super) paths: Paths,
    pub(super) streams: Streams,
    pub(super) datagrams: Datagrams,
    pub(super) notices: VecDeque<Notice>,
    /// Flights that delivered everything, with the time of their last acknowledgement: to be given back then.
    pub(super) fading: VecDeque<(Time, EndId)>,
    pub(super) ledger: Ledger,
    pub(super) paces: Paces,
    /// While somebody looks on.
    pub(super) tap: Option<Tap>,
}

impl Network {
    /// A network without hosts. `seed` decides the latencies, and whatever else is left to chance.
    ///
    /// # Panics
    /// If the configuration contradicts itself: a window below two packets, a send buffer below a unit.
    pub fn new(config: NetworkConfig, seed: u64) -> Network {
        config.assert_sound();
        Network {
            paths: Paths::new(&config, seed),
            config,
            seed,
            hosts: Vec::new(),
            links: Links::default(),
            streams: Streams::default(),
            datagrams: Datagrams::default(),
            notices: VecDeque::new(),
            fading: VecDeque::new(),
            ledger: Ledger::default(),
            paces: Paces::default(),
            tap: None,
        }
    }

    /// Adds a link for hosts and further links to share.
    ///
    /// # Panics
    /// If a rate is zero, a loss is not a share, or the link that it lies behind was not added.
    pub fn add_link(&mut self, link: SharedLink) -> LinkId {
        self.links.add(&link)
    }

    /// Adds a host, up. An [`AccessLink`](super::AccessLink) alone makes a host anywhere, behind no other link.
    ///
    /// # Panics
    /// If a rate is zero, a loss is not a share, or the link that it lies behind was not added.
    pub fn add_host(&mut self, config: impl Into<HostConfig>) -> HostId {
        let config = config.into();
        let host = HostId(u32::try_from(self.hosts.len()).expect("fewer than 2³² hosts"));
        self.links.assert_known(config.behind);
        self.hosts.push(Host::new(&config));
        self.paths.add_host(config.link.loss);
        host
    }

    /// So many streams may be there at once. Room for them is made now, so that no table is copied as it grows; the system
    /// gives memory for what is used of it, and no more.
    pub fn expect_streams(&mut self, streams: usize) {
        self.streams.reserve(streams);
    }

    /// Where every byte of payload went so far.
    pub fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// What has passed the access link of `host` so far.
    pub fn carried(&self, host: HostId) -> Carried {
        self.hosts[host.index()].carried
    }

    /// Whether `host` is up.
    pub fn is_up(&self, host: HostId) -> bool {
        self.hosts[host.index()].presence == Presence::Up
    }

    /// Brings `host` back, without streams.
    pub fn host_up(&mut self, host: HostId) {
        self.hosts[host.index()].presence = Presence::Up;
    }

    /// Takes `host` away at once: its streams are reset, which the other sides learn after the latency, and connections
    /// to it are refused. The host gets no notice of this, nor of anything that waits to be polled.
    pub fn host_down<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, host: HostId) {
        for end in self.take_away(host, Presence::Down) {
            self.abort(queue, end);
        }
    }

    /// Cuts `host` off as a power failure does: nobody is told, and whoever sends to it or connects to it meets silence.
    /// Once it is up again, without streams, it answers what arrives for the old ones with a reset. The host gets no
    /// notice of anything that waits to be polled.
    pub fn host_vanish<E: Copy + From<NetworkEvent>>(&mut self, _queue: &mut EventQueue<E>, host: HostId) {
        for end in self.take_away(host, Presence::Vanished) {
            self.vanish(end);
        }
    }

    /// The ends that lived there.
    fn take_away(&mut self, host: HostId, presence: Presence) -> Vec<EndId> {
        let this = &mut self.hosts[host.index()];
        this.presence = presence;
        this.ring.clear();
        this.ends.clone()
    }

    /// Connects `from` to `to`. What is sent before `Connected` waits for it.
    ///
    /// # Panics
    /// If `from` is down.
    pub fn connect<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        from: HostId,
        to: HostId,
    ) -> EndId {
        assert!(self.is_up(from), "host {} connects while it is down", from.0);
        let latencies = self.latencies(from, to);
        let end = self.streams.open(queue.now(), [from, to], latencies, self.config.mss_bytes);
        self.enlist(end);
        self.send_syn(queue, end.peer());
        end
    }

    /// What the owner of `end` calls it, if it has said so and the stream still is.
    pub fn name(&self, end: EndId) -> Option<Name> {
        self.streams.get(end)?.names[end.side()]
    }

    /// The owner of `end` calls it so from now on.
    pub fn set_name(&mut self, end: EndId, name: Name) {
        if let Some(stream) = self.streams.get_mut(end) {
            stream.names[end.side()] = Some(name);
        }
    }

    /// Bytes that [`send`](Network::send) takes at `end` now; zero for an end that is gone. When a `send` leaves less
    /// room than a unit, one `Writable` follows as soon as half of the buffer, and at least a unit, is free.
    pub fn send_room(&self, end: EndId) -> usize {
        match self.streams.get(end) {
            Some(stream) if stream.ends[end.side()] == EndState::Open => {
                let unsent = self.streams.flight(end).map_or(0, |flight| flight.unsent());
                (self.config.send_buffer_bytes - unsent) as usize
            }
            _ => 0,
        }
    }

    /// Whether a `Writable` will follow at `end`.
    pub fn is_full(&self, end: EndId) -> bool {
        self.streams.flight(end).is_some_and(|flight| flight.is_full)
    }

    /// Sends `chunks` after everything sent before, in one go: none leaves before the last is there. At an end that is gone
    /// it does nothing.
    ///
    /// # Panics
    /// If the chunks are longer than [`send_room`](Network::send_room) allows.
    pub fn send<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        end: EndId,
        chunks: impl IntoIterator<Item = Bytes>,
    ) {
        if !self.is_open(end) {
            return;
        }
        self.start_sending(queue.now(), end);
        let Some((stream, flight)) = self.streams.flight_mut(end) else { return };
        for chunk in chunks.into_iter().filter(|chunk| !chunk.is_empty()) {
            let room = self.config.send_buffer_bytes - flight.unsent();
            assert!(chunk.len() <= room as usize, "a chunk longer than the room in the send buffer");
            stream.directions[end.side()].accepted += chunk.len() as u64;
            flight.accept(chunk);
        }
        self.pump(queue, end);
        if let Some((_, flight)) = self.streams.flight_mut(end) {
            flight.is_full |= self.config.send_buffer_bytes - flight.unsent() < self.config.unit_bytes;
        }
    }

    /// Closes `end` in order: what was sent is still delivered, then the other side gets `Closed`. `end` is gone for
    /// its owner at once. A connection that doesn't stand yet is reset.
    pub fn close<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        self.resume_reading(queue, end);
        let Some(stream) = self.streams.get(end) else { return };
        let (side, peer) = (end.side(), end.peer());
        match stream.ends[side] {
            EndState::Open if stream.is_opening && side == 0 => self.abort(queue, end),
            EndState::Open if !stream.ends[peer.side()].is_over() => {
                self.set_state(end, EndState::Gone);
                self.start_sending(queue.now(), end);
                if let Some((_, flight)) = self.streams.flight_mut(end) {
                    flight.accept_end();
                }
                self.pump(queue, end);
            }
            EndState::Open => {
                self.tap_bare(queue.now(), end, What::End);
                self.leave(end, EndState::Gone);
            }
            EndState::Told => self.leave(end, EndState::Gone),
            EndState::Unborn | EndState::Gone | EndState::Dead => {}
        }
    }

    /// Resets `end`: what is in flight from it is lost, and the other side gets `Closed` after the latency. `end` is
    /// gone at once.
    pub fn reset<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        if self.is_open(end) {
            self.abort(queue, end);
        } else if self.state(end) == Some(EndState::Told) {
            self.leave(end, EndState::Gone);
        }
    }

    /// Carries out an event of this network, at its time.
    pub fn handle<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, event: NetworkEvent) {
        match event {
            NetworkEvent::Syn(end) => self.on_syn(queue, end),
            NetworkEvent::SynAck(end) => self.on_syn_ack(queue, end),
            NetworkEvent::Refusal(end) => self.tell(end, |host| Notice::Refused { host, end }),
            NetworkEvent::Retry(end) => self.on_retry(queue, end),
            NetworkEvent::Reset(end) => self.on_reset(end),
            NetworkEvent::Arrival(end) => self.on_arrival(queue, end),
            NetworkEvent::Datagram(datagram) => self.on_datagram(queue, datagram),
            NetworkEvent::Wake(end) => self.on_wake(queue, end),
            NetworkEvent::Passage(link, way) => self.on_passage(queue, link, way),
            NetworkEvent::Delivery(host) => self.on_delivery(queue, host),
            NetworkEvent::Turn(host) => self.on_turn(queue, host),
        }
        self.give_back_flights(queue.now());
    }

    /// The next bytes that `end` has received, if they are what the next notice is about.
    pub fn poll_received(&mut self, end: EndId) -> Option<Bytes> {
        let is_next = |notice: &mut Notice| matches!(notice, Notice::Received { end: at, .. } if *at == end);
        match self.notices.pop_front_if(is_next)? {
            Notice::Received { data, .. } => Some(data),
            _ => None,
        }
    }

    /// The next notice. None is ever for an end that its owner has left.
    pub fn poll(&mut self) -> Option<Notice> {
        loop {
            let notice = self.notices.pop_front()?;
            let Some(end) = notice.end() else {
                if matches!(notice, Notice::Datagram { host, .. } if self.is_up(host)) {
                    return Some(notice);
                }
                continue;
            };
            match (&notice, self.state(end)) {
                (Notice::Closed { .. } | Notice::Refused { .. }, Some(EndState::Told)) => {
                    self.leave(end, EndState::Gone);
                    return Some(notice);
                }
                (_, Some(EndState::Open | EndState::Told)) => return Some(notice),
                (_, Some(EndState::Unborn | EndState::Gone | EndState::Dead) | None) => {}
            }
        }
    }
}
