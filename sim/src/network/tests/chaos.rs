//! Random connects, sends, closes, resets, departures, power cuts, partitions, loss, delay, changes of rates, pauses and
//! datagrams, over tiny queues and shared links: no byte lost, doubled, reordered or given to the wrong end, nothing
//! stuck once the network has healed, every byte in the books, and the same run from the same steps.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use swarmlab_engine::time::Time;

use crate::event_queue::EventQueue;
use crate::network::{
    AccessLink, CloseReason, Discipline, Disturbance, DisturbanceId, Effect, EndId, HostConfig, HostId,
    HostSet, Latency, LinkId, Network, NetworkConfig, NetworkEvent, Notice, Place, SharedLink,
    UplinkDiscipline,
};

pub(super) const HOSTS: u32 = 5;
const LINKS: u32 = 3;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Connect {
        from: u32,
        to: u32,
    },
    /// Fills the buffer of an end with chunks of about this size.
    Send {
        end: prop::sample::Index,
        chunk: usize,
        chunks: usize,
    },
    Close {
        end: prop::sample::Index,
    },
    Reset {
        end: prop::sample::Index,
    },
    Pause {
        end: prop::sample::Index,
    },
    Resume {
        end: prop::sample::Index,
    },
    Datagram {
        from: u32,
        to: u32,
        bytes: usize,
    },
    Down {
        host: u32,
    },
    Vanish {
        host: u32,
    },
    Up {
        host: u32,
    },
    /// From one host to all others, to it, or both.
    Disturb {
        host: u32,
        outwards: bool,
        effect: Effect,
    },
    Calm {
        disturbance: prop::sample::Index,
    },
    Access {
        host: u32,
        up: u64,
        down: u64,
    },
    Link {
        link: u32,
        up: u64,
        down: u64,
    },
    Run {
        micros: u64,
    },
}

fn rates() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![Just(100_000_u64), Just(2_000_000), Just(50_000_000), Just(1_000_000_000)]
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    use prop::sample::Index;
    let effect = prop_oneof![
        2 => Just(Effect::Blocked),
        1 => (0.0..=1.0).prop_map(Effect::Loss),
        1 => (0..200_u64).prop_map(|millis| Effect::Delay(Duration::from_millis(millis))),
    ];
    let step = prop_oneof![
        8 => (0..HOSTS, 0..HOSTS).prop_map(|(from, to)| Step::Connect { from, to }),
        24 => (any::<Index>(), 1..20_000_usize, 1..8_usize)
            .prop_map(|(end, chunk, chunks)| Step::Send { end, chunk, chunks }),
        2 => any::<Index>().prop_map(|end| Step::Close { end }),
        2 => any::<Index>().prop_map(|end| Step::Reset { end }),
        1 => any::<Index>().prop_map(|end| Step::Pause { end }),
        1 => any::<Index>().prop_map(|end| Step::Resume { end }),
        2 => (0..HOSTS, 0..HOSTS, 0..5_000_usize).prop_map(|(from, to, bytes)| Step::Datagram { from, to, bytes }),
        1 => (0..HOSTS).prop_map(|host| Step::Down { host }),
        1 => (0..HOSTS).prop_map(|host| Step::Vanish { host }),
        4 => (0..HOSTS).prop_map(|host| Step::Up { host }),
        2 => (0..HOSTS, any::<bool>(), effect)
            .prop_map(|(host, outwards, effect)| Step::Disturb { host, outwards, effect }),
        2 => any::<Index>().prop_map(|disturbance| Step::Calm { disturbance }),
        1 => (0..HOSTS, rates(), rates()).prop_map(|(host, up, down)| Step::Access { host, up, down }),
        1 => (0..LINKS, rates(), rates()).prop_map(|(link, up, down)| Step::Link { link, up, down }),
        16 => (1..300_000_u64).prop_map(|micros| Step::Run { micros }),
    ];
    prop::collection::vec(step, 1..120)
}

