//! One peer: its host, its client while it is present, and what is known of it over the whole run.

use std::collections::BTreeMap;

use swarmlab_engine::playback::Viewing;
use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::storage::TorrentKey;
use swarmlab_engine::time::Time;
use swarmlab_engine::torrent::{Progress, Totals};

use crate::network::HostId;

use super::event::Visit;
use super::faults::Frozen;
use super::given::Given;
use super::participant::Participant;
use super::rates::Rates;
use super::streams::{Stream, Streams};
use super::swarm::peer_on;

/// The only torrent of every simulated client.
pub const TORRENT: TorrentKey = TorrentKey(0);

/// One peer, before, during and after its presence. What each event asks for lies in its first two lines of the cache.
#[repr(C, align(128))]
pub struct PeerHost<C: Participant> {
    /// While it is present.
    pub client: Option<C>,
    /// Its streams.
    pub streams: Streams,
    /// Whether its client is frozen.
    pub frozen: Frozen,
    /// Bytes of streams that were sent, payload included, peers only.
    pub stream_bytes_sent: u64,
    /// Bytes of streams that were received, payload included, peers only.
    pub stream_bytes_received: u64,
    /// Its host in the network.
    pub host: HostId,
    /// It starts with everything.
    pub starts_complete: bool,
    /// It keeps to the protocol.
    pub is_honest: bool,
    /// It has the torrent's metadata, wherever from, and keeps them.
    pub has_metadata: bool,
    /// It will not complete any more.
    pub is_lost: bool,
    /// From its first coming until it is gone for good.
    pub disk: Option<C::Disk>,
    /// The place of its group in the scenario.
    pub group: usize,
    /// The rates of its link.
    pub rates: Rates,
    /// What may wait for its uplink, bytes.
    pub queue_up_bytes: u64,
    /// When it joins for the first time.
    pub joins: Time,
    /// When it had everything for the first time, if it came without.
    pub completed: Option<Time>,
    /// When it left; not while it is present.
    pub left: Option<Time>,
    /// How often it has come.
    pub visits: u32,
    /// How often it may still come back after giving up.
    pub returns_left: u32,
    /// It was asked to leave, and why.
    pub leaving: Option<Leaving>,
    /// What it gave to each other peer on streams that have ended.
    pub given_to: BTreeMap<u32, Given>,
    /// Payload of streams that have ended which no sample has shown yet, bytes, to each other peer.
    pub flowed_to: BTreeMap<u32, u64>,
    /// What its clients had counted when the last of them ended.
    pub before: Option<Progress>,
    /// What whoever watches had been through by then.
    pub watched_before: Option<Viewing>,
}

/// Why a peer leaves in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It has what it wanted, or the script says so.
    ForGood,
    /// It has lost patience, and may come back.
    Impatient,
}

impl<C: Participant> PeerHost<C> {
    /// A peer that has not come yet.
    pub fn new(host: HostId, group: usize, joins: Time, rates: Rates) -> PeerHost<C> {
        PeerHost {
            host,
            group,
            starts_complete: false,
            is_honest: true,
            rates,
            queue_up_bytes: 0,
            joins,
            completed: None,
            left: None,
            visits: 0,
            returns_left: 0,
            leaving: None,
            has_metadata: false,
            is_lost: false,
            client: None,
            disk: None,
            frozen: Frozen::default(),
            streams: Streams::default(),
            given_to: BTreeMap::new(),
            flowed_to: BTreeMap::new(),
            stream_bytes_sent: 0,
            stream_bytes_received: 0,
            before: None,
            watched_before: None,
        }
    }

    /// Whether the run is about its completion.
    pub fn wants(&self) -> bool {
        self.is_honest && !self.starts_complete
    }

    /// Whether the run still waits for it.
    pub fn is_awaited(&self) -> bool {
        self.wants() && self.completed.is_none()
    }

    /// Its present visit.
    pub fn visit(&self, peer: u32) -> Visit {
        Visit { peer, number: self.visits }
    }

