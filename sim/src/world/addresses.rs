//! Addresses of simulated hosts: one IPv4 address each, in the private range of RFC 1918.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::network::HostId;
use crate::scenario::TrackerProtocol;

use super::swarm::TRACKER;

/// The port on which every simulated client listens.
pub const PEER_PORT: u16 = 6881;
/// The port of the simulated tracker.
pub const TRACKER_PORT: u16 = 6969;
/// Hosts are numbered from here on: 10.0.0.1 is the first.
const FIRST: u32 = u32::from_be_bytes([10, 0, 0, 1]);

/// The host's address.
pub fn ip(host: HostId) -> IpAddr {
    Ipv4Addr::from(FIRST + host.0).into()
}

/// Where the client on this host listens.
pub fn peer(host: HostId) -> SocketAddr {
    (ip(host), PEER_PORT).into()
}

/// Where a client's own connections come from: as in a real system, not the port on which it listens.
pub fn outgoing(host: HostId) -> SocketAddr {
    (ip(host), PEER_PORT + 1).into()
}

/// The announce URL of the tracker on this host.
pub fn tracker_url(host: HostId, protocol: TrackerProtocol) -> String {
    let scheme = match protocol {
        TrackerProtocol::Http => "http",
        TrackerProtocol::Udp => "udp",
    };
    format!("{scheme}://{}:{TRACKER_PORT}/announce", ip(host))
}

/// Where a host's datagrams come from: the place at which it takes them.
pub fn of_datagrams(host: HostId) -> SocketAddr {
    if host == TRACKER { (ip(host), TRACKER_PORT).into() } else { peer(host) }
}

/// The host that is meant, of so many; `None` if there is none, or nobody listens on that port.
pub fn host(address: SocketAddr, hosts: usize) -> Option<HostId> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    let number = u32::from(ip).checked_sub(FIRST)?;
    let listens = [PEER_PORT, TRACKER_PORT].contains(&address.port());
    (listens && (number as usize) < hosts).then_some(HostId(number))
}
