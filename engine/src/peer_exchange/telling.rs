//! What a peer was told, and what is to be told next.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use crate::time::Time;
use crate::wire::PeerExchangeMessage;

/// At most one message in so long (BEP 11).
pub const INTERVAL: Duration = Duration::from_secs(60);
/// Addresses in one message, of those that were added and of those that were dropped each (BEP 11).
pub const CONTACTS_MAX: usize = 50;

/// One peer's view of our connections.
#[derive(Clone, Debug, Default)]
pub struct Telling {
    told: BTreeSet<SocketAddr>,
    next_at: Time,
    /// Up to which change of our connections it was told everything.
    told_until: Option<u64>,
}

impl Telling {
    /// Whether it is time for a message, and something may be new. Changes of our connections are counted by the caller.
    pub fn is_due(&self, now: Time, changes: u64) -> bool {
        now >= self.next_at && self.told_until != Some(changes)
    }

    /// What to tell now: the difference to what was told. `None` if there is none.
    pub fn tell(
        &mut self,
        now: Time,
        changes: u64,
        connected: &BTreeMap<SocketAddr, u8>,
    ) -> Option<PeerExchangeMessage> {
        let dropped = self.told.iter().filter(|address| !connected.contains_key(address)).copied();
        let dropped: Vec<SocketAddr> = dropped.take(CONTACTS_MAX).collect();
        let added = connected.iter().filter(|(address, _)| !self.told.contains(address));
        let added: Vec<(SocketAddr, u8)> =
            added.take(CONTACTS_MAX).map(|(address, flags)| (*address, *flags)).collect();
        if dropped.len() < CONTACTS_MAX && added.len() < CONTACTS_MAX {
            self.told_until = Some(changes);
        }
        if dropped.is_empty() && added.is_empty() {
            return None;
        }
        self.next_at = now + INTERVAL;
        dropped.iter().for_each(|address| {
            self.told.remove(address);
        });
        self.told.extend(added.iter().map(|(address, _)| *address));
        Some(PeerExchangeMessage { added, dropped })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(number: u16) -> SocketAddr {
        ([10, 0, 0, 1], 1 + number).into()
    }

    proptest! {
        /// Whatever changes: messages keep their distance and their size, say nothing twice, and who listens for long
        /// enough knows all.
        #[test]
        fn who_listens_learns_of_all(
            steps in proptest::collection::vec((0..200u64, proptest::collection::btree_set(0..300u16, 0..200)), 1..12),
        ) {
            let mut telling = Telling::default();
            let (mut heard, mut now, mut last) = (BTreeSet::new(), 0, None);
            let steps: Vec<_> = (0..).zip(&steps).map(|(changes, (wait, set))| (changes, *wait, set)).collect();
            let (last_change, _, final_set) = *steps.last().unwrap();
            let rest = std::iter::repeat_n((last_change, 60, final_set), 20);
            for (changes, wait, set) in steps.iter().copied().chain(rest) {
                now += wait;
                let connected: BTreeMap<_, _> = set.iter().map(|number| (address(*number), 0)).collect();
                let at = Time::from_secs(now);
                if !telling.is_due(at, changes) {
                    continue;
                }
                let Some(message) = telling.tell(at, changes, &connected) else { continue };
                prop_assert!(last.is_none_or(|last| now - last >= 60));
                last = Some(now);
                prop_assert!(message.added.len() <= CONTACTS_MAX && message.dropped.len() <= CONTACTS_MAX);
                for address in &message.dropped {
                    prop_assert!(heard.remove(address) && !connected.contains_key(address));
                }
                for (address, _) in &message.added {
                    prop_assert!(heard.insert(*address) && connected.contains_key(address));
                }
            }
            let expected: BTreeSet<_> = final_set.iter().map(|number| address(*number)).collect();
            prop_assert_eq!(heard, expected);
        }
    }

    #[test]
    fn nothing_new_is_no_message_and_costs_no_minute() {
        let mut telling = Telling::default();
        assert!(telling.is_due(Time::ZERO, 0));
        assert_eq!(telling.tell(Time::ZERO, 0, &BTreeMap::new()), None);
        assert!(!telling.is_due(Time::from_secs(9), 0), "nothing has changed");
        assert!(telling.is_due(Time::from_secs(9), 1));
        let connected = BTreeMap::from([(address(1), 2)]);
        let message = telling.tell(Time::from_secs(9), 1, &connected).unwrap();
        assert_eq!(message.added, [(address(1), 2)]);
        assert!(!telling.is_due(Time::from_secs(68), 2));
        assert!(telling.is_due(Time::from_secs(69), 2));
    }
}