    /// Whether it is still on this visit.
    pub fn is_on(&self, visit: Visit) -> bool {
        self.client.is_some() && self.visits == visit.number
    }

    /// What its clients have counted, all visits together; nothing before it joins.
    pub fn progress(&self) -> Option<Progress> {
        let Some(client) = &self.client else { return self.before };
        let mut progress = client.progress();
        if let Some(before) = &self.before {
            progress.totals = sum(&before.totals, &progress.totals);
        }
        Some(progress)
    }

    /// What whoever watches has been through, all visits together; none if nobody does.
    pub fn viewing(&self, now: Time) -> Option<Viewing> {
        let Some(client) = &self.client else { return self.watched_before };
        let viewing = client.viewing(now)?;
        Some(self.watched_before.map_or(viewing, |before| before.and_then(viewing)))
    }

    /// The client goes, what it counted stays.
    pub fn depart(&mut self, now: Time) {
        self.watched_before = self.viewing(now);
        self.before = self.progress();
        self.left = Some(now);
        self.client = None;
        self.leaving = None;
        self.frozen.clear();
        let ended: Vec<Stream> = self.streams.drain().collect();
        ended.into_iter().for_each(|stream| self.note_given(now, stream));
    }

    /// It chokes the peer at the other end of a stream from now on, or doesn't any more.
    pub fn note_choking(&mut self, now: Time, connection: ConnectionId, choking: bool) {
        let completed = self.complete_since();
        let Some(stream) = self.streams.of(connection) else { return };
        match choking {
            true => stream.given.choke(now, completed),
            false => stream.given.unchoke(now),
        }
    }

    /// A stream has ended: what was given on it is added up.
    pub fn note_given(&mut self, now: Time, mut stream: Stream) {
        stream.given.choke(now, self.complete_since());
        if stream.given.is_nothing() {
            return;
        }
        let remote = peer_on(stream.remote); // payload and slots go to peers only
        match stream.given.take_flow() {
            0 => {}
            bytes => *self.flowed_to.entry(remote).or_default() += bytes,
        }
        self.given_to.entry(remote).or_default().add(&stream.given);
    }

    /// What it gave to each other peer until now, on streams that are still open too.
    pub fn given_so_far(&self, now: Time) -> BTreeMap<u32, Given> {
        let mut all = self.given_to.clone();
        for stream in self.streams.iter() {
            let mut given = stream.given;
            given.choke(now, self.complete_since());
            if !given.is_nothing() {
                all.entry(peer_on(stream.remote)).or_default().add(&given);
            }
        }
        all
    }

    /// Payload that it has sent to each other peer since this was asked last, bytes, in the order of their numbers.
    pub fn take_flows(&mut self) -> Vec<(u32, u64)> {
        for stream in self.streams.iter_mut() {
            match stream.given.take_flow() {
                0 => {}
                bytes => *self.flowed_to.entry(peer_on(stream.remote)).or_default() += bytes,
            }
        }
        std::mem::take(&mut self.flowed_to).into_iter().collect()
    }

    /// Since when it has had everything.
    fn complete_since(&self) -> Option<Time> {
        if self.starts_complete { Some(Time::ZERO) } else { self.completed }
    }
}

fn sum(a: &Totals, b: &Totals) -> Totals {
    Totals {
        downloaded: a.downloaded + b.downloaded,
        uploaded: a.uploaded + b.uploaded,
        wasted: a.wasted + b.wasted,
        blocks: a.blocks + b.blocks,
        cancels: a.cancels + b.cancels,
        hash_failures: a.hash_failures + b.hash_failures,
        snubs: a.snubs + b.snubs,
        connections_peak: a.connections_peak.max(b.connections_peak),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::client::Client;

    #[test]
    fn what_each_event_asks_for_is_in_two_lines() {
        assert!(std::mem::offset_of!(PeerHost<Client>, disk) <= 2 * 64);
    }
}
