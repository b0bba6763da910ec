//! The host of the tracker in the event world: the requests that are on their way into it, and the answers that are late.

use std::collections::BTreeMap;

use bytes::Bytes;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::RequestReader;

use crate::network::{EndId, HostId};
use crate::scenario::TrackerFault;

use super::addresses;
use super::tracker_desk::{Answer, TrackerDesk};

/// Where an answer goes. One for a stream goes before one that is due at the same time as a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressee {
    /// To the client at this end; then the stream is to be closed.
    End(EndId),
    /// To this host, as the datagram with this number.
    Host(u64, HostId),
}

/// A tracker, its streams and its datagrams.
pub struct TrackerHost {
    desk: TrackerDesk,
    requests: BTreeMap<EndId, (HostId, RequestReader)>,
    /// By the time at which each is due.
    answers: BTreeMap<(Time, Addressee), Bytes>,
    /// How many datagrams have come.
    datagrams: u64,
}

impl TrackerHost {
    /// A tracker that nobody has asked yet.
    pub fn new(desk: TrackerDesk) -> TrackerHost {
        TrackerHost { desk, requests: BTreeMap::new(), answers: BTreeMap::new(), datagrams: 0 }
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
        let answer = self.desk.answer(now, from, &request);
        Some(self.put_off(now, Addressee::End(end), answer))
    }

    /// A request in a datagram; when its answer is due, if there is one.
    pub fn datagram(&mut self, now: Time, from: HostId, data: &[u8]) -> Option<Time> {
        self.datagrams += 1;
        let answer = self.desk.answer_datagram(now, addresses::of_datagrams(from), data)?;
        Some(self.put_off(now, Addressee::Host(self.datagrams, from), answer))
    }

    /// An answer that is due.
    pub fn answer(&mut self, now: Time) -> Option<(Addressee, Bytes)> {
        let first = self.answers.first_entry().filter(|first| first.key().0 <= now)?;
        let ((_, to), answer) = first.remove_entry();
        Some((to, answer))
    }

    /// An answer waits until it is due.
    fn put_off(&mut self, now: Time, to: Addressee, answer: Answer) -> Time {
        let due = now + answer.delay;
        self.answers.insert((due, to), answer.bytes);
        due
    }

    /// The client went away.
    pub fn closed(&mut self, end: EndId) {
        self.requests.remove(&end);
    }

    /// A fault begins.
    pub fn fail(&mut self, event: u32, fault: TrackerFault) {
        self.desk.fail(event, fault);
        if self.is_down() {
            self.requests.clear();
            self.answers.clear();
        }
    }

    /// The fault that this event caused is over.
    pub fn mend(&mut self, event: u32) {
        self.desk.mend(event);
    }

    /// Whether its host is down.
    pub fn is_down(&self) -> bool {
        self.desk.is_down()
    }
}
