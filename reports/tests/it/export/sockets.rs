//! What the clients' sockets took and gave, stream by stream.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4};

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;
use swarmlab_sim::check::{Partner, Seen};
use swarmlab_sim::network::EndId;
use swarmlab_sim::world::{Cast, Observer};

/// A stream, as its clients know it. The tracker is none.
#[derive(Debug)]
pub struct Socket {
    /// Who began it, and with whom.
    pub hosts: [SocketAddrV4; 2],
    /// What each side said, and what each side heard.
    pub said: [Vec<u8>; 2],
    pub heard: [Vec<u8>; 2],
}

/// Keeps all of it.
#[derive(Default)]
pub struct Sockets {
    tracker: Option<SocketAddrV4>,
    peers: Vec<SocketAddrV4>,
    /// By the end that connected, in the order in which streams were begun.
    pub streams: BTreeMap<EndId, Socket>,
    pub begun: Vec<EndId>,
    open: BTreeMap<(u32, ConnectionId), (EndId, usize)>,
}

impl Observer for Sockets {
    fn begins(&mut self, cast: &Cast<'_>) {
        for host in &cast.hosts {
            let SocketAddr::V4(address) = host.address else { panic!("{host:?}") };
            match host.peer {
                Some(_) => self.peers.push(address),
                None => self.tracker = Some(address),
            }
        }
    }

    fn sees(&mut self, _: Time, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Opened { connection, end, with, dialled } => {
                let dialling = if *dialled { *end } else { end.peer() };
                self.open.insert((peer, *connection), (dialling, usize::from(!dialled)));
                if *dialled {
                    let to = match with {
                        Partner::Tracker => self.tracker.unwrap(),
                        Partner::Peer(with) => self.peers[*with as usize],
                    };
                    let hosts = [self.peers[peer as usize], to];
                    let socket = Socket { hosts, said: Default::default(), heard: Default::default() };
                    assert!(self.streams.insert(dialling, socket).is_none());
                    self.begun.push(dialling);
                }
            }
            Seen::Sent(connection, transmit) => {
                let said = self.stream(peer, connection, |socket, side| &mut socket.said[side]);
                said.extend_from_slice(&transmit.head);
                said.extend_from_slice(&transmit.body);
            }
            Seen::Received(connection, data) => {
                self.stream(peer, connection, |socket, side| &mut socket.heard[side]).extend_from_slice(data);
            }
            _ => {}
        }
    }
}

impl Sockets {
    fn stream(
        &mut self,
        peer: u32,
        connection: &ConnectionId,
        part: impl Fn(&mut Socket, usize) -> &mut Vec<u8>,
    ) -> &mut Vec<u8> {
        let (end, side) = self.open[&(peer, *connection)];
        part(self.streams.get_mut(&end).unwrap(), side)
    }
}
