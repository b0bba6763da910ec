//! The host of the tracker in the event world: the requests that are on their way into it, and the answers that are late.

use std::collections::BTreeMap;

use bytes::Bytes;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::RequestReader;

use crate::network::{EndId, HostId};
use crate::scenario::TrackerFault;

use super::addresses;
use super::tracker_desk::{Answer, TrackerDesk};

/// A tracker and its streams.
pub struct TrackerHost {
    desk: TrackerDesk,
    requests: BTreeMap<EndId, (HostId, RequestReader)>,
    /// By the time at which each is due.
    answers: BTreeMap<(Time, EndId), Bytes>,
}

impl TrackerHost {
    /// A tracker that nobody has asked yet.
    pub fn new(desk: TrackerDesk) -> TrackerHost {
        TrackerHost { desk, requests: BTreeMap::new(), answers: BTreeMap::new() }
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
        let Answer { delay, bytes } = self.desk.answer(now, from, &request);
        self.answers.insert((now + delay, end), bytes);
        Some(now + delay)
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
