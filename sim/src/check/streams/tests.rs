//! What could arrive on a stream, and what of it may not.

use swarmlab_engine::session::{StartWith, Transmit};

use super::*;
use crate::check::stand::{Stand, circumstances, session};
use crate::event_queue::EventQueue;
use crate::network::{AccessLink, Disturbance, HostId, NetworkConfig, NetworkEvent};

/// One thing that happens on the stream that peer 0 has opened to peer 1. What peer 0 sends are the bytes from 0 on.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// So many bytes are sent.
    Sends(usize),
    /// Peer 1 receives bytes from there on, so many.
    Receives(usize, usize),
    /// One of the two closes it.
    Closes(u32),
    /// One of the two is gone.
    Goes(u32),
    Thaws(u32),
    /// Nothing passes from 0 to 1 from now on.
    Cuts,
    Heals,
    Waits,
}
use Act::*;

struct Play {
    streams: Streams,
    network: Network,
    queue: EventQueue<NetworkEvent>,
    end: EndId,
    connection: ConnectionId,
    sent: usize,
    cut: Option<DisturbanceId>,
    now: Time,
}

fn bytes(from: usize, count: usize) -> Bytes {
    (from..from + count).map(|at| at as u8).collect()
}

impl Play {
    fn new() -> Play {
        let mut network = Network::new(NetworkConfig::default(), 1);
        let mut queue = EventQueue::new();
        for _ in 0..5 {
            network.add_host(AccessLink::symmetric(1));
        }
        let end = network.connect(&mut queue, HostId(1), HostId(2));
        let mut client = session(&Stand::new(), StartWith::Nothing);
        let connection = client.accept(Time::ZERO, ([10, 0, 0, 9], 1).into()).unwrap();
        let (streams, now) = (Streams::default(), Time::ZERO);
        Play { streams, network, queue, end, connection, sent: 0, cut: None, now }
    }

    fn act(&mut self, bench: &mut Bench<'_>, act: Act) {
        bench.now = self.now;
        let connection = self.connection;
        match act {
            Sends(count) => {
                let transmit = Transmit { head: bytes(self.sent, count), body: Bytes::new() };
                self.sent += count;
                self.streams.see(bench, 0, &Seen::Sent(connection, &transmit));
            }
            Receives(from, count) => {
                self.streams.see(bench, 1, &Seen::Received(connection, &bytes(from, count)));
            }
            Closes(peer) => {
                self.streams.see(bench, peer, &Seen::Closed { connection, by_itself: true });
            }
            Goes(peer) => self.streams.see(bench, peer, &Seen::Gone),
            Thaws(peer) => self.streams.see(bench, peer, &Seen::Thawed),
            Cuts => {
                let hosts = |host| [HostId(host)].into_iter().collect();
                let disturbance = Disturbance { from: hosts(1), to: hosts(2), effect: Effect::Blocked };
                self.cut = Some(self.network.disturb(disturbance));
            }
            Heals => {
                if let Some(cut) = self.cut.take() {
                    self.network.calm(&mut self.queue, cut);
                }
            }
            Waits => self.now += std::time::Duration::from_secs(1),
        }
        let circumstances = circumstances(&self.network, 0);
        self.streams.step(bench, &circumstances);
    }
}

fn judge(acts: &[Act]) -> (Option<&'static str>, Streams) {
    let mut play = Play::new();
    let found = Stand::new().violation(Time::ZERO, |bench| {
        let (connection, end) = (play.connection, play.end);
        for (peer, end, dialled) in [(0, end, true), (1, end.peer(), false)] {
            let with = Partner::Peer(1 - peer);
            play.streams.see(bench, peer, &Seen::Opened { connection, end, with, dialled });
        }
        play.streams.see(bench, 0, &Seen::Connected(connection));
        acts.iter().for_each(|act| play.act(bench, *act));
    });
    (found, play.streams)
}

#[test]
fn a_stream_brings_what_was_sent_and_nothing_else() {
    let cases: &[(bool, &[Act])] = &[
        (true, &[Sends(10), Sends(5), Receives(0, 4), Receives(4, 8), Receives(12, 3)]),
        (false, &[Sends(10), Receives(0, 4), Receives(5, 4)]),
        (false, &[Sends(10), Receives(0, 4), Receives(0, 4)]),
        (false, &[Sends(10), Receives(0, 11)]),
        (true, &[Sends(10), Closes(0), Receives(0, 10)]),
        (false, &[Sends(10), Closes(1), Receives(0, 10)]),
        (false, &[Sends(10), Goes(0), Receives(0, 10)]),
        (true, &[Sends(10), Goes(0), Thaws(1), Receives(0, 10)]),
        (false, &[Sends(10), Goes(0), Thaws(1), Waits, Receives(0, 10)]),
        (false, &[Sends(10), Goes(1), Receives(0, 10)]),
    ];
    for (is_right, acts) in cases {
        assert_eq!(judge(acts).0, (!is_right).then_some("S27"), "{acts:?}");
    }
}

#[test]
fn nothing_that_was_sent_while_the_path_is_cut_arrives() {
    let cases: &[(bool, &[Act])] = &[
        (true, &[Sends(10), Cuts, Waits, Receives(0, 10)]),
        (false, &[Cuts, Waits, Sends(10), Waits, Receives(0, 10)]),
        (false, &[Sends(5), Cuts, Waits, Sends(5), Receives(0, 10)]),
        (true, &[Cuts, Waits, Sends(10), Waits, Heals, Receives(0, 10)]),
    ];
    for (is_right, acts) in cases {
        assert_eq!(judge(acts).0, (!is_right).then_some("S27"), "{acts:?}");
    }
}

#[test]
fn nothing_is_kept_of_a_stream_that_is_over() {
    let ends: [&[Act]; 4] =
        [&[Closes(0), Closes(1)], &[Closes(1), Closes(0)], &[Goes(0), Closes(1)], &[Closes(0), Goes(1)]];
    for acts in ends {
        let (_, streams) = judge(&[&[Sends(10)], acts].concat());
        assert!(streams.ends.is_empty(), "{acts:?}");
    }
}
