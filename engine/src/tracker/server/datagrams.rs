//! Serving over UDP (BEP 15). What is no request is not answered; what shows no connection id of ours is answered with
//! less than was sent, so that nobody can be flooded in somebody else's name.

use std::net::SocketAddr;

use crate::random::Rng;
use crate::time::Time;
use crate::tracker::AnnounceRequest;
use crate::tracker::udp::{self, Answer, Said, Wants};

use super::TrackerServer;
use super::query::{Announce, BadRequest, key_of_target};
use super::swarm::Whom;

/// The longest answer: what passes every link in one packet.
pub const DATAGRAM_BYTES_MAX: usize = 1_400;
/// An answer to an announce without its peers.
const ANNOUNCED_BYTES: usize = 20;

impl TrackerServer {
    /// The answer to a datagram from this address, if it is to be answered.
    pub fn answer_datagram(
        &mut self,
        now: Time,
        from: SocketAddr,
        datagram: &[u8],
        rng: &mut Rng,
    ) -> Option<Vec<u8>> {
        self.swarms.expire(now);
        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
        let Some(udp::Request { transaction, wants }) = udp::Request::decode(datagram) else {
            self.statistics.refused += 1;
            return None;
        };
        let said = self.say(now, from, wants, rng).unwrap_or_else(|bad| {
            self.statistics.refused += 1;
            Said::Refused(bad.reason.into())
        });
        Some(Answer { transaction, said }.encode())
    }

    fn say(&mut self, now: Time, from: SocketAddr, wants: Wants, rng: &mut Rng) -> Result<Said, BadRequest> {
        match wants {
            Wants::Connect => {
                self.statistics.connects += 1;
                Ok(Said::Connected(self.connection_ids.of(from, now)))
            }
            Wants::Announce { connection_id, announce, target } => {
                self.check_id(now, from, connection_id)?;
                let announce = self.asked(from, &announce)?;
                let key = key_of_target(&target);
                let peers = self.announce(now, &announce, key.as_deref(), Whom::Family, rng)?;
                let (seeds, leechers) = self.counts(announce.info_hash);
                let interval = u32::try_from(self.config.interval.as_secs()).unwrap_or(u32::MAX);
                // There are fewer members than numbers of 32 bits.
                Ok(Said::Announced { interval, leechers: leechers as u32, seeds: seeds as u32, peers })
            }
            Wants::Scrape { connection_id, info_hashes } => {
                self.check_id(now, from, connection_id)?;
                let served = self.scrape(from.ip(), None, &info_hashes)?;
                let counts = |wanted| served.iter().find(|(info_hash, _)| *info_hash == wanted);
                let all = info_hashes.into_iter().map(|wanted| counts(wanted).map(|(_, counts)| *counts));
                Ok(Said::Scraped(all.map(Option::unwrap_or_default).collect()))
            }
        }
    }

    fn check_id(&self, now: Time, from: SocketAddr, id: u64) -> Result<(), BadRequest> {
        let is_known = self.connection_ids.knows(id, from, now);
        if is_known { Ok(()) } else { Err(BadRequest::refused("bad connection id")) }
    }

    /// What the tracker needs of an announce, with no more peers than a packet carries.
    fn asked(&self, from: SocketAddr, announce: &AnnounceRequest) -> Result<Announce, BadRequest> {
        if announce.port == 0 {
            return Err(BadRequest::refused("invalid port"));
        }
        let room = (DATAGRAM_BYTES_MAX - ANNOUNCED_BYTES) / if from.is_ipv6() { 18 } else { 6 };
        let wanted = announce.numwant.map(|wanted| usize::try_from(wanted).unwrap_or(usize::MAX));
        Ok(Announce {
            info_hash: announce.info_hash,
            peer: SocketAddr::new(from.ip(), announce.port),
            left: announce.left,
            event: announce.event,
            numwant: Some(wanted.unwrap_or(self.config.peers_default).min(room)),
        })
    }
}
