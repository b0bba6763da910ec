//! The members of one swarm, and fair samples of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use crate::random::{Rng, below};
use crate::time::Time;

/// Who is in a swarm. A member is its address: a client that restarts under the same address takes its old place.
#[derive(Debug, Default)]
pub(super) struct Swarm {
    /// In no particular order, without gaps, so that a random index is a random member.
    members: Vec<Member>,
    /// Where in `members` an address stands.
    places: BTreeMap<SocketAddr, usize>,
    /// How many members are complete.
    seeds: usize,
}

#[derive(Debug)]
struct Member {
    address: SocketAddr,
    complete: bool,
    expiry: Time,
}

impl Swarm {
    /// Seeds and others.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.seeds, self.members.len() - self.seeds)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// When the member is to be forgotten, if it is one.
    pub(super) fn expiry(&self, address: SocketAddr) -> Option<Time> {
        self.places.get(&address).map(|place| self.members[*place].expiry)
    }

    /// Adds a member, or changes what is known of it.
    pub(super) fn update(&mut self, address: SocketAddr, complete: bool, expiry: Time) {
        let member = Member { address, complete, expiry };
        self.seeds += usize::from(complete);
        match self.places.get(&address) {
            Some(&place) => {
                self.seeds -= usize::from(self.members[place].complete);
                self.members[place] = member;
            }
            None => {
                self.places.insert(address, self.members.len());
                self.members.push(member);
            }
        }
    }

    /// Removes a member; does nothing if it is none.
    pub(super) fn remove(&mut self, address: SocketAddr) {
        let Some(place) = self.places.remove(&address) else { return };
        let member = self.members.swap_remove(place);
        self.seeds -= usize::from(member.complete);
        if let Some(moved) = self.members.get(place) {
            self.places.insert(moved.address, place);
        }
    }

    /// Up to `wanted` members other than `asker`, every choice and every order of them equally likely. Takes time for
    /// those wanted only: Floyd's sampling, then a shuffle, since Floyd's order is not random.
    pub(super) fn sample(&self, asker: SocketAddr, wanted: usize, rng: &mut Rng) -> Vec<SocketAddr> {
        let asker = self.places.get(&asker).copied();
        let others = self.members.len() - usize::from(asker.is_some());
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
            let skip = asker.is_some_and(|asker| place >= asker);
            self.members[place + usize::from(skip)].address
        };
        let mut sample: Vec<SocketAddr> = chosen.into_iter().map(address).collect();
        for at in (1..sample.len()).rev() {
            sample.swap(at, below(rng, at as u32 + 1) as usize);
        }
        sample
    }
}
