//! The table in simulated time: the client, the raw peers and the honest seed are three hosts of the event network.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::session::{CloseReason, Event as Happening};
use swarmlab_engine::time::Time;
use swarmlab_sim::event_queue::EventQueue;
use swarmlab_sim::network::{AccessLink, EndId, HostId, Latency, Network, NetworkConfig, Notice};

use super::content::{HELD, PIECES, Watched};
use super::session_host::{Event, SessionHost, Wires, address};
use super::{World, play_the_table};

const CLIENT: HostId = HostId(0);
const RAW: HostId = HostId(1);
const HONEST: HostId = HostId(2);
/// Rules are enforced at once; this is for the way there and back.
const SOON: Duration = Duration::from_secs(2);
/// In which 10 pieces are fetched over fast links.
const COMPLETES_WITHIN: Duration = Duration::from_secs(30);

play_the_table!(EventNetwork);

struct EventNetwork {
    wires: Wires,
    disk: Watched,
    client: SessionHost,
    honest: Option<SessionHost>,
    /// What came for the raw peers and was not taken yet.
    inboxes: BTreeMap<EndId, Inbox>,
    farewells: Vec<CloseReason>,
}

#[derive(Default)]
struct Inbox {
    waiting: VecDeque<Bytes>,
    ended: bool,
}

impl EventNetwork {
    /// Carries out the next event.
    fn step(&mut self) {
        let (_, event) = self.wires.queue.pop().expect("sessions always have a timer");
        match event {
            Event::Network(event) => self.wires.network.handle(&mut self.wires.queue, event),
            Event::Timer(CLIENT) => self.client.time_out(&mut self.wires),
            Event::Timer(_) => {
                if let Some(honest) = &mut self.honest {
                    honest.time_out(&mut self.wires);
                }
            }
            Event::Alarm => {}
        }
        while let Some(notice) = self.wires.network.poll() {
            match host_of(&notice) {
                CLIENT => self.client.notice(&mut self.wires, notice),
                RAW => self.keep(notice),
                _ => {
                    if let Some(honest) = &mut self.honest {
                        honest.notice(&mut self.wires, notice);
                    }
                }
            }
        }
    }

    fn keep(&mut self, notice: Notice) {
        match notice {
            Notice::Received { end, data, .. } => {
                self.inboxes.entry(end).or_default().waiting.push_back(data)
            }
            Notice::Closed { end, .. } | Notice::Refused { end, .. } => {
                self.inboxes.entry(end).or_default().ended = true;
            }
            _ => {}
        }
    }

    /// Lets things happen until this answers something.
    fn until<T>(&mut self, within: Duration, mut found: impl FnMut(&mut EventNetwork) -> Option<T>) -> T {
        let deadline: Time = self.wires.queue.now() + within;
        loop {
            if let Some(found) = found(self) {
                return found;
            }
            assert!(self.wires.queue.now() <= deadline, "not within {within:?}");
            self.step();
        }
    }

    fn has_ended(&self, end: EndId) -> bool {
        self.inboxes.get(&end).is_some_and(|inbox| inbox.ended)
    }
}

impl World for EventNetwork {
    type Stream = EndId;

    fn new() -> EventNetwork {
        let latency = Latency::Constant(Duration::from_millis(2));
        let mut network = Network::new(NetworkConfig { latency, ..NetworkConfig::default() }, 1);
        let hosts = [CLIENT, RAW, HONEST].map(|_| network.add_host(AccessLink::symmetric(1_000_000_000)));
        assert_eq!(hosts, [CLIENT, RAW, HONEST]);
        let mut wires = Wires { queue: EventQueue::new(), network };
        let disk = Watched::holding(HELD);
        let client = SessionHost::new(&mut wires, CLIENT, disk.clone(), Vec::new());
        let (inboxes, farewells) = (BTreeMap::new(), Vec::new());
        EventNetwork { wires, disk, client, honest: None, inboxes, farewells }
    }

    fn dial(&mut self) -> EndId {
        self.wires.network.connect(&mut self.wires.queue, RAW, CLIENT)
    }

    fn send(&mut self, stream: &mut EndId, bytes: &[u8]) -> bool {
        let mut left = Bytes::copy_from_slice(bytes);
        while !left.is_empty() {
            let room = self.until(SOON, |world| match world.wires.network.send_room(*stream) {
                0 if world.has_ended(*stream) => Some(0),
                0 => None,
                room => Some(room),
            });
            if room == 0 {
                return false;
            }
            let part = left.split_to(room.min(left.len()));
            self.wires.network.send(&mut self.wires.queue, *stream, [part]);
        }
        true
    }

    fn receive(&mut self, stream: &mut EndId) -> Option<Bytes> {
        self.wires.network.resume_reading(&mut self.wires.queue, *stream);
        self.until(SOON, |world| {
            let inbox = world.inboxes.entry(*stream).or_default();
            match inbox.waiting.pop_front() {
                Some(data) => Some(Some(data)),
                None => inbox.ended.then_some(None),
            }
        })
    }

    fn stop_reading(&mut self, stream: &mut EndId) {
        self.wires.network.pause_reading(*stream);
    }

    fn hang_up(&mut self, stream: EndId) {
        self.wires.network.close(&mut self.wires.queue, stream);
    }

    fn wait(&mut self, span: Duration) {
        let end = self.wires.queue.now() + span;
        self.wires.queue.schedule(end, Event::Alarm);
        while self.wires.queue.now() < end {
            self.step();
        }
    }

    fn outlast(&mut self, crowd: &mut Vec<EndId>, open_max: usize) {
        self.until(SOON, |world| {
            crowd.retain(|stream| !world.has_ended(*stream));
            (crowd.len() <= open_max).then_some(())
        });
    }

    fn farewells(&mut self) -> &[CloseReason] {
        let reason = |happening: &Happening| match happening {
            Happening::PeerDisconnected { reason, .. } => Some(*reason),
            _ => None,
        };
        self.farewells = self.client.happenings.iter().filter_map(reason).collect();
        &self.farewells
    }

    fn await_farewells(&mut self, count: usize) {
        self.until(SOON, |world| (world.farewells().len() >= count).then_some(()));
    }

    fn disk(&self) -> Watched {
        self.disk.clone()
    }

    fn complete(&mut self) {
        let (disk, peers) = (Watched::holding(PIECES), vec![address(CLIENT)]);
        self.honest = Some(SessionHost::new(&mut self.wires, HONEST, disk, peers));
        let completed = |happening: &Happening| matches!(happening, Happening::Completed { .. });
        self.until(COMPLETES_WITHIN, |world| world.client.happenings.iter().any(completed).then_some(()));
    }
}

fn host_of(notice: &Notice) -> HostId {
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
