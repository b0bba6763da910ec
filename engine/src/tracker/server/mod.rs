//! The serving side: a tracker that turns requests into answers, over HTTP and over UDP.
//!
//! It takes a peer's address from the connection and never from the request, so nobody can announce a third party. All
//! answers are compact, which BEP 23 leaves to the tracker. An announce costs what the peers in its answer cost,
//! however large the swarm is. What is served, and to whom, can be limited ([`Access`]).

mod access;
mod connection_ids;
mod datagrams;
mod query;
mod statistics;
mod swarm;
mod swarms;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::bencode::Tree;
use crate::metainfo::InfoHash;
use crate::random::Rng;
use crate::time::Time;

use super::SwarmCounts;
use super::answer::INTERVAL_MIN;
use super::head::{HeadBuffer, TooLong};
use super::request::Event;
use connection_ids::ConnectionIds;
use query::{Announce, Asks, BadRequest, Request};
use swarm::{Member, Whom};
use swarms::Swarms;

pub use access::{Access, AllowedPeers, KEY_BYTES_MAX, Network, NetworkError};
pub use datagrams::DATAGRAM_BYTES_MAX;
pub use statistics::Statistics;

/// The most torrents that have peers; new ones are refused beyond that. One takes about 400 bytes.
pub const TORRENTS_MAX: usize = 200_000;
/// The most peers of one torrent; new ones are refused beyond that.
pub const SWARM_MEMBERS_MAX: usize = 500_000;
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
    /// How many peers an announce gets at most; over UDP as many of them as one packet carries.
    pub peers_max: usize,
    /// What is served, and to whom.
    pub access: Access,
    /// How much is remembered.
    pub bounds: Bounds,
    /// By which connection ids over UDP are made and known: whoever guesses it can announce others.
    pub secret: [u8; 16],
}

/// How much a tracker remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Torrents: [`TORRENTS_MAX`].
    pub torrents: usize,
    /// Peers of one torrent: [`SWARM_MEMBERS_MAX`].
    pub swarm_members: usize,
    /// Peers in all: [`MEMBERS_MAX`].
    pub members: usize,
}

impl Default for ServerConfig {
    /// 30 minutes, 50 peers, at most 200, any torrent and any peer; no secret.
    fn default() -> ServerConfig {
        ServerConfig {
            interval: Duration::from_secs(30 * 60),
            peers_default: 50,
            peers_max: 200,
            access: Access::default(),
            bounds: Bounds::default(),
            secret: [0; 16],
        }
    }
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { torrents: TORRENTS_MAX, swarm_members: SWARM_MEMBERS_MAX, members: MEMBERS_MAX }
    }
}

/// A tracker: who takes part in which swarm.
#[derive(Debug)]
pub struct TrackerServer {
    config: ServerConfig,
    connection_ids: ConnectionIds,
    swarms: Swarms,
    statistics: Statistics,
}

impl TrackerServer {
    /// A tracker that knows nobody yet.
    pub fn new(config: ServerConfig) -> TrackerServer {
        let connection_ids = ConnectionIds::new(config.secret);
        let swarms = Swarms::new(config.bounds);
        TrackerServer { config, connection_ids, swarms, statistics: Statistics::default() }
    }

    /// The whole HTTP answer to a request from this address. After it the connection is to be closed.
    pub fn answer(&mut self, now: Time, from: IpAddr, request: &[u8], rng: &mut Rng) -> Vec<u8> {
        self.swarms.expire(now);
        let from = from.to_canonical();
        let result = Request::read(request, from).and_then(|Request { key, asks }| match asks {
            Asks::Announce(announce) => {
                let peers = self.announce(now, &announce, key.as_deref(), Whom::All, rng)?;
                Ok(self.announced(announce.info_hash, &peers))
            }
            Asks::Scrape(info_hashes) => Ok(scraped(&self.scrape(from, key.as_deref(), &info_hashes)?)),
        });
        match result {
            Ok(body) => http("200 OK", &body),
            Err(bad) => {
                self.statistics.refused += 1;
                let reason = Tree::dict([("failure reason", Tree::from(bad.reason))]);
                http(bad.status, &reason.encode())
            }
        }
    }

    /// Seeds and other peers of a swarm, as of the last announce.
    pub fn counts(&self, info_hash: InfoHash) -> (usize, usize) {
        self.swarms.counts(info_hash)
    }

    /// What it has served until now, and whom it knows.
    pub fn statistics(&mut self, now: Time) -> Statistics {
        self.swarms.expire(now);
        self.swarms.fill_in(self.statistics)
    }

    /// From now on this is served, to these: whoever would not be let in any more is forgotten at once.
    pub fn set_access(&mut self, access: Access) {
        self.swarms.retain(&access);
        self.config.access = access;
    }

    /// Takes note of an announce, and answers with peers.
    fn announce(
        &mut self,
        now: Time,
        announce: &Announce,
        key: Option<&str>,
        whom: Whom,
        rng: &mut Rng,
    ) -> Result<Vec<SocketAddr>, BadRequest> {
        let Announce { info_hash, peer, .. } = *announce;
        self.config.access.check_torrent(info_hash)?;
        let pass = self.config.access.admit(peer.ip(), key)?;
        self.statistics.announces += 1;
        if announce.event == Some(Event::Stopped) {
            self.swarms.remove(now, info_hash, peer);
            return Ok(Vec::new());
        }
        // Clients ask no more often than that, whatever they are told.
        let interval = self.config.interval.max(INTERVAL_MIN);
        let expiry = now + interval.saturating_mul(EXPIRY_INTERVALS);
        let complete = announce.left == 0;
        let has_completed = announce.event == Some(Event::Completed);
        let member = Member { address: peer, complete, expiry, pass };
        let swarm = self.swarms.update(info_hash, member, has_completed)?;
        let wanted = announce.numwant.unwrap_or(self.config.peers_default).min(self.config.peers_max);
        Ok(swarm.sample(peer, whom, wanted, rng))
    }

    /// How many are in these swarms, as far as they are served.
    fn scrape(
        &mut self,
        from: IpAddr,
        key: Option<&str>,
        info_hashes: &[InfoHash],
    ) -> Result<Vec<(InfoHash, SwarmCounts)>, BadRequest> {
        self.config.access.admit(from, key)?;
        self.statistics.scrapes += 1;
        let served = info_hashes.iter().filter(|info_hash| self.config.access.serves(**info_hash));
        Ok(served.map(|info_hash| (*info_hash, self.swarms.all_counts(*info_hash))).collect())
    }

    fn announced(&self, info_hash: InfoHash, peers: &[SocketAddr]) -> Vec<u8> {
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

/// BEP 48: a dictionary by info hash.
fn scraped(swarms: &[(InfoHash, SwarmCounts)]) -> Vec<u8> {
    let files = swarms.iter().map(|(info_hash, counts)| {
        let counts = Tree::dict([
            ("complete", Tree::Int(counts.seeds.into())),
            ("downloaded", Tree::Int(counts.downloads.into())),
            ("incomplete", Tree::Int(counts.leechers.into())),
        ]);
        (info_hash.0.to_vec().into(), counts)
    });
    Tree::dict([("files", Tree::Dict(files.collect::<BTreeMap<_, _>>()))]).encode()
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
