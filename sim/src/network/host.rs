//! A host as the network sees it: an access link, the streams that wait for it, and the streams that end there.

use std::collections::VecDeque;

use swarmlab_engine::time::Time;

use super::access_link::{AccessLink, Downlink, Uplink};
use super::flight::Transit;
use super::stream::EndId;

/// A host. Ids are dense, in the order of [`Network::add_host`](super::Network::add_host).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u32);

impl HostId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug)]
pub(super) struct Host {
    pub is_up: bool,
    pub uplink: Uplink,
    /// The sending ends that found the uplink full, in the order of their turns. An end whose stream is gone stays
    /// until its turn.
    pub ring: VecDeque<EndId>,
    /// Whether a [`Turn`](super::NetworkEvent::Turn) is scheduled: always while somebody waits in the ring.
    pub turn_is_scheduled: bool,
    pub downlink: Downlink,
    /// Segments in the downlink. Only the head's event is scheduled.
    pub inbound: VecDeque<Inbound>,
    /// The ends at this host, in no order; each end knows its place.
    pub ends: Vec<EndId>,
}

/// A segment in a downlink.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inbound {
    /// When it is through.
    pub at: Time,
    /// The end that sent it.
    pub sender: EndId,
    pub transit: Transit,
}

impl Host {
    pub fn new(link: &AccessLink) -> Host {
        Host {
            is_up: true,
            uplink: Uplink::new(link),
            ring: VecDeque::new(),
            turn_is_scheduled: false,
            downlink: Downlink::new(link),
            inbound: VecDeque::new(),
            ends: Vec::new(),
        }
    }
}
