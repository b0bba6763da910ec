//! Those who look on while a run goes on, to make something of it: a capture, a trace.

use std::net::SocketAddr;

use swarmlab_engine::time::Time;

use crate::check::Seen;
use crate::network::{HostId, Sent};
use crate::results::EventRow;
use crate::scenario::Scenario;

/// Is told what happens in a run, in the order in which it does. What it makes of it changes nothing: no event and no
/// draw of the run depends on it.
pub trait Observer: Send {
    /// A run is about to begin.
    fn begins(&mut self, _cast: &Cast<'_>) {}

    /// Whether the packets are wanted that this host sends and is sent.
    fn taps(&self, _host: &CastHost) -> bool {
        false
    }

    /// A packet of a host that is tapped, at the interface of whoever sends it. Answers whether more are wanted.
    fn packet(&mut self, _sent: &Sent) -> bool {
        false
    }

    /// A peer's client was given something, or did something.
    fn sees(&mut self, _now: Time, _peer: u32, _seen: &Seen<'_>) {}

    /// The script has done something.
    fn scripted(&mut self, _now: Time, _event: &EventRow) {}

    /// The run is over.
    fn ends(&mut self, _now: Time) {}
}

/// Who takes part in a run.
#[derive(Debug)]
pub struct Cast<'a> {
    /// What is played.
    pub scenario: &'a Scenario,
    /// Its hosts, by their number in the network: the tracker's, then those of the peers, by their numbers.
    pub hosts: Vec<CastHost>,
}

/// A host of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CastHost {
    /// Its number in the network.
    pub host: HostId,
    /// The number of its peer; none of the tracker's.
    pub peer: Option<u32>,
    /// The name of its group and the number of its peer, like `leecher-5`; or `tracker`.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
}
