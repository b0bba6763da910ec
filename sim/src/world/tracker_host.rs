//! The host of the tracker: real requests in, real answers out, unless it fails.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{RequestReader, TrackerServer};

use crate::network::{EndId, HostId};
use crate::scenario::TrackerFault;

use super::addresses;

/// How late a slow tracker answers: most clients have given up by then.
const SLOW: Duration = Duration::from_secs(45);

const ERROR: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nd14:failure reason14:out of servicee";
const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nd8:intervali1800e5:peers0:e";
const GARBAGE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>\xff\xfe\x00 it works!";

/// A tracker, the requests that are on their way into it, and the answers that are late.
pub struct TrackerHost {
    server: TrackerServer,
    rng: Xoshiro256PlusPlus,
    requests: BTreeMap<EndId, (HostId, RequestReader)>,
    /// By the time at which each is due.
    answers: BTreeMap<(Time, EndId), Bytes>,
    /// By the event that caused each, in the order in which they began.
    faults: Vec<(u32, TrackerFault)>,
}

impl TrackerHost {
    /// A tracker that knows nobody yet.
    pub fn new(server: TrackerServer, rng: Xoshiro256PlusPlus) -> TrackerHost {
        TrackerHost { server, rng, requests: BTreeMap::new(), answers: BTreeMap::new(), faults: Vec::new() }
    }

    /// Somebody connected.
    pub fn incoming(&mut self, end: EndId, from: HostId) {
        self.requests.insert(end, (from, RequestReader::default()));
    }

    /// Bytes of a request; once it is whole, when its answer is due.
    pub fn received(&mut self, now: Time, end: EndId, data: &[u8]) -> Option<Time> {
        let (from, reader) = self.requests.get_mut(&end)?;
        let request = reader.push(data).ok().flatten()?;
        let from = addresses::ip(*from);
        self.requests.remove(&end);
        // Of several faults that which came last is seen.
        let fault = self.faults.last().map(|(_, fault)| *fault);
        let answer = match fault {
            Some(TrackerFault::Error) => Bytes::from_static(ERROR),
            Some(TrackerFault::Garbage) => Bytes::from_static(GARBAGE),
            Some(TrackerFault::Empty) => Bytes::from_static(EMPTY),
            Some(TrackerFault::Slow | TrackerFault::Down) | None => {
                self.server.answer(now, from, &request, &mut self.rng).into()
            }
        };
        let due = if fault == Some(TrackerFault::Slow) { now + SLOW } else { now };
        self.answers.insert((due, end), answer);
        Some(due)
    }

    /// An answer that is due. After it the stream is to be closed.
    pub fn answer(&mut self, now: Time) -> Option<(EndId, Bytes)> {
        let first = self.answers.first_entry().filter(|first| first.key().0 <= now)?;
        let ((_, end), answer) = first.remove_entry();
        Some((end, answer))
    }

    /// The client went away.
    pub fn closed(&mut self, end: EndId) {
        self.requests.remove(&end);
    }

    /// A fault begins.
    pub fn fail(&mut self, event: u32, fault: TrackerFault) {
        self.faults.push((event, fault));
        if self.is_down() {
            self.requests.clear();
            self.answers.clear();
        }
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
