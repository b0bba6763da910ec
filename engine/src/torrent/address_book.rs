//! Addresses of peers that may be dialled.

mod by_address;
mod recount;

use std::cmp::Reverse;
use std::net::SocketAddr;
use std::time::Duration;

use crate::random::{Rng, below};
use crate::time::Time;

use by_address::ByAddress;

/// Addresses remembered for one torrent; what comes beyond is dropped.
const ADDRESSES_MAX: usize = 1_000;
/// Of these, addresses that only peers have named (BEP 11): they make room for what a tracker or the user names.
const HEARSAY_MAX: usize = ADDRESSES_MAX / 2;
/// After a failure an address rests for so long, twice as long after the second, and so on.
const REST: Duration = Duration::from_secs(30);
/// An address that failed so often in a row is forgotten.
const FAILURES_MAX: u32 = 4;

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// From when on it may be dialled; `NEVER` while a connection with it exists or is being made.
    idle_from: Time,
    failures: u32,
    /// Only peers have named it.
    is_hearsay: bool,
    /// The user has named it: it is never forgotten for its failures, since nobody may ever name it again.
    is_given: bool,
}

impl Entry {
    fn new(is_hearsay: bool) -> Entry {
        Entry { idle_from: Time::ZERO, failures: 0, is_hearsay, is_given: false }
    }

    fn is_in_use(&self) -> bool {
        self.idle_from == Time::NEVER
    }
}

/// Addresses by state.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressBook {
    entries: ByAddress<Entry>,
    /// How many of them are hearsay.
    hearsay: usize,
    /// Not to be dialled, whoever names them again; at most [`ADDRESSES_MAX`].
    forgotten: ByAddress<()>,
}

impl AddressBook {
    /// Adds what is not known yet, as far as there is room.
    pub fn add(&mut self, addresses: impl IntoIterator<Item = SocketAddr>) {
        for address in addresses {
            if let Some(entry) = self.entries.get_mut(address) {
                self.hearsay -= usize::from(std::mem::take(&mut entry.is_hearsay));
                continue;
            }
            let is_wanted = address.port() != 0 && !self.forgotten.contains(address);
            if is_wanted && (self.entries.len() < ADDRESSES_MAX || self.make_room()) {
                self.entries.insert(address, Entry::new(false));
            }
        }
    }

    /// Adds what the user names.
    pub fn give(&mut self, addresses: Vec<SocketAddr>) {
        self.add(addresses.iter().copied());
        for address in &addresses {
            self.entries.get_mut(*address).into_iter().for_each(|entry| entry.is_given = true);
        }
    }

    /// Adds what peers name and nobody else has.
    pub fn hear_of(&mut self, addresses: impl IntoIterator<Item = SocketAddr>) {
        for address in addresses {
            let room = self.entries.len() < ADDRESSES_MAX && self.hearsay < HEARSAY_MAX;
            let is_known = self.entries.contains(address) || self.forgotten.contains(address);
            if room && address.port() != 0 && !is_known {
                self.entries.insert(address, Entry::new(true));
                self.hearsay += 1;
            }
        }
    }

    /// Only peers have named this address.
    pub fn is_hearsay(&self, address: SocketAddr) -> bool {
        self.entries.get(address).is_some_and(|entry| entry.is_hearsay)
    }

    /// Forgets what only peers have named.
    pub fn forget_hearsay(&mut self) {
        self.entries.retain(|entry| !entry.is_hearsay);
        self.hearsay = 0;
    }

    /// Forgets one address that is hearsay and not in use. False if there is none.
    fn make_room(&mut self) -> bool {
        let is_idle = |entry: &Entry| entry.is_hearsay && !entry.is_in_use();
        let found = self.entries.iter().find(|(_, entry)| is_idle(entry)).map(|(address, _)| address);
        found.is_some_and(|address| self.remove(address))
    }

    /// Takes an address to dial; of those that only peers have named none as long as there is another. Of the others one
    /// that has failed least often in a row, and of these one of the highest priority (BEP 40), as libtorrent does
    /// (`peer_list::compare_peer`). Of those that are alike in this, each is equally likely.
    pub fn take(
        &mut self,
        now: Time,
        rng: &mut Rng,
        priority: impl Fn(SocketAddr) -> Option<u32>,
    ) -> Option<SocketAddr> {
        let mut first = None;
        let mut alike = Vec::new();
        for (address, entry) in self.entries.iter().filter(|(_, entry)| entry.idle_from <= now) {
            let rank = (entry.is_hearsay, entry.failures, Reverse(priority(address)));
            if first.is_none_or(|first| rank < first) {
                first = Some(rank);
                alike.clear();
            }
            if first == Some(rank) {
                alike.push(address);
            }
        }
        if alike.is_empty() {
            return None;
        }
        let chosen = alike[below(rng, alike.len() as u32) as usize];
        self.entries.get_mut(chosen)?.idle_from = Time::NEVER;
        Some(chosen)
    }

