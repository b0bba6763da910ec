//! Random connects, sends, closes, resets and departures over tiny queues: no byte lost, doubled, reordered or given to
//! the wrong end, nothing stuck, and the same run from the same steps.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use swarmlab_engine::time::Time;

use crate::event_queue::EventQueue;
use crate::network::{
    AccessLink, CloseReason, EndId, HostId, Latency, Network, NetworkConfig, NetworkEvent, Notice,
};

const HOSTS: u32 = 5;

#[derive(Clone, Debug)]
enum Step {
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
    Down {
        host: u32,
    },
    Up {
        host: u32,
    },
    Run {
        micros: u64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use prop::sample::Index;
    let step = prop_oneof![
        4 => (0..HOSTS, 0..HOSTS).prop_map(|(from, to)| Step::Connect { from, to }),
        12 => (any::<Index>(), 1..20_000_usize, 1..8_usize)
            .prop_map(|(end, chunk, chunks)| Step::Send { end, chunk, chunks }),
        1 => any::<Index>().prop_map(|end| Step::Close { end }),
        1 => any::<Index>().prop_map(|end| Step::Reset { end }),
        1 => (0..HOSTS).prop_map(|host| Step::Down { host }),
        2 => (0..HOSTS).prop_map(|host| Step::Up { host }),
        8 => (1..300_000_u64).prop_map(|micros| Step::Run { micros }),
    ];
    prop::collection::vec(step, 1..120)
}

fn configs() -> impl Strategy<Value = NetworkConfig> {
    (0..3_usize, 3_000..80_000_u32, 0..40_u64).prop_map(|(unit, receive_window_bytes, latency_ms)| {
        NetworkConfig {
            unit_bytes: [1448, 5000, NetworkConfig::UNIT_BYTES][unit],
            receive_window_bytes,
            latency: Latency::Uniform { min: Duration::ZERO, max: Duration::from_millis(latency_ms) },
            ..NetworkConfig::default()
        }
    })
}

fn links() -> impl Strategy<Value = Vec<AccessLink>> {
    let rate = prop_oneof![Just(100_000_u64), Just(2_000_000), Just(50_000_000), Just(1_000_000_000)];
    let queue = prop_oneof![Just(0_u64), Just(2_000), Just(20_000), Just(100_000)];
    let link =
        (rate.clone(), rate, queue.clone(), queue).prop_map(|(up, down, queue_up, queue_down)| AccessLink {
            up_bits_per_s: up,
            down_bits_per_s: down,
            queue_up_bytes: queue_up,
            queue_down_bytes: queue_down,
            ..AccessLink::symmetric(up)
        });
    prop::collection::vec(link, HOSTS as usize)
}

/// What `end` sends from `place` on: different for each end, without a short period.
fn content(end: EndId, place: u64, bytes: usize) -> Vec<u8> {
    let name: u64 = format!("{end:?}").bytes().fold(0, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    let byte = |place: u64| ((place ^ name << 20).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    (place..place + bytes as u64).map(byte).collect()
}

#[derive(Default)]
struct End {
    host: u32,
    sent: u64,
    received: u64,
    /// Closed by its owner, in order.
    closed: bool,
    /// Its owner has left, or was told of the end.
    gone: bool,
}

struct Chaos {
    queue: EventQueue<NetworkEvent>,
    network: Network,
    up: [bool; HOSTS as usize],
    ends: BTreeMap<EndId, End>,
    /// In order of birth, to choose from.
    born: Vec<EndId>,
    history: Vec<(Time, NetworkEvent)>,
}

impl Chaos {
    fn new(config: NetworkConfig, links: &[AccessLink]) -> Chaos {
        let mut network = Network::new(config, 3);
        links.iter().for_each(|&link| {
            network.add_host(link);
        });
        let (queue, up) = (EventQueue::new(), [true; HOSTS as usize]);
        Chaos { queue, network, up, ends: BTreeMap::new(), born: Vec::new(), history: Vec::new() }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Connect { from, to } if self.up[*from as usize] => {
                let end = self.network.connect(&mut self.queue, HostId(*from), HostId(*to));
                self.bear(end, *from);
            }
            Step::Connect { .. } => {}
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
            Step::Down { host } => {
                self.up[*host as usize] = false;
                self.network.host_down(&mut self.queue, HostId(*host));
                let ends = self.ends.values_mut().filter(|end| end.host == *host);
                ends.for_each(|end| (end.closed, end.gone) = (false, true));
            }
            Step::Up { host } => {
                self.up[*host as usize] = true;
                self.network.host_up(HostId(*host));
            }
            Step::Run { micros } => self.run_until(self.queue.now() + Duration::from_micros(*micros)),
        }
        self.drain();
        self.check();
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
            self.network.send(&mut self.queue, id, content(id, from, length).into());
        }
    }

    fn run_until(&mut self, until: Time) {
        while self.queue.next_at().is_some_and(|at| at <= until)
            && let Some((at, event)) = self.queue.pop()
        {
            self.history.push((at, event));
            assert!(self.history.len() < 1_000_000, "it never ends");
            self.network.handle(&mut self.queue, event);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(notice) = self.network.poll() {
            let id = notice.end();
            match notice {
                Notice::Incoming { host, .. } => self.bear(id, host.0),
                Notice::Received { host, data, .. } => self.receive(id, host, &data),
                Notice::Closed { reason, .. } => self.on_closed(id, reason),
                Notice::Refused { .. } => self.end(id).gone = true,
                Notice::Connected { .. } | Notice::Writable { .. } => assert!(!self.end(id).gone),
            }
        }
    }

    fn receive(&mut self, id: EndId, host: HostId, data: &Bytes) {
        assert!(self.up[host.0 as usize], "delivered to a host that is down");
        let end = self.end(id);
        assert!(!end.gone && end.host == host.0, "delivered to an end that is gone");
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

    /// Lets everything happen, and then nothing is left but what open ends have received in full.
    fn finish(&mut self) {
        self.run_until(Time::NEVER);
        self.check();
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
    fn whatever_happens_bytes_arrive_once_and_in_order(config in configs(), links in links(), steps in steps()) {
        let mut chaos = Chaos::new(config.clone(), &links);
        steps.iter().for_each(|step| chaos.step(step));
        chaos.finish();
    }

    #[test]
    fn the_same_steps_make_the_same_run(config in configs(), links in links(), steps in steps()) {
        let history = || {
            let mut chaos = Chaos::new(config.clone(), &links);
            steps.iter().for_each(|step| chaos.step(step));
            chaos.finish();
            chaos.history
        };
        prop_assert_eq!(history(), history());
    }
}
