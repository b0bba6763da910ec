//! A host as the network sees it: an access link, the streams that wait for it, and the streams that end there.

use std::collections::VecDeque;

use swarmlab_engine::time::Time;

use super::access_link::{AccessLink, Uplink};
use super::fifo::Fifo;
use super::pipe::Pipe;
use super::place::Place;
use super::shared_link::LinkId;
use super::stream::EndId;

/// A host. Ids are dense, in the order of [`Network::add_host`](super::Network::add_host).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u32);

impl HostId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A host to be added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostConfig {
    /// What it is connected with.
    pub link: AccessLink,
    /// Where it is.
    pub place: Place,
    /// The shared link that its access link lies behind; `None` is the core.
    pub behind: Option<LinkId>,
    /// Whether connections to it are let through. Else attempts meet silence, as at most home routers.
    pub takes_inbound: bool,
}

impl From<AccessLink> for HostConfig {
    fn from(link: AccessLink) -> HostConfig {
        HostConfig { link, place: Place::Anywhere, behind: None, takes_inbound: true }
    }
}

/// What has passed a host's access link since the beginning: bytes of segments and datagrams on the wire, with their
/// headers. Acknowledgements of their own, and what was lost in front of the link, are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Taken by the uplink; up to a full queue of it may not have left yet.
    pub up_bytes: u64,
    /// Through the downlink.
    pub down_bytes: u64,
}

/// Sending asks for its first two lines of the cache, receiving for the next two.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Host {
    pub uplink: Uplink,
    /// When the [`Turn`](super::NetworkEvent::Turn) comes that counts: always while somebody waits in the ring.
    pub turn_at: Option<Time>,
    /// The sending ends that found the uplink full, in the order of their turns. An end whose stream is gone stays
    /// until its turn.
    pub ring: VecDeque<EndId>,
    pub presence: Presence,
    pub takes_inbound: bool,
    pub downlink: Fifo,
    /// What has passed the access link.
    pub carried: Carried,
    pub behind: Option<LinkId>,
    pub place: Place,
    /// The ends at this host, in no order; each end knows its place.
    pub ends: Vec<EndId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Up,
    /// It takes part in nothing, but answers that nobody is there.
    Down,
    /// It doesn't even answer.
    Vanished,
}

impl Host {
    pub fn new(config: &HostConfig) -> Host {
        let link = &config.link;
        link.assert_sound();
        let downlink = Pipe::new(link.down_bits_per_s, link.queue_down_bytes, link.discipline_down);
        Host {
            presence: Presence::Up,
            takes_inbound: config.takes_inbound,
            place: config.place,
            behind: config.behind,
            uplink: Uplink::new(link),
            ring: VecDeque::new(),
            turn_at: None,
            downlink: Fifo::new(downlink),
            carried: Carried::default(),
            ends: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_and_receiving_have_two_lines_each() {
        assert_eq!(std::mem::offset_of!(Host, downlink), 2 * 64);
        assert!(std::mem::offset_of!(Host, place) <= 4 * 64);
    }
}
