//! The host of the tracker: real requests in, real answers out, unless it fails.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{RequestReader, TrackerServer};
use swarmlab_engine::tracker::udp::{Answer, Request, Said, Wants};

use crate::network::{EndId, HostId};
use crate::scenario::TrackerFault;

use super::addresses;

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

/// Where an answer goes. One for a stream goes before one that is due at the same time as a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressee {
    /// To the client at this end; then the stream is to be closed.
    End(EndId),
    /// To this host, as the datagram with this number.
    Host(u64, HostId),
}

/// A tracker, the requests that are on their way into it, and the answers that are late.
pub struct TrackerHost {
    server: TrackerServer,
    rng: Xoshiro256PlusPlus,
    requests: BTreeMap<EndId, (HostId, RequestReader)>,
    /// By the time at which each is due.
    answers: BTreeMap<(Time, Addressee), Bytes>,
    /// How many datagrams have come.
    datagrams: u64,
    /// By the event that caused each, in the order in which they began.
    faults: Vec<(u32, TrackerFault)>,
}

impl TrackerHost {
    /// A tracker that knows nobody yet.
    pub fn new(server: TrackerServer, rng: Xoshiro256PlusPlus) -> TrackerHost {
        let (requests, answers) = (BTreeMap::new(), BTreeMap::new());
        TrackerHost { server, rng, requests, answers, datagrams: 0, faults: Vec::new() }
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
        let answer = match self.fault() {
            Some(TrackerFault::Error) => Bytes::from_static(ERROR),
            Some(TrackerFault::Garbage) => Bytes::from_static(GARBAGE),
            Some(TrackerFault::Empty) => Bytes::from_static(EMPTY),
            Some(TrackerFault::Slow | TrackerFault::Down) | None => {
                self.server.answer(now, from, &request, &mut self.rng).into()
            }
        };
        Some(self.put_off(now, Addressee::End(end), answer))
    }

    /// A request in a datagram; when its answer is due, if there is one.
    pub fn datagram(&mut self, now: Time, from: HostId, data: &[u8]) -> Option<Time> {
        self.datagrams += 1;
        let answer = match self.fault() {
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
                let from = addresses::of_datagrams(from);
                self.server.answer_datagram(now, from, data, &mut self.rng)?.into()
            }
        };
        Some(self.put_off(now, Addressee::Host(self.datagrams, from), answer))
    }

    /// An answer that is due.
    pub fn answer(&mut self, now: Time) -> Option<(Addressee, Bytes)> {
        let first = self.answers.first_entry().filter(|first| first.key().0 <= now)?;
        let ((_, to), answer) = first.remove_entry();
        Some((to, answer))
    }

    /// Of several faults that which came last is seen.
    fn fault(&self) -> Option<TrackerFault> {
        self.faults.last().map(|(_, fault)| *fault)
    }

    /// An answer waits until it is due.
    fn put_off(&mut self, now: Time, to: Addressee, answer: Bytes) -> Time {
        let due = if self.fault() == Some(TrackerFault::Slow) { now + SLOW } else { now };
        self.answers.insert((due, to), answer);
        due
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

/// An answer to what is in a datagram.
fn said(data: &[u8], say: impl FnOnce(&Wants) -> Said) -> Option<Bytes> {
    let Request { transaction, wants } = Request::decode(data)?;
    Some(Answer { transaction, said: say(&wants) }.encode().into())
}