    /// A connection with this address exists, whoever dialled.
    pub fn in_use(&mut self, address: SocketAddr) {
        self.add([address]);
        if let Some(entry) = self.entries.get_mut(address) {
            (entry.idle_from, entry.failures) = (Time::NEVER, 0);
        }
    }

    /// The connection was made; a later end of it is no failure.
    pub fn succeeded(&mut self, address: SocketAddr) {
        if let Some(entry) = self.entries.get_mut(address) {
            entry.failures = 0;
        }
    }

    /// The connection has ended, or was never made.
    pub fn ended(&mut self, address: SocketAddr, now: Time) {
        let Some(entry) = self.entries.get_mut(address) else { return };
        entry.failures += 1;
        entry.idle_from = now + REST * (1 << (entry.failures - 1).min(4));
        if entry.failures >= FAILURES_MAX && !entry.is_given {
            self.remove(address);
        }
    }

    /// Never dial it again: it is ourselves, banned, or has everything as we have.
    pub fn forget(&mut self, address: SocketAddr) {
        self.remove(address);
        if self.forgotten.len() < ADDRESSES_MAX {
            self.forgotten.insert(address, ());
        }
    }

    /// True if it was there.
    fn remove(&mut self, address: SocketAddr) -> bool {
        let Some(entry) = self.entries.remove(address) else { return false };
        self.hearsay -= usize::from(entry.is_hearsay);
        true
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn address(number: u32) -> SocketAddr {
        (std::net::Ipv4Addr::from(number), 1).into()
    }

    #[test]
    fn hearsay_is_dialled_last_and_makes_room() {
        let (mut book, mut rng) = (AddressBook::default(), Rng::seed_from_u64(1));
        book.hear_of((0..2_000).map(address));
        assert_eq!(
            book.entries.len(),
            HEARSAY_MAX,
            "the rest of the book is for those who are to be believed"
        );
        book.add((10_000..10_010).map(address));
        let first: Vec<_> = (0..10).filter_map(|_| book.take(Time::ZERO, &mut rng, |_| None)).collect();
        assert!(first.iter().all(|address| !book.is_hearsay(*address)), "{first:?}");
        let next = book.take(Time::ZERO, &mut rng, |_| None).expect("now hearsay has its turn");
        assert!(book.is_hearsay(next));
        book.add((20_000..22_000).map(address));
        assert_eq!(book.entries.len(), ADDRESSES_MAX);
        assert_eq!(book.hearsay, 1, "what is in use stays");
        book.ended(next, Time::ZERO);
        book.add([next]);
        assert!(!book.is_hearsay(next), "a tracker has named it too");
        assert_eq!(book.hearsay, 0);
    }

    #[test]
    fn hearsay_is_forgotten_at_once() {
        let mut book = AddressBook::default();
        book.hear_of([address(1), address(2)]);
        book.add([address(2), address(3)]);
        book.forget_hearsay();
        assert_eq!(
            book.entries.iter().map(|(address, _)| address).collect::<Vec<_>>(),
            [address(2), address(3)]
        );
    }

    #[test]
    fn what_the_user_names_is_never_given_up() {
        let (mut book, mut rng) = (AddressBook::default(), Rng::seed_from_u64(1));
        book.give(vec![address(1)]);
        book.add([address(2)]);
        let mut now = Time::ZERO;
        for _ in 0..20 {
            while let Some(dialled) = book.take(now, &mut rng, |_| None) {
                book.ended(dialled, now);
            }
            now += REST * 16;
        }
        assert_eq!(book.entries.iter().map(|(address, _)| address).collect::<Vec<_>>(), [address(1)]);
        assert_eq!(
            book.take(now, &mut rng, |_| None),
            Some(address(1)),
            "it rests for eight minutes at most"
        );
    }

    #[test]
    fn who_has_failed_least_and_then_who_has_the_highest_priority_is_dialled_first() {
        let (mut book, mut rng) = (AddressBook::default(), Rng::seed_from_u64(1));
        book.add((1..5).map(address));
        book.hear_of([address(9)]);
        // The third is of another family, as it were.
        let priority = |at: SocketAddr| (at != address(3)).then(|| [0, 5, 7, 0, 6, 0, 0, 0, 0, 9][host(at)]);
        let mut take = |book: &mut AddressBook, now: u64| {
            let taken = book.take(Time::from_secs(now), &mut rng, priority).map(host);
            taken.inspect(|taken| book.ended(address(*taken as u32), Time::from_secs(now)))
        };
        let taken: Vec<_> = std::iter::from_fn(|| take(&mut book, 0)).collect();
        assert_eq!(taken, [2, 4, 1, 3, 9]);
        assert_eq!(take(&mut book, 30), Some(2));
    }

    fn host(address: SocketAddr) -> usize {
        let std::net::IpAddr::V4(ip) = address.ip() else { panic!("{address}") };
        u32::from(ip) as usize
    }
}
