//! A whole session on a host of the event network.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use swarmlab_engine::session::{
    AddTorrent, ConnectionId, Endpoint, Event as Happening, Input, Output, Session, SessionConfig, StartWith,
    TorrentConfig,
};
use swarmlab_engine::storage::Storage;
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::PeerId;
use swarmlab_sim::event_queue::EventQueue;
use swarmlab_sim::network::{EndId, HostId, Network, NetworkEvent, Notice};

use super::content::{Watched, metainfo};

/// Something that will happen.
#[derive(Clone, Copy)]
pub enum Event {
    Network(NetworkEvent),
    /// The session on this host wants to be called.
    Timer(HostId),
    /// Somebody waits for this moment.
    Alarm,
}

impl From<NetworkEvent> for Event {
    fn from(event: NetworkEvent) -> Event {
        Event::Network(event)
    }
}

/// What all hosts share.
pub struct Wires {
    pub queue: EventQueue<Event>,
    pub network: Network,
}

/// The address of a host.
pub fn address(host: HostId) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, host.0 as u8], 6881))
}

/// A session, its disk and its streams.
pub struct SessionHost {
    host: HostId,
    session: Session,
    disk: Watched,
    lines: BTreeMap<EndId, Line>,
    ends: BTreeMap<ConnectionId, EndId>,
    timer_at: Option<Time>,
    /// Everything that the session has told.
    pub happenings: Vec<Happening>,
}

/// A stream as its session sees it.
struct Line {
    connection: ConnectionId,
    /// Pulled, but more than the send buffer could take.
    pending: VecDeque<Bytes>,
}

impl SessionHost {
    /// A client that knows these peers, and checks what its disk holds.
    pub fn new(wires: &mut Wires, host: HostId, disk: Watched, peers: Vec<SocketAddr>) -> SessionHost {
        let peer_id = PeerId([b'a' + host.0 as u8; 20]);
        let config =
            SessionConfig { peer_id, listen_port: 6881, seed: host.0.into(), limits: Default::default() };
        let mut session = Session::new(config);
        let config = TorrentConfig { announce: false, ..TorrentConfig::default() };
        let add = AddTorrent { torrent: metainfo().into(), start: StartWith::Check, peers, config };
        session.add_torrent(wires.queue.now(), add).expect("the default picker and choker exist");
        let (lines, ends) = (BTreeMap::new(), BTreeMap::new());
        let mut this =
            SessionHost { host, session, disk, lines, ends, timer_at: None, happenings: Vec::new() };
        this.attend(wires);
        this
    }

    /// The network tells the host something.
    pub fn notice(&mut self, wires: &mut Wires, notice: Notice) {
        match notice {
            Notice::Incoming { end, from, .. } => {
                let remote = SocketAddr::new(address(from).ip(), 50_000);
                match self.session.accept(wires.queue.now(), remote) {
                    Some(connection) => self.bind(end, connection),
                    None => wires.network.reset(&mut wires.queue, end),
                }
            }
            Notice::Connected { end, .. } => {
                let connection = self.lines[&end].connection;
                self.input(wires, Input::Connected { connection });
            }
            Notice::Received { end, data, .. } => {
                let connection = self.lines[&end].connection;
                self.session.receive(wires.queue.now(), connection, [data]);
            }
            Notice::Writable { end, .. } => self.fill(wires, end),
            Notice::Closed { end, .. } | Notice::Refused { end, .. } => {
                if let Some(connection) = self.unbind(end) {
                    self.input(wires, Input::Closed { connection });
                }
            }
            Notice::Datagram { .. } => {}
        }
        self.attend(wires);
    }

    /// The time has come that the session asked for, or had asked for.
    pub fn time_out(&mut self, wires: &mut Wires) {
        self.timer_at = None;
        self.session.handle_timeout(wires.queue.now());
        self.attend(wires);
    }

    fn input(&mut self, wires: &Wires, input: Input) {
        self.session.handle_input(wires.queue.now(), input);
    }

    /// Does everything that the session asks for.
    fn attend(&mut self, wires: &mut Wires) {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Connect { connection, to: Endpoint::Address(to) } => {
                    let end = wires.network.connect(&mut wires.queue, self.host, host_at(to));
                    self.bind(end, connection);
                }
                Output::Connect { .. } => unreachable!("nothing here has a name"),
                Output::OpenStorage { .. } => {}
                Output::Ready { connection } => {
                    if let Some(end) = self.ends.get(&connection) {
                        self.fill(wires, *end);
                    }
                }
                Output::Close { connection } => {
                    if let Some(end) = self.ends.get(&connection).copied() {
                        self.unbind(end);
                        wires.network.close(&mut wires.queue, end);
                    }
                }
                Output::Disk(job) => {
                    let done = self.disk.perform(job);
                    self.input(wires, Input::Disk(done));
                }
                Output::Datagram { .. } | Output::Resolve { .. } => unreachable!("there is no tracker"),
                Output::Event(happening) => self.happenings.push(happening),
            }
        }
        self.session.check_invariants().unwrap();
        self.set_timer(wires);
    }

    fn set_timer(&mut self, wires: &mut Wires) {
        let Some(at) = self.session.poll_timeout() else { return };
        if self.timer_at.is_none_or(|scheduled| at < scheduled) {
            let at = at.max(wires.queue.now());
            self.timer_at = Some(at);
            wires.queue.schedule(at, Event::Timer(self.host));
        }
    }

    fn fill(&mut self, wires: &mut Wires, end: EndId) {
        let Some(line) = self.lines.get_mut(&end) else { return };
        loop {
            while let room @ 1.. = wires.network.send_room(end)
                && let Some(mut bytes) = line.pending.pop_front()
            {
                if bytes.len() > room {
                    line.pending.push_front(bytes.split_off(room));
                }
                wires.network.send(&mut wires.queue, end, [bytes]);
            }
            let room = wires.network.send_room(end);
            let pulled = self.session.poll_transmit(wires.queue.now(), line.connection, room);
            let Some(transmit) = pulled else { return };
            line.pending.extend([transmit.head, transmit.body].into_iter().filter(|part| !part.is_empty()));
        }
    }

    fn bind(&mut self, end: EndId, connection: ConnectionId) {
        self.lines.insert(end, Line { connection, pending: VecDeque::new() });
        self.ends.insert(connection, end);
    }

    fn unbind(&mut self, end: EndId) -> Option<ConnectionId> {
        let line = self.lines.remove(&end)?;
        self.ends.remove(&line.connection);
        Some(line.connection)
    }
}

fn host_at(address: SocketAddr) -> HostId {
    match address.ip() {
        IpAddr::V4(ip) => HostId(ip.octets()[3].into()),
        IpAddr::V6(_) => unreachable!("all hosts have addresses of version 4"),
    }
}
