//! Addresses of peers that may be dialled.

mod recount;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use crate::random::{Rng, below};
use crate::time::Time;

/// Addresses remembered for one torrent; what comes beyond is dropped.
const ADDRESSES_MAX: usize = 1_000;
/// After a failure an address rests for so long, twice as long after the second, and so on.
const REST: Duration = Duration::from_secs(30);
/// An address that failed so often in a row is forgotten.
const FAILURES_MAX: u32 = 4;

#[derive(Clone, Copy, Debug)]
enum State {
    /// May be dialled from this time on.
    Idle { from: Time },
    /// A connection with it exists or is being made.
    InUse,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    state: State,
    failures: u32,
}

/// Addresses by state.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressBook {
    entries: BTreeMap<SocketAddr, Entry>,
    /// Not to be dialled, whoever names them again; at most [`ADDRESSES_MAX`].
    forgotten: BTreeSet<SocketAddr>,
}

impl AddressBook {
    /// Adds what is not known yet, as far as there is room.
    pub fn add(&mut self, addresses: impl IntoIterator<Item = SocketAddr>) {
        for address in addresses {
            let room = self.entries.len() < ADDRESSES_MAX;
            if room && address.port() != 0 && !self.forgotten.contains(&address) {
                self.entries
                    .entry(address)
                    .or_insert(Entry { state: State::Idle { from: Time::ZERO }, failures: 0 });
            }
        }
    }

    /// Takes an address to dial, each that may be equally likely.
    pub fn take(&mut self, now: Time, rng: &mut Rng) -> Option<SocketAddr> {
        let idle = |entry: &Entry| matches!(entry.state, State::Idle { from } if from <= now);
        let choices = self.entries.values().filter(|entry| idle(entry)).count();
        let chosen = below(rng, choices as u32) as usize;
        let (address, entry) = self.entries.iter_mut().filter(|(_, entry)| idle(entry)).nth(chosen)?;
        entry.state = State::InUse;
        Some(*address)
    }

    /// A connection with this address exists, whoever dialled.
    pub fn in_use(&mut self, address: SocketAddr) {
        self.add([address]);
        if let Some(entry) = self.entries.get_mut(&address) {
            *entry = Entry { state: State::InUse, failures: 0 };
        }
    }

    /// The connection was made; a later end of it is no failure.
    pub fn succeeded(&mut self, address: SocketAddr) {
        if let Some(entry) = self.entries.get_mut(&address) {
            entry.failures = 0;
        }
    }

    /// The connection has ended, or was never made.
    pub fn ended(&mut self, address: SocketAddr, now: Time) {
        let Some(entry) = self.entries.get_mut(&address) else { return };
        entry.failures += 1;
        entry.state = State::Idle { from: now + REST * (1 << (entry.failures - 1).min(4)) };
        if entry.failures >= FAILURES_MAX {
            self.entries.remove(&address);
        }
    }

    /// Never dial it again: it is ourselves, banned, or has everything as we have.
    pub fn forget(&mut self, address: SocketAddr) {
        self.entries.remove(&address);
        if self.forgotten.len() < ADDRESSES_MAX {
            self.forgotten.insert(address);
        }
    }
}
