//! What a tracker sends back.

use std::net::{IpAddr, SocketAddr};

use crate::tracker::answer::{Peers, clamp_interval, compact_peer, shortened};
use crate::tracker::{AnnounceResponse, PEERS_MAX, SCRAPE_MAX, SwarmCounts};

use super::{action, take_u32, take_u64};

/// One datagram from a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// That of the request.
    pub transaction: u32,
    /// What the tracker says.
    pub said: Said,
}

/// What a tracker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The connection id for this address.
    Connected(u64),
    /// An announce was accepted.
    Announced {
        /// Until the next announce, seconds.
        interval: u32,
        /// Who has not everything.
        leechers: u32,
        /// Who has.
        seeds: u32,
        /// Peers, all of the family of the address that asked.
        peers: Vec<SocketAddr>,
    },
    /// How many there are, in the order in which was asked.
    Scraped(Vec<SwarmCounts>),
    /// The request was refused, for this reason.
    Refused(String),
}

impl Answer {
    /// The datagram.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut head = |action: u32| {
            out.extend(action.to_be_bytes());
            out.extend(self.transaction.to_be_bytes());
        };
        match &self.said {
            Said::Connected(connection_id) => {
                head(action::CONNECT);
                out.extend(connection_id.to_be_bytes());
            }
            Said::Announced { interval, leechers, seeds, peers } => {
                head(action::ANNOUNCE);
                [interval, leechers, seeds].into_iter().for_each(|number| out.extend(number.to_be_bytes()));
                peers.iter().for_each(|peer| write_peer(*peer, &mut out));
            }
            Said::Scraped(swarms) => {
                head(action::SCRAPE);
                for SwarmCounts { seeds, leechers, downloads } in swarms {
                    [seeds, downloads, leechers]
                        .into_iter()
                        .for_each(|number| out.extend(number.to_be_bytes()));
                }
            }
            Said::Refused(reason) => {
                head(action::ERROR);
                out.extend_from_slice(reason.as_bytes());
            }
        }
        out
    }

    /// Reads a datagram that came from this address, whose family says how long a peer is; `None` if it is no answer.
    pub fn decode(mut bytes: &[u8], from: SocketAddr) -> Option<Answer> {
        let action = take_u32(&mut bytes)?;
        let transaction = take_u32(&mut bytes)?;
        let said = match action {
            action::CONNECT => Said::Connected(take_u64(&mut bytes)?),
            action::ANNOUNCE => {
                let [interval, leechers, seeds] =
                    [take_u32(&mut bytes)?, take_u32(&mut bytes)?, take_u32(&mut bytes)?];
                let length = if from.ip().to_canonical().is_ipv6() { 18 } else { 6 };
                let peers = bytes.chunks_exact(length).take(PEERS_MAX).filter_map(compact_peer).collect();
                Said::Announced { interval, leechers, seeds, peers }
            }
            action::SCRAPE => {
                Said::Scraped(bytes.as_chunks().0.iter().take(SCRAPE_MAX).map(counts).collect())
            }
            action::ERROR => Said::Refused(shortened(bytes)),
            _ => return None,
        };
        Some(Answer { transaction, said })
    }
}

impl AnnounceResponse {
    /// An answer over UDP as what is kept of any answer.
    pub(crate) fn of_datagram(interval: u32, leechers: u32, seeds: u32, all: &[SocketAddr]) -> Self {
        let mut peers = Peers::default();
        all.iter().for_each(|peer| peers.add(*peer));
        AnnounceResponse {
            interval: clamp_interval(interval.into()),
            min_interval: None,
            warning: None,
            tracker_id: None,
            complete: Some(seeds),
            incomplete: Some(leechers),
            peers: peers.list,
        }
    }
}

fn counts(entry: &[u8; 12]) -> SwarmCounts {
    let number = |at: usize| u32::from_be_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]]);
    SwarmCounts { seeds: number(0), downloads: number(4), leechers: number(8) }
}

fn write_peer(peer: SocketAddr, out: &mut Vec<u8>) {
    match peer.ip() {
        IpAddr::V4(ip) => out.extend(ip.octets()),
        IpAddr::V6(ip) => out.extend(ip.octets()),
    }
    out.extend(peer.port().to_be_bytes());
}