fn configs() -> impl Strategy<Value = NetworkConfig> {
    let losses = prop_oneof![2 => Just(0.0), 1 => 0.0..0.5];
    (0..3_usize, 3_000..80_000_u32, 0..40_u64, 0..20_u64, losses).prop_map(
        |(unit, receive_window_bytes, latency_ms, jitter_ms, loss)| NetworkConfig {
            unit_bytes: [1448, 5000, NetworkConfig::UNIT_BYTES][unit],
            receive_window_bytes,
            latency: Latency::Uniform { min: Duration::ZERO, max: Duration::from_millis(latency_ms) },
            asymmetry: 0.3,
            jitter: Duration::from_millis(jitter_ms / 2 * (jitter_ms % 2)),
            loss,
            ..NetworkConfig::default()
        },
    )
}

fn disciplines() -> impl Strategy<Value = Discipline> + Clone {
    prop_oneof![Just(Discipline::TailDrop), Just(Discipline::CoDel)]
}

/// What a network is made of.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    config: NetworkConfig,
    links: Vec<SharedLink>,
    hosts: Vec<HostConfig>,
}

pub(super) fn plans() -> impl Strategy<Value = Plan> {
    let queue = prop_oneof![Just(0_u64), Just(2_000), Just(20_000), Just(100_000)];
    let turns = prop_oneof![
        2 => Just(UplinkDiscipline::Turns),
        1 => Just(UplinkDiscipline::TailDrop),
        1 => Just(UplinkDiscipline::CoDel),
    ];
    let shared = (rates(), rates(), queue.clone(), queue.clone(), disciplines(), 0.0..0.1_f64);
    let links = prop::collection::vec(shared, LINKS as usize).prop_map(|links| {
        let link = |(index, (up, down, queue_up, queue_down, discipline, loss)): (u32, _)| SharedLink {
            up_bits_per_s: up,
            down_bits_per_s: down,
            queue_up_bytes: queue_up,
            queue_down_bytes: queue_down,
            discipline,
            latency: Duration::from_millis(1),
            loss,
            // The third lies behind the first.
            behind: (index == 2).then_some(LinkId(0)),
        };
        (0..).zip(links).map(link).collect()
    });
    let host = (rates(), rates(), queue.clone(), queue, turns, disciplines(), 0..=2 * LINKS).prop_map(
        |(up, down, queue_up, queue_down, discipline_up, discipline_down, behind)| HostConfig {
            link: AccessLink {
                up_bits_per_s: up,
                down_bits_per_s: down,
                queue_up_bytes: queue_up,
                queue_down_bytes: queue_down,
                discipline_up,
                discipline_down,
                loss: 0.0,
            },
            place: Place::Anywhere,
            behind: (behind < LINKS).then_some(LinkId(behind)),
            takes_inbound: behind != LINKS + 1,
        },
    );
    (configs(), links, prop::collection::vec(host, HOSTS as usize)).prop_map(|(config, links, hosts)| Plan {
        config,
        links,
        hosts,
    })
}

