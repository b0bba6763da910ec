//! The serving side: a tracker that turns requests into answers.
//!
//! It takes a peer's address from the connection and never from the request, so nobody can announce a third party. All
//! answers are compact, which BEP 23 leaves to the tracker. An announce costs what the peers in its answer cost,
//! however large the swarm is.

mod query;
mod swarm;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::bencode::Tree;
use crate::metainfo::InfoHash;
use crate::random::Rng;
use crate::time::Time;

use super::answer::INTERVAL_MIN;
use super::head::{HeadBuffer, TooLong};
use super::request::Event;
use query::{Announce, BadRequest};
use swarm::Swarm;

/// The most peers in all swarms together; new ones are refused beyond that. One takes about 300 bytes.
pub const MEMBERS_MAX: usize = 2_000_000;
/// A peer that was not heard of for so many intervals is forgotten: one announce may be late or lost.
pub const EXPIRY_INTERVALS: u32 = 2;

/// How a tracker serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// What peers are told to wait between announces; whole seconds.
    pub interval: Duration,
    /// How many peers an announce gets that does not say how many it wants.
    pub peers_default: usize,
    /// How many peers an announce gets at most.
    pub peers_max: usize,
    /// The torrents that are served; all if not said.
    pub allowed: Option<BTreeSet<InfoHash>>,
}

impl Default for ServerConfig {
    /// 30 minutes, 50 peers, at most 200, any torrent.
    fn default() -> ServerConfig {
        let interval = Duration::from_secs(30 * 60);
        ServerConfig { interval, peers_default: 50, peers_max: 200, allowed: None }
    }
}

/// A tracker: who takes part in which swarm.
#[derive(Debug)]
pub struct TrackerServer {
    config: ServerConfig,
    swarms: BTreeMap<InfoHash, Swarm>,
    /// When each member will be forgotten, soonest first. Exactly one entry for each member.
    expiries: BTreeSet<(Time, InfoHash, SocketAddr)>,
}

impl TrackerServer {
    /// A tracker that knows nobody yet.
    pub fn new(config: ServerConfig) -> TrackerServer {
        TrackerServer { config, swarms: BTreeMap::new(), expiries: BTreeSet::new() }
    }

    /// The whole HTTP answer to a request from this address. After it the connection is to be closed.
    pub fn answer(&mut self, now: Time, from: IpAddr, request: &[u8], rng: &mut Rng) -> Vec<u8> {
        self.expire(now);
        let result = Announce::read(request, from.to_canonical());
        match result.and_then(|announce| self.announce(now, &announce, rng)) {
            Ok(body) => http("200 OK", &body),
            Err(bad) => {
                let reason = Tree::dict([("failure reason", Tree::from(bad.reason))]);
                http(bad.status, &reason.encode())
            }
        }
    }

    /// Seeds and other peers of a swarm, as of the last announce.
    pub fn counts(&self, info_hash: InfoHash) -> (usize, usize) {
        self.swarms.get(&info_hash).map_or((0, 0), Swarm::counts)
    }

    fn announce(&mut self, now: Time, announce: &Announce, rng: &mut Rng) -> Result<Vec<u8>, BadRequest> {
        let Announce { info_hash, peer, .. } = *announce;
        if self.config.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&info_hash)) {
            return Err(BadRequest::refused("unregistered torrent"));
        }
        self.remove_expiry(info_hash, peer);
        let mut peers = Vec::new();
        if announce.event == Some(Event::Stopped) {
            self.remove_member(info_hash, peer);
        } else {
            if self.expiries.len() >= MEMBERS_MAX {
                return Err(BadRequest::refused("tracker is full"));
            }
            // Clients ask no more often than that, whatever they are told.
            let interval = self.config.interval.max(INTERVAL_MIN);
            let expiry = now + interval.saturating_mul(EXPIRY_INTERVALS);
            self.expiries.insert((expiry, info_hash, peer));
            let swarm = self.swarms.entry(info_hash).or_default();
            swarm.update(peer, announce.left == 0, expiry);
            let wanted = announce.numwant.unwrap_or(self.config.peers_default).min(self.config.peers_max);
            peers = swarm.sample(peer, wanted, rng);
        }
        Ok(self.accepted(info_hash, &peers))
    }

    fn accepted(&self, info_hash: InfoHash, peers: &[SocketAddr]) -> Vec<u8> {
        let (complete, incomplete) = self.counts(info_hash);
        let (v4, v6) = compact(peers);
        let mut entries = vec![
            ("complete", Tree::Int(complete as i64)),
            ("incomplete", Tree::Int(incomplete as i64)),
            ("interval", Tree::Int(self.config.interval.as_secs() as i64)),
            ("peers", Tree::from(v4)),
        ];
        if !v6.is_empty() {
            entries.push(("peers6", Tree::from(v6)));
        }
        Tree::dict(entries).encode()
    }

    /// Forgets who was not heard of for too long.
    fn expire(&mut self, now: Time) {
        while let Some(&(expiry, info_hash, peer)) = self.expiries.first()
            && expiry <= now
        {
            self.expiries.pop_first();
            self.remove_member(info_hash, peer);
        }
    }

    fn remove_expiry(&mut self, info_hash: InfoHash, peer: SocketAddr) {
        if let Some(expiry) = self.swarms.get(&info_hash).and_then(|swarm| swarm.expiry(peer)) {
            self.expiries.remove(&(expiry, info_hash, peer));
        }
    }

    fn remove_member(&mut self, info_hash: InfoHash, peer: SocketAddr) {
        if let Some(swarm) = self.swarms.get_mut(&info_hash) {
            swarm.remove(peer);
            if swarm.is_empty() {
                self.swarms.remove(&info_hash);
            }
        }
    }
}

/// Collects a request until its head is complete, which is all of it.
#[derive(Debug, Default)]
pub struct RequestReader {
    head: HeadBuffer,
}

/// A request whose head is longer than [`HEAD_BYTES_MAX`](super::HEAD_BYTES_MAX). The connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the head of the request is too long")]
pub struct RequestTooLong;

impl RequestReader {
    /// A reader for a new connection.
    pub fn new() -> RequestReader {
        RequestReader::default()
    }

    /// Adds bytes that arrived. Returns the request for [`TrackerServer::answer`] once it is complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, RequestTooLong> {
        match self.head.push(bytes) {
            Ok(complete) => Ok(complete.map(|complete| complete.head)),
            Err(TooLong) => Err(RequestTooLong),
        }
    }
}

/// Addresses and ports in network order, IPv4 and IPv6 apart.
fn compact(peers: &[SocketAddr]) -> (Vec<u8>, Vec<u8>) {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for peer in peers {
        let out = match peer.ip() {
            IpAddr::V4(ip) => {
                v4.extend_from_slice(&ip.octets());
                &mut v4
            }
            IpAddr::V6(ip) => {
                v6.extend_from_slice(&ip.octets());
                &mut v6
            }
        };
        out.extend_from_slice(&peer.port().to_be_bytes());
    }
    (v4, v6)
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.0 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}
