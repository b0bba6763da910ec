//! The tracker behind its sockets: a request in, an answer out, unless it fails.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::TrackerServer;

use crate::scenario::TrackerFault;

/// How late a slow tracker answers: most clients have given up by then.
const SLOW: Duration = Duration::from_secs(45);

const ERROR: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nd14:failure reason14:out of servicee";
const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nd8:intervali1800e5:peers0:e";
const GARBAGE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>\xff\xfe\x00 it works!";

/// A tracker, and what is wrong with it.
pub struct TrackerDesk {
    server: TrackerServer,
    rng: Xoshiro256PlusPlus,
    /// By the event that caused each, in the order in which they began.
    faults: Vec<(u32, TrackerFault)>,
}

/// What a request gets.
pub struct Answer {
    /// How much later.
    pub delay: Duration,
    /// The whole of it; after it the stream is to be closed.
    pub bytes: Bytes,
}

impl TrackerDesk {
    /// A tracker that nothing is wrong with.
    pub fn new(server: TrackerServer, rng: Xoshiro256PlusPlus) -> TrackerDesk {
        TrackerDesk { server, rng, faults: Vec::new() }
    }

    /// The answer to a whole request from this address.
    pub fn answer(&mut self, now: Time, from: IpAddr, request: &[u8]) -> Answer {
        // Of several faults that which came last is seen.
        let fault = self.faults.last().map(|(_, fault)| *fault);
        let bytes = match fault {
            Some(TrackerFault::Error) => Bytes::from_static(ERROR),
            Some(TrackerFault::Garbage) => Bytes::from_static(GARBAGE),
            Some(TrackerFault::Empty) => Bytes::from_static(EMPTY),
            Some(TrackerFault::Slow | TrackerFault::Down) | None => {
                self.server.answer(now, from, request, &mut self.rng).into()
            }
        };
        let delay = if fault == Some(TrackerFault::Slow) { SLOW } else { Duration::ZERO };
        Answer { delay, bytes }
    }

    /// A fault begins.
    pub fn fail(&mut self, event: u32, fault: TrackerFault) {
        self.faults.push((event, fault));
    }

    /// The fault that this event caused is over.
    pub fn mend(&mut self, event: u32) {
        self.faults.retain(|(by, _)| *by != event);
    }

    /// Whether its host is down.
    pub fn is_down(&self) -> bool {
        self.faults.iter().any(|(_, fault)| *fault == TrackerFault::Down)
    }
}
