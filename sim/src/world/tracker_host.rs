//! The host of the tracker: real requests in, real answers out.

use std::collections::BTreeMap;

use bytes::Bytes;
use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{RequestReader, TrackerServer};

use crate::network::{EndId, HostId};

use super::addresses;

/// A tracker and the requests that are on their way into it.
pub struct TrackerHost {
    server: TrackerServer,
    rng: Xoshiro256PlusPlus,
    requests: BTreeMap<EndId, (HostId, RequestReader)>,
}

impl TrackerHost {
    /// A tracker that knows nobody yet.
    pub fn new(server: TrackerServer, rng: Xoshiro256PlusPlus) -> TrackerHost {
        TrackerHost { server, rng, requests: BTreeMap::new() }
    }

    /// Somebody connected.
    pub fn incoming(&mut self, end: EndId, from: HostId) {
        self.requests.insert(end, (from, RequestReader::default()));
    }

    /// Bytes of a request; answers with the bytes of the answer once the request is whole, after which the stream is to
    /// be closed.
    pub fn received(&mut self, now: Time, end: EndId, data: &[u8]) -> Option<Bytes> {
        let (from, reader) = self.requests.get_mut(&end)?;
        let request = reader.push(data).ok().flatten()?;
        let answer = self.server.answer(now, addresses::ip(*from), &request, &mut self.rng);
        self.requests.remove(&end);
        Some(answer.into())
    }

    /// The client went away.
    pub fn closed(&mut self, end: EndId) {
        self.requests.remove(&end);
    }
}
