//! Between the engines and the network: what arrives goes in, what an engine asks for is done.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::Bytes;

use swarmlab_engine::session::{ConnectionId, Endpoint, Input, Output};
use swarmlab_engine::time::Time;

use crate::check::{Partner, Seen};
use crate::network::{EndId, HostId, Notice};

use super::addresses;
use super::event::Event;
use super::event_world::EventWorld;
use super::faults::Mail;
use super::streams::Stream;
use super::swarm::{TRACKER, peer_on};
use super::tracker_host::Addressee;

impl EventWorld<'_> {
    /// The network tells somebody something.
    pub(super) fn notice(&mut self, now: Time, notice: Notice) {
        match owner(&notice) {
            TRACKER => self.notice_tracker(now, notice),
            host if self.swarm.peers[peer_on(host) as usize].frozen.is_frozen() => {
                self.keep(peer_on(host), notice);
            }
            host => self.notice_peer(now, peer_on(host), notice),
        }
    }

    /// A frozen client will hear of it when it thaws.
    fn keep(&mut self, number: u32, notice: Notice) {
        let ended = match notice {
            Notice::Refused { end, .. } | Notice::Closed { end, .. } => {
                Some((end, self.connection(number, end)))
            }
            _ => None,
        };
        if let Notice::Incoming { end, .. } = notice {
            self.network.pause_reading(end);
        }
        let frozen = &mut self.swarm.peers[number as usize].frozen;
        match ended {
            None => frozen.keep(Mail::Notice(notice)),
            Some((_, Some(connection))) => frozen.keep(Mail::Ended(connection)),
            Some((end, None)) => frozen.forget(end),
        }
    }

    fn notice_tracker(&mut self, now: Time, notice: Notice) {
        match notice {
            Notice::Incoming { end, from, .. } => self.tracker.incoming(end, from),
            Notice::Received { end, data, .. } => {
                if let Some(due) = self.tracker.received(now, end, &data) {
                    self.swarm.queue.schedule(due, Event::TrackerAnswer);
                }
            }
            Notice::Closed { end, .. } => self.tracker.closed(end),
            Notice::Datagram { from, data, .. } => {
                if let Some(due) = self.tracker.datagram(now, from, &data) {
                    self.swarm.queue.schedule(due, Event::TrackerAnswer);
                }
            }
            _ => {}
        }
    }

    pub(super) fn answer_announces(&mut self, now: Time) {
        while let Some((to, answer)) = self.tracker.answer(now) {
            match to {
                Addressee::End(end) => {
                    self.network.send(&mut self.swarm.queue, end, [answer]);
                    self.network.close(&mut self.swarm.queue, end);
                }
                Addressee::Host(_, host) => {
                    self.network.send_datagram(&mut self.swarm.queue, TRACKER, host, answer);
                }
            }
        }
    }

    fn notice_peer(&mut self, now: Time, number: u32, notice: Notice) {
        match notice {
            Notice::Incoming { end, from, .. } => self.incoming(now, number, end, from),
            Notice::Received { end, data, .. } => self.received(now, number, end, data),
            Notice::Connected { end, .. } => {
                if let Some(connection) = self.connection(number, end) {
                    self.swarm.tell(now, number, &Seen::Connected(connection));
                    self.input(now, number, Input::Connected { connection });
                }
            }
            Notice::Writable { end, .. } => {
                if let Some(connection) = self.connection(number, end) {
                    self.fill(now, number, connection);
                    self.attend(now, number);
                }
            }
            Notice::Refused { end, .. } | Notice::Closed { end, .. } => {
                if let Some(connection) = self.connection(number, end) {
                    self.ended(now, number, connection);
                }
            }
            Notice::Datagram { from, data, .. } => {
                self.swarm.tell(now, number, &Seen::DatagramReceived { from: partner(from), data: &data });
                let from = addresses::of_datagrams(from);
                self.input(now, number, Input::Datagram { from, data });
            }
        }
    }

    /// What a peer calls an end of its own. The network knows it while the stream is there.
    fn connection(&self, number: u32, end: EndId) -> Option<ConnectionId> {
        let name = self.network.name(end).map(ConnectionId::from_number);
        name.or_else(|| self.swarm.peers[number as usize].streams.ending_at(end))
    }

    /// A stream is over, and its client is told.
    pub(super) fn ended(&mut self, now: Time, number: u32, connection: ConnectionId) {
        if self.unbind(now, number, connection, false).is_some() {
            self.input(now, number, Input::Closed { connection });
        }
    }

    fn incoming(&mut self, now: Time, number: u32, end: EndId, from: HostId) {
        let client = self.swarm.peers[number as usize].client.as_mut();
        match client.and_then(|client| client.actor.accept(now, addresses::outgoing(from))) {
            Some(connection) => {
                self.bind(now, number, Stream::new(end, connection, from), false);
                self.attend(now, number);
            }
            None => self.network.reset(&mut self.swarm.queue, end),
        }
    }

    /// Bytes have come. What the network has to hand over at this end besides belongs to them: a client reads all of it at
    /// once.
    fn received(&mut self, now: Time, number: u32, end: EndId, data: Bytes) {
        let Some(connection) = self.connection(number, end) else { return };
        let peer = &mut self.swarm.peers[number as usize];
        let Some(client) = &mut peer.client else { return };
        let with_peer = self.network.remote(end) != Some(TRACKER);
        let (network, audience) = (&mut self.network, &mut self.swarm.audience);
        let more = std::iter::from_fn(|| network.poll_received(end));
        let data = std::iter::once(data).chain(more).inspect(|data| {
            peer.stream_bytes_received += if with_peer { data.len() as u64 } else { 0 };
            audience.see(now, number, &Seen::Received(connection, data));
        });
        client.actor.receive(now, connection, data);
        self.attend(now, number);
    }

    /// Something happened to a peer's client, if it is there.
    pub(super) fn input(&mut self, now: Time, number: u32, input: Input) {
        if let Some(client) = &mut self.swarm.peers[number as usize].client {
            client.actor.handle_input(now, input);
            self.attend(now, number);
        }
    }

    pub(super) fn time_out(&mut self, now: Time, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        let Some(client) = &mut peer.client else { return };
        if client.timer_at <= now {
            client.timer_at = Time::NEVER;
        }
        if peer.frozen.is_frozen() {
            return;
        }
        self.swarm.audience.see(now, number, &Seen::TimedOut);
        client.actor.handle_timeout(now);
        self.attend(now, number);
    }

    /// Does everything that a peer's engine asks for, and sees to it that it is called again in time.
    pub(super) fn attend(&mut self, now: Time, number: u32) {
        while let Some(client) = &mut self.swarm.peers[number as usize].client {
            let Some(output) = client.actor.poll_output() else { break };
            match output {
                Output::Connect { connection, to } => self.connect(now, number, connection, &to),
                Output::Ready { connection } => {
                    self.swarm.tell(now, number, &Seen::Ready(connection));
                    self.fill(now, number, connection);
                }
                Output::Close { connection } => {
                    if let Some(stream) = self.unbind(now, number, connection, true) {
                        self.network.close(&mut self.swarm.queue, stream.end);
                    }
                }
                // Every host's storage is there from the start.
                Output::OpenStorage { .. } => {}
                Output::Disk(job) => self.disk_job(now, number, job),
                Output::Datagram { to, data } => self.send_datagram(now, number, to, data),
                // Nothing here has a name.
                Output::Resolve { lookup, .. } => {
                    let addresses = Vec::new();
                    client.actor.handle_input(now, Input::Resolved { lookup, addresses });
                }
                Output::Event(happening) => self.happened(now, number, &happening),
            }
        }
        let Some(client) = &mut self.swarm.peers[number as usize].client else { return };
        self.swarm.audience.see(now, number, &Seen::Settled(client.actor.session()));
        if let Some(at) = client.actor.poll_timeout()
            && at < client.timer_at
        {
            client.timer_at = at.max(now);
            self.swarm.queue.schedule(at.max(now), Event::Timeout(number));
        }
        // A disk with nothing to do holds nobody up.
        if client.disk_at != Time::NEVER || !client.reads {
            self.settle_reading(number);
        }
    }

    /// A client reads unless it is frozen, or its disk has too much to do.
    pub(super) fn settle_reading(&mut self, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        let (Some(client), Some(disk)) = (&mut peer.client, &peer.disk) else { return };
        let reads = !peer.frozen.is_frozen() && !disk.is_overrun();
        if client.reads == reads {
            return;
        }
        client.reads = reads;
        for stream in peer.streams.iter() {
            match reads {
                true => self.network.resume_reading(&mut self.swarm.queue, stream.end),
                false => self.network.pause_reading(stream.end),
            }
        }
    }

    fn connect(&mut self, now: Time, number: u32, connection: ConnectionId, to: &Endpoint) {
        let Endpoint::Address(address) = to else {
            return self.input(now, number, Input::Closed { connection });
        };
        let Some(remote) = addresses::host(*address, self.swarm.peers.len() + 1) else {
            return self.input(now, number, Input::Closed { connection });
        };
        let end = self.network.connect(&mut self.swarm.queue, self.swarm.peers[number as usize].host, remote);
        self.bind(now, number, Stream::new(end, connection, remote), true);
    }

    /// A datagram leaves, unless there is nobody at its address.
    fn send_datagram(&mut self, now: Time, number: u32, to: SocketAddr, data: Bytes) {
        let Some(remote) = addresses::host(to, self.swarm.peers.len() + 1) else { return };
        self.swarm.tell(now, number, &Seen::DatagramSent { to: partner(remote), data: &data });
        let host = self.swarm.peers[number as usize].host;
        self.network.send_datagram(&mut self.swarm.queue, host, remote, data);
    }

    /// A stream on which bytes wait before a send buffer that won't say when it has room, and its peer.
    pub(super) fn forgotten_stream(&self) -> Option<(u32, &Stream)> {
        let peers = self.swarm.peers.iter().enumerate().filter(|(_, peer)| !peer.frozen.is_frozen());
        peers
            .flat_map(|(number, peer)| peer.streams.waiting().map(move |stream| (number as u32, stream)))
            .find(|(_, stream)| !self.network.is_full(stream.end))
    }

    /// Fills a stream's send buffer as far as the engine has something to send.
    pub(super) fn fill(&mut self, now: Time, number: u32, connection: ConnectionId) {
        let peer = &mut self.swarm.peers[number as usize];
        let Some((stream, pending)) = peer.streams.with_pending(connection) else { return };
        let Some(client) = &mut peer.client else { return };
        loop {
            // What is sent may leave at once and make room again, so the room is asked for each time.
            while let Some(waiting) = pending.of(connection)
                && let room @ 1.. = self.network.send_room(stream.end)
            {
                self.network.send(&mut self.swarm.queue, stream.end, fitting(waiting, room));
                if waiting.is_empty() {
                    pending.forget(connection);
                }
            }
            let room = self.network.send_room(stream.end);
            let Some(transmit) = client.actor.poll_transmit(now, connection, room) else {
                if room > 0 {
                    self.swarm.tell(now, number, &Seen::Drained(connection));
                }
                return;
            };
            self.swarm.audience.see(now, number, &Seen::Sent(connection, &transmit));
            let bytes = transmit.len();
            stream.given.payload_bytes += transmit.body.len() as u64;
            if stream.remote != TRACKER {
                peer.stream_bytes_sent += bytes as u64;
            }
            if peer.starts_complete {
                self.swarm.seeds_sent += transmit.body.len() as u64;
                self.swarm.script.stir();
            }
            let chunks = [transmit.head, transmit.body].into_iter().filter(|bytes| !bytes.is_empty());
            match bytes <= room {
                true => self.network.send(&mut self.swarm.queue, stream.end, chunks),
                false => pending.extend(connection, chunks),
            }
        }
    }

    fn bind(&mut self, now: Time, number: u32, stream: Stream, dialled: bool) {
        let with = partner(stream.remote);
        let (connection, end) = (stream.connection, stream.end);
        self.swarm.tell(now, number, &Seen::Opened { connection, end, with, dialled });
        let peer = &mut self.swarm.peers[number as usize];
        self.network.set_name(end, connection.number());
        match peer.client.as_ref().is_some_and(|client| client.reads) {
            // Nobody read it if it was opened while the client was frozen.
            true => self.network.resume_reading(&mut self.swarm.queue, stream.end),
            false => self.network.pause_reading(stream.end),
        }
        peer.streams.bind(stream);
    }

    pub(super) fn unbind(
        &mut self,
        now: Time,
        number: u32,
        connection: ConnectionId,
        by_itself: bool,
    ) -> Option<Stream> {
        let peer = &mut self.swarm.peers[number as usize];
        let stream = peer.streams.unbind(connection)?;
        peer.note_given(now, stream);
        self.swarm.tell(now, number, &Seen::Closed { connection, by_itself });
        Some(stream)
    }

    /// Everything that waited for a client while it was frozen.
    pub(super) fn deliver(&mut self, now: Time, number: u32, mail: VecDeque<Mail>) {
        for mail in mail {
            match mail {
                Mail::Notice(notice) => self.notice_peer(now, number, notice),
                Mail::Ended(connection) => self.ended(now, number, connection),
            }
        }
    }
}

/// Takes from the front of `pending` what has room: a message goes to the network with its payload, in one piece.
fn fitting(pending: &mut VecDeque<Bytes>, mut room: usize) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let mut bytes = pending.pop_front_if(|_| room > 0)?;
        if bytes.len() > room {
            pending.push_front(bytes.split_off(room));
        }
        room -= bytes.len();
        Some(bytes)
    })
}

fn partner(host: HostId) -> Partner {
    match host {
        TRACKER => Partner::Tracker,
        host => Partner::Peer(peer_on(host)),
    }
}

fn owner(notice: &Notice) -> HostId {
    match *notice {
        Notice::Incoming { host, .. }
        | Notice::Connected { host, .. }
        | Notice::Refused { host, .. }
        | Notice::Received { host, .. }
        | Notice::Writable { host, .. }
        | Notice::Closed { host, .. }
        | Notice::Datagram { host, .. } => host,
    }
}
