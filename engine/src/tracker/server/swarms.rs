//! All swarms of a tracker, within bounds.
//!
//! A swarm that nobody is in any more is kept for the count of its downloads, as long as there is room.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use crate::metainfo::InfoHash;
use crate::time::Time;
use crate::tracker::SwarmCounts;

use super::access::Access;
use super::query::BadRequest;
use super::swarm::{Member, Swarm};
use super::{Bounds, Statistics};

/// Who takes part in which swarm.
#[derive(Debug)]
pub(super) struct Swarms {
    bounds: Bounds,
    by_torrent: BTreeMap<InfoHash, Swarm>,
    /// When each member will be forgotten, soonest first. Exactly one entry for each member.
    expiries: BTreeSet<(Time, InfoHash, SocketAddr)>,
    /// The swarms that have nobody, by when the last one left.
    deserted: BTreeSet<(Time, InfoHash)>,
}

impl Swarms {
    pub fn new(bounds: Bounds) -> Swarms {
        let (expiries, deserted) = (BTreeSet::new(), BTreeSet::new());
        Swarms { bounds, by_torrent: BTreeMap::new(), expiries, deserted }
    }

    /// Seeds and other peers of a swarm.
    pub fn counts(&self, info_hash: InfoHash) -> (usize, usize) {
        self.by_torrent.get(&info_hash).map_or((0, 0), Swarm::counts)
    }

    /// The same, and how often somebody has completed.
    pub fn all_counts(&self, info_hash: InfoHash) -> SwarmCounts {
        let (seeds, leechers) = self.counts(info_hash);
        let downloads = self.by_torrent.get(&info_hash).map_or(0, |swarm| swarm.downloads);
        // There are fewer members than numbers of 32 bits.
        SwarmCounts { seeds: seeds as u32, leechers: leechers as u32, downloads }
    }

    /// Adds a member, or changes what is known of it; answers with its swarm. Refused if there is no room.
    pub fn update(
        &mut self,
        info_hash: InfoHash,
        member: Member,
        has_completed: bool,
    ) -> Result<&Swarm, BadRequest> {
        let known = self.by_torrent.get(&info_hash);
        let before =
            known.and_then(|swarm| swarm.member(member.address)).map(|old| (old.expiry, old.complete));
        match before {
            Some((expiry, _)) => {
                self.expiries.remove(&(expiry, info_hash, member.address));
            }
            None => self.make_room(info_hash)?,
        }
        self.expiries.insert((member.expiry, info_hash, member.address));
        let swarm = self.by_torrent.entry(info_hash).or_default();
        if let Some(since) = swarm.deserted_since.take() {
            self.deserted.remove(&(since, info_hash));
        }
        let was_complete = before.is_some_and(|(_, complete)| complete);
        if has_completed && member.complete && !was_complete {
            swarm.downloads = swarm.downloads.saturating_add(1);
        }
        swarm.update(member);
        Ok(swarm)
    }

    /// Removes a member; does nothing if it is none.
    pub fn remove(&mut self, now: Time, info_hash: InfoHash, peer: SocketAddr) {
        let Some(swarm) = self.by_torrent.get_mut(&info_hash) else { return };
        let Some(expiry) = swarm.member(peer).map(|member| member.expiry) else { return };
        self.expiries.remove(&(expiry, info_hash, peer));
        swarm.remove(peer);
        match (swarm.len(), swarm.downloads) {
            (0, 0) => drop(self.by_torrent.remove(&info_hash)),
            (0, _) => {
                swarm.deserted_since = Some(now);
                self.deserted.insert((now, info_hash));
            }
            _ => {}
        }
    }

    /// Forgets who was not heard of for too long.
    pub fn expire(&mut self, now: Time) {
        while let Some(&(expiry, info_hash, peer)) = self.expiries.first()
            && expiry <= now
        {
            self.remove(now, info_hash, peer);
        }
    }

    /// Forgets the torrents and peers that would not be let in.
    pub fn retain(&mut self, access: &Access) {
        let mut gone = Vec::new();
        for (info_hash, swarm) in &self.by_torrent {
            let serves = access.serves(*info_hash);
            let members = swarm.members();
            let unwelcome =
                members.filter(|member| !serves || !access.still_admits(member.address.ip(), &member.pass));
            gone.extend(unwelcome.map(|member| (*info_hash, member.address)));
        }
        gone.into_iter().for_each(|(info_hash, peer)| self.remove(Time::ZERO, info_hash, peer));
        self.deserted.retain(|(_, info_hash)| {
            let serves = access.serves(*info_hash);
            if !serves {
                self.by_torrent.remove(info_hash);
            }
            serves
        });
    }

    /// The statistics with what is known now.
    pub fn fill_in(&self, statistics: Statistics) -> Statistics {
        let torrents = self.by_torrent.len() - self.deserted.len();
        let seeds = self.by_torrent.values().map(|swarm| swarm.counts().0).sum();
        Statistics { torrents, seeds, leechers: self.expiries.len() - seeds, ..statistics }
    }

    /// Room for one more member of this torrent.
    fn make_room(&mut self, info_hash: InfoHash) -> Result<(), BadRequest> {
        if self.expiries.len() >= self.bounds.members {
            return Err(BadRequest::refused("tracker is full"));
        }
        let members = self.by_torrent.get(&info_hash).map(Swarm::len);
        if members.is_some_and(|members| members >= self.bounds.swarm_members) {
            return Err(BadRequest::refused("swarm is full"));
        }
        if members.is_none() && self.by_torrent.len() >= self.bounds.torrents {
            let Some((_, longest)) = self.deserted.pop_first() else {
                return Err(BadRequest::refused("tracker is full"));
            };
            self.by_torrent.remove(&longest);
        }
        Ok(())
    }
}
