//! The tracker behind its sockets: a request in, an answer out, unless it fails.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::TrackerServer;
use swarmlab_engine::tracker::udp::{Answer as Datagram, Request, Said, Wants};

use crate::scenario::TrackerFault;

/// How late a slow tracker answers: most clients have given up by then.
const SLOW: Duration = Duration::from_secs(45);

const ERROR: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nd14:failure reason14:out of servicee";
const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nd8:intervali1800e5:peers0:e";
const GARBAGE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>\xff\xfe\x00 it works!";

const REASON: &str = "out of service";
/// What an empty tracker asks for, in seconds.
const EMPTY_INTERVAL: u32 = 1_800;
/// The beginning of an answer to an announce, and no more.
const CUT_OFF: [u8; 5] = [0, 0, 0, 1, 0xff];

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
    /// The whole of it; after it a stream is to be closed.
    pub bytes: Bytes,
}

impl TrackerDesk {
    /// A tracker that nothing is wrong with.
    pub fn new(server: TrackerServer, rng: Xoshiro256PlusPlus) -> TrackerDesk {
        TrackerDesk { server, rng, faults: Vec::new() }
    }

    /// The answer to a whole request from this address.
    pub fn answer(&mut self, now: Time, from: IpAddr, request: &[u8]) -> Answer {
        let bytes = match self.fault() {
            Some(TrackerFault::Error) => Bytes::from_static(ERROR),
            Some(TrackerFault::Garbage) => Bytes::from_static(GARBAGE),
            Some(TrackerFault::Empty) => Bytes::from_static(EMPTY),
            Some(TrackerFault::Slow | TrackerFault::Down) | None => {
                self.server.answer(now, from, request, &mut self.rng).into()
            }
        };
        Answer { delay: self.delay(), bytes }
    }

    /// The answer to a request in a datagram, if it gets one.
    pub fn answer_datagram(&mut self, now: Time, from: SocketAddr, data: &[u8]) -> Option<Answer> {
        let bytes = match self.fault() {
            Some(TrackerFault::Error) => said(data, |_| Said::Refused(REASON.into()))?,
            Some(TrackerFault::Garbage) => Bytes::from_static(&CUT_OFF),
            // It still gives out connection ids, or nobody would come so far as to be given no peers.
            Some(TrackerFault::Empty) => said(data, |wants| match wants {
                Wants::Connect => Said::Connected(0),
                Wants::Announce { .. } | Wants::Scrape { .. } => {
                    Said::Announced { interval: EMPTY_INTERVAL, leechers: 0, seeds: 0, peers: Vec::new() }
                }
            })?,
            Some(TrackerFault::Slow | TrackerFault::Down) | None => {
                self.server.answer_datagram(now, from, data, &mut self.rng)?.into()
            }
        };
        Some(Answer { delay: self.delay(), bytes })
    }

    /// Of several faults that which came last is seen.
    fn fault(&self) -> Option<TrackerFault> {
        self.faults.last().map(|(_, fault)| *fault)
    }

    fn delay(&self) -> Duration {
        if self.fault() == Some(TrackerFault::Slow) { SLOW } else { Duration::ZERO }
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

/// An answer to what is in a datagram.
fn said(data: &[u8], say: impl FnOnce(&Wants) -> Said) -> Option<Bytes> {
    let Request { transaction, wants } = Request::decode(data)?;
    Some(Datagram { transaction, said: say(&wants) }.encode().into())
}
