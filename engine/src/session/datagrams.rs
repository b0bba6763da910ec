//! Whose a datagram is, and what names stand for.
//!
//! Nothing in a datagram says who is to have it, and anybody can send one. So whoever asks something by datagram says
//! beforehand by what its answer will be known, and what nobody waits for is nobody's. A tracker's answer is known by
//! where it comes from and by its transaction id. What else will be spoken over the same socket finds its own way in
//! here: the first byte tells a tracker's answer (0) from a DHT's message (`d`) and from uTP (whose low half is 1).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::SocketAddr;

use super::inquiry::{Asker, ConnectionIds};

/// A question to the driver: what a name stands for. Never reused within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupId(pub(crate) u64);

/// Who waits for what. Whoever is in here has one question on its way: there are no more entries than askers.
#[derive(Debug, Default)]
pub(crate) struct Datagrams {
    answers: BTreeMap<(SocketAddr, u32), Asker>,
    lookups: BTreeMap<LookupId, Asker>,
    next_lookup: u64,
    /// What trackers have given us for their next questions.
    pub connection_ids: ConnectionIds,
}

impl Datagrams {
    /// Who asked for this datagram.
    pub fn whose(&self, from: SocketAddr, data: &[u8]) -> Option<Asker> {
        match data.first()? {
            0 => {
                let transaction = u32::from_be_bytes(*data.get(4..)?.first_chunk()?);
                self.answers.get(&(plain(from), transaction)).copied()
            }
            _ => None,
        }
    }

    /// The asker waits for an answer. False if somebody waits for one that looks the same.
    pub fn expect(&mut self, from: SocketAddr, transaction: u32, asker: Asker) -> bool {
        let entry = self.answers.entry((plain(from), transaction));
        let is_new = matches!(entry, Entry::Vacant(_));
        entry.or_insert(asker);
        is_new
    }

    /// Nobody waits for it any more.
    pub fn forget(&mut self, from: SocketAddr, transaction: u32) {
        self.answers.remove(&(plain(from), transaction));
    }

    /// The asker wants to know what a name stands for.
    pub fn look_up(&mut self, asker: Asker) -> LookupId {
        let lookup = LookupId(self.next_lookup);
        self.next_lookup += 1;
        self.lookups.insert(lookup, asker);
        lookup
    }

    /// The name is known, or not needed any more: who has asked for it.
    pub fn end_lookup(&mut self, lookup: LookupId) -> Option<Asker> {
        self.lookups.remove(&lookup)
    }

    /// Everybody for whom something is to come.
    pub fn waiting(&self) -> impl Iterator<Item = Asker> + '_ {
        self.answers.values().chain(self.lookups.values()).copied()
    }
}

/// The address without what only its sender's system knows of it: an address is one, by whichever socket it is seen.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_is_for_whoever_asked_that_address_by_that_number() {
        let (one, two) = (Asker::Scrape { number: 1 }, Asker::Scrape { number: 2 });
        let here: SocketAddr = "10.0.0.1:6969".parse().unwrap();
        let mapped: SocketAddr = "[::ffff:10.0.0.1]:6969".parse().unwrap();
        let mut datagrams = Datagrams::default();
        assert!(datagrams.expect(here, 5, one) && datagrams.expect(here, 6, two));
        assert!(!datagrams.expect(mapped, 5, two), "one of the two would hear the other's answer");
        assert_eq!(datagrams.whose(mapped, &[0, 0, 0, 1, 0, 0, 0, 5]), Some(one));
        assert_eq!(datagrams.whose(here, &[0, 0, 0, 0, 0, 0, 0, 6, 9]), Some(two));
        for (from, data) in [
            ("10.0.0.2:6969", &[0, 0, 0, 1, 0, 0, 0, 5][..]),
            ("10.0.0.1:6968", &[0, 0, 0, 1, 0, 0, 0, 5]),
            ("10.0.0.1:6969", &[0, 0, 0, 1, 0, 0, 0, 7]),
            ("10.0.0.1:6969", &[0, 0, 0, 1, 0, 0, 0]),
            ("10.0.0.1:6969", b"d1:y1:re"),
            ("10.0.0.1:6969", &[]),
        ] {
            assert_eq!(datagrams.whose(from.parse().unwrap(), data), None, "{from} {data:?}");
        }
        datagrams.forget(here, 5);
        assert_eq!(datagrams.whose(here, &[0, 0, 0, 1, 0, 0, 0, 5]), None);
    }
}
