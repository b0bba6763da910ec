//! The members of one swarm, and fair samples of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use crate::random::{Rng, below};
use crate::time::Time;

use super::access::Pass;

/// Who is in a swarm. A member is its address: a client that restarts under the same address takes its old place.
#[derive(Debug, Default)]
pub(super) struct Swarm {
    v4: Members,
    v6: Members,
    /// How often a member has become complete.
    pub(super) downloads: u32,
    /// When the last member left, if nobody has come since.
    pub(super) deserted_since: Option<Time>,
}

/// Members whose addresses are of one family.
#[derive(Debug, Default)]
struct Members {
    /// In no particular order, without gaps, so that a random index is a random member.
    list: Vec<Member>,
    /// Where in `list` an address stands.
    places: BTreeMap<SocketAddr, usize>,
    /// How many are complete.
    seeds: usize,
}

/// What is known of a member.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) address: SocketAddr,
    pub(super) complete: bool,
    pub(super) expiry: Time,
    /// By what it was let in.
    pub(super) pass: Pass,
}

/// Whom an asker can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// Everybody.
    All,
    /// Those whose addresses are of the asker's family: what a datagram has place for.
    Family,
}

impl Swarm {
    /// Seeds and others.
    pub(super) fn counts(&self) -> (usize, usize) {
        let seeds = self.v4.seeds + self.v6.seeds;
        (seeds, self.len() - seeds)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.v4.list.len() + self.v6.list.len()
    }

    /// The member at this address, if it is one.
    pub(super) fn member(&self, address: SocketAddr) -> Option<&Member> {
        let members = self.family(address);
        members.places.get(&address).map(|place| &members.list[*place])
    }

    /// Everybody.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.v4.list.iter().chain(&self.v6.list)
    }

    /// Adds a member, or changes what is known of it.
    pub(super) fn update(&mut self, member: Member) {
        self.family_mut(member.address).update(member);
    }

    /// Removes a member; does nothing if it is none.
    pub(super) fn remove(&mut self, address: SocketAddr) {
        self.family_mut(address).remove(address);
    }

    /// Up to `wanted` members other than `asker`, every choice and every order of them equally likely. Takes time for
    /// those wanted only: Floyd's sampling, then a shuffle, since Floyd's order is not random.
    pub(super) fn sample(
        &self,
        asker: SocketAddr,
        whom: Whom,
        wanted: usize,
        rng: &mut Rng,
    ) -> Vec<SocketAddr> {
        let (first, second) = match whom {
            Whom::All => (&self.v4, &self.v6.list[..]),
            Whom::Family => (self.family(asker), &[][..]),
        };
        let place = self.family(asker).places.get(&asker).copied();
        let asker = match whom {
            Whom::All if asker.is_ipv6() => place.map(|place| self.v4.list.len() + place),
            _ => place,
        };
        let others = first.list.len() + second.len() - usize::from(asker.is_some());
        let wanted = wanted.min(others);
        let mut chosen = BTreeSet::new();
        for last in others - wanted..others {
            let place = below(rng, last as u32 + 1) as usize;
            if !chosen.insert(place) {
                chosen.insert(last);
            }
        }
        // The asker's place is skipped: those from it on stand one further.
        let address = |place: usize| {
            let place = place + usize::from(asker.is_some_and(|asker| place >= asker));
            first.list.get(place).unwrap_or_else(|| &second[place - first.list.len()]).address
        };
        let mut sample: Vec<SocketAddr> = chosen.into_iter().map(address).collect();
        for at in (1..sample.len()).rev() {
            sample.swap(at, below(rng, at as u32 + 1) as usize);
        }
        sample
    }

    fn family(&self, address: SocketAddr) -> &Members {
        if address.is_ipv6() { &self.v6 } else { &self.v4 }
    }

    fn family_mut(&mut self, address: SocketAddr) -> &mut Members {
        if address.is_ipv6() { &mut self.v6 } else { &mut self.v4 }
    }
}

impl Members {
    fn update(&mut self, member: Member) {
        self.seeds += usize::from(member.complete);
        match self.places.get(&member.address) {
            Some(&place) => {
                self.seeds -= usize::from(self.list[place].complete);
                self.list[place] = member;
            }
            None => {
                self.places.insert(member.address, self.list.len());
                self.list.push(member);
            }
        }
    }

    fn remove(&mut self, address: SocketAddr) {
        let Some(place) = self.places.remove(&address) else { return };
        let member = self.list.swap_remove(place);
        self.seeds -= usize::from(member.complete);
        if let Some(moved) = self.list.get(place) {
            self.places.insert(moved.address, place);
        }
    }
}