/// What `end` sends from `place` on: different for each end, without a short period.
fn content(end: EndId, place: u64, bytes: usize) -> Vec<u8> {
    let name: u64 = format!("{end:?}").bytes().fold(0, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    let byte = |place: u64| ((place ^ name << 20).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    (place..place + bytes as u64).map(byte).collect()
}

#[derive(Default)]
pub(super) struct End {
    pub(super) host: u32,
    sent: u64,
    pub(super) received: u64,
    is_paused: bool,
    /// Closed by its owner, in order.
    closed: bool,
    /// Its owner has left, or was told of the end.
    gone: bool,
}

pub(super) struct Chaos {
    pub(super) queue: EventQueue<NetworkEvent>,
    pub(super) network: Network,
    up: [bool; HOSTS as usize],
    pub(super) ends: BTreeMap<EndId, End>,
    /// In order of birth, to choose from.
    born: Vec<EndId>,
    disturbances: Vec<DisturbanceId>,
    history: Vec<(Time, NetworkEvent)>,
}

impl Chaos {
    pub(super) fn new(plan: &Plan) -> Chaos {
        let mut network = Network::new(plan.config.clone(), 3);
        for &link in &plan.links {
            network.add_link(link);
        }
        for &host in &plan.hosts {
            network.add_host(host);
        }
        Chaos {
            queue: EventQueue::new(),
            network,
            up: [true; HOSTS as usize],
            ends: BTreeMap::new(),
            born: Vec::new(),
            disturbances: Vec::new(),
            history: Vec::new(),
        }
    }

    pub(super) fn step(&mut self, step: &Step) {
        match step {
            Step::Connect { from, to } if self.up[*from as usize] => {
                let end = self.network.connect(&mut self.queue, HostId(*from), HostId(*to));
                self.bear(end, *from);
            }
            Step::Datagram { from, to, bytes } if self.up[*from as usize] => {
                let data = Bytes::from(vec![*to as u8; *bytes]);
                self.network.send_datagram(&mut self.queue, HostId(*from), HostId(*to), data);
            }
            Step::Connect { .. } | Step::Datagram { .. } => {}
            Step::Send { end, chunk, chunks } => {
                if let Some(end) = self.choose(end) {
                    self.send(end, *chunk, *chunks);
                }
            }
            Step::Close { end } => {
                if let Some(id) = self.choose(end) {
                    self.network.close(&mut self.queue, id);
                    let end = self.end(id);
                    (end.closed, end.gone) = (!end.gone, true);
                }
            }
            Step::Reset { end } => {
                if let Some(end) = self.choose(end) {
                    self.network.reset(&mut self.queue, end);
                    self.end(end).gone = true;
                }
            }
            Step::Pause { end } => {
                if let Some(end) = self.choose(end) {
                    self.network.pause_reading(end);
                    self.end(end).is_paused = true;
                }
            }
            Step::Resume { end } => {
                if let Some(end) = self.choose(end) {
                    self.resume(end);
                }
            }
            Step::Down { host } => {
                self.network.host_down(&mut self.queue, HostId(*host));
                self.lose_host(*host);
            }
            Step::Vanish { host } => {
                self.network.host_vanish(&mut self.queue, HostId(*host));
                self.lose_host(*host);
            }
            Step::Up { host } => {
                self.up[*host as usize] = true;
                self.network.host_up(HostId(*host));
            }
            Step::Disturb { host, outwards, effect } => self.disturb(*host, *outwards, *effect),
            Step::Calm { disturbance } if !self.disturbances.is_empty() => {
                let disturbance = self.disturbances.remove(disturbance.index(self.disturbances.len()));
                self.network.calm(&mut self.queue, disturbance);
            }
            Step::Calm { .. } => {}
            Step::Access { host, up, down } => {
                self.network.set_access_rates(&mut self.queue, HostId(*host), *up, *down);
            }
            Step::Link { link, up, down } => {
                self.network.set_link_rates(&mut self.queue, LinkId(*link), *up, *down);
            }
            Step::Run { micros } => self.run_until(self.queue.now() + Duration::from_micros(*micros)),
        }
        self.drain();
        self.check();
    }

    fn disturb(&mut self, host: u32, outwards: bool, effect: Effect) {
        let one: HostSet = [HostId(host)].into_iter().collect();
        let (from, to) = if outwards { (one.clone(), one.others()) } else { (one.others(), one) };
        let disturbance = Disturbance { from, to, effect };
        self.disturbances.push(self.network.disturb(disturbance));
    }

    fn lose_host(&mut self, host: u32) {
        self.up[host as usize] = false;
        let ends = self.ends.values_mut().filter(|end| end.host == host);
        ends.for_each(|end| (end.closed, end.gone) = (false, true));
    }

    pub(super) fn resume_all(&mut self) {
        self.born.clone().into_iter().for_each(|end| self.resume(end));
    }

    fn resume(&mut self, end: EndId) {
        self.end(end).is_paused = false;
        self.network.resume_reading(&mut self.queue, end);
        self.drain();
    }

    fn send(&mut self, id: EndId, chunk: usize, chunks: usize) {
        for _ in 0..chunks {
            let length = chunk.min(self.network.send_room(id));
            let end = self.end(id);
            if end.gone {
                assert_eq!(length, 0, "room at an end that is gone");
            }
            let from = end.sent;
            end.sent += length as u64;
            self.network.send(&mut self.queue, id, [content(id, from, length).into()]);
        }
    }

    pub(super) fn run_until(&mut self, until: Time) {
        while self.queue.next_at().is_some_and(|at| at <= until)
            && let Some((at, event)) = self.queue.pop()
        {
            self.history.push((at, event));
            assert!(self.history.len() < 1_000_000, "it never ends");
            self.network.handle(&mut self.queue, event);
            assert!(self.network.ledger().is_balanced(), "{:?}", self.network.ledger());
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(notice) = self.network.poll() {
            let Some(id) = notice.end() else {
                let Notice::Datagram { host, data, .. } = notice else { panic!("whose is {notice:?}") };
                assert!(self.up[host.0 as usize], "a datagram at a host that is down");
                assert!(data.iter().all(|&byte| u32::from(byte) == host.0));
                continue;
            };
            match notice {
                Notice::Incoming { host, .. } => self.bear(id, host.0),
                Notice::Received { host, data, .. } => self.receive(id, host, &data),
                Notice::Closed { reason, .. } => self.on_closed(id, reason),
                Notice::Refused { .. } => self.end(id).gone = true,
                Notice::Connected { .. } | Notice::Writable { .. } => assert!(!self.end(id).gone),
                Notice::Datagram { .. } => {}
            }
        }
    }

    fn receive(&mut self, id: EndId, host: HostId, data: &Bytes) {
        assert!(self.up[host.0 as usize], "delivered to a host that is down");
        let end = self.end(id);
        assert!(!end.gone && end.host == host.0, "delivered to an end that is gone");
        assert!(!end.is_paused, "delivered to an application that doesn't read");
        let from = end.received;
        end.received += data.len() as u64;
        assert!(*data == content(id.peer(), from, data.len()), "other bytes than were sent from {from} on");
    }

    fn on_closed(&mut self, id: EndId, reason: CloseReason) {
        let peer = &self.ends[&id.peer()];
        assert!(peer.gone);
        let (closed, sent) = (peer.closed, peer.sent);
        let end = self.end(id);
        assert!(!end.gone, "closed twice");
        end.gone = true;
        if reason == CloseReason::Finished {
            assert_eq!(end.received, sent, "closed before the last byte");
        } else {
            assert!(!closed || end.received <= sent);
        }
    }

    fn bear(&mut self, id: EndId, host: u32) {
        let twin = self.ends.insert(id, End { host, ..End::default() });
        assert!(twin.is_none(), "an id used twice");
        self.born.push(id);
    }

    fn choose(&self, index: &prop::sample::Index) -> Option<EndId> {
        (!self.born.is_empty()).then(|| *index.get(&self.born))
    }

    fn end(&mut self, id: EndId) -> &mut End {
        self.ends.get_mut(&id).expect("an end that was born")
    }

    fn check(&self) {
        if let Err(what) = self.network.check_invariants() {
            panic!("{what}");
        }
    }

    /// Heals the network, lets everything happen, and then nothing is left but what open ends have received in full. An
    /// end whose other side was cut off learns of it as soon as it says something.
    pub(super) fn finish(&mut self) {
        for disturbance in std::mem::take(&mut self.disturbances) {
            self.network.calm(&mut self.queue, disturbance);
        }
        for host in 0..HOSTS {
            self.step(&Step::Up { host });
        }
        self.resume_all();
        self.run_until(Time::NEVER);
        self.check();
        for round in 0..20 {
            for id in self.born.clone() {
                if !self.ends[&id].gone && self.ends.get(&id.peer()).is_none_or(|peer| peer.gone) {
                    self.send(id, 1 + round, 1);
                }
            }
            self.run_until(Time::NEVER);
        }
        self.check();
        assert_eq!(self.network.ledger().in_flight, 0);
        for (id, end) in &self.ends {
            let Some(peer) = self.ends.get(&id.peer()) else { continue };
            if !end.gone {
                assert!(!peer.gone, "{id:?} was never told");
                assert_eq!(end.received, peer.sent, "{id:?} misses bytes");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_bytes_arrive_once_and_in_order(plan in plans(), steps in steps()) {
        let mut chaos = Chaos::new(&plan);
        steps.iter().for_each(|step| chaos.step(step));
        chaos.finish();
    }

    #[test]
    fn the_same_steps_make_the_same_run(plan in plans(), steps in steps()) {
        let history = || {
            let mut chaos = Chaos::new(&plan);
            steps.iter().for_each(|step| chaos.step(step));
            chaos.finish();
            chaos.history
        };
        prop_assert_eq!(history(), history());
    }
}
