//! The address book, against the connections that there are.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::invariant::{Broken, must_hold};

use super::{ADDRESSES_MAX, AddressBook, HEARSAY_MAX};

impl AddressBook {
    /// Whether the book is within its bounds, and agrees with the addresses at which those who are connected listen.
    ///
    /// # Errors
    /// What differs: a bug in the engine.
    pub fn check_invariants(&self, connected: &BTreeSet<SocketAddr>) -> Result<(), Broken> {
        let (entries, forgotten) = (self.entries.len(), self.forgotten.len());
        must_hold!(entries <= ADDRESSES_MAX, "S29", "{entries} addresses are remembered");
        must_hold!(forgotten <= ADDRESSES_MAX, "S29", "{forgotten} addresses are remembered as not wanted");
        let hearsay = self.entries.iter().filter(|(_, entry)| entry.is_hearsay).count();
        must_hold!(
            hearsay == self.hearsay && hearsay <= HEARSAY_MAX,
            "S29",
            "{hearsay} addresses are hearsay, {} are counted",
            self.hearsay
        );
        for (address, entry) in self.entries.iter() {
            // Else nobody would give it back, and it would never be dialled again.
            must_hold!(
                !entry.is_in_use() || connected.contains(&address),
                "S28",
                "{address} is in use, and nobody is connected there"
            );
            must_hold!(
                !self.forgotten.contains(address),
                "S28",
                "{address} is not to be dialled, and may be"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_entry_is_found() {
        let address = |number: u32| SocketAddr::from((std::net::Ipv4Addr::from(number), 1));
        let connected = BTreeSet::from([address(1)]);
        let mut sound = AddressBook::default();
        sound.in_use(address(1));
        sound.add([address(2)]);
        sound.forget(address(3));
        assert_eq!(sound.check_invariants(&connected), Ok(()));

        let mut lost = sound.clone();
        lost.in_use(address(2));
        let mut wanted_again = sound.clone();
        wanted_again.forgotten.insert(address(2), ());
        let mut long = sound.clone();
        let entry = *sound.entries.get(address(2)).unwrap();
        (3..1_003).for_each(|number| long.entries.insert(address(number), entry));
        let mut bitter = sound.clone();
        (3..1_004).for_each(|number| bitter.forgotten.insert(address(number), ()));
        let mut miscounted = sound.clone();
        miscounted.hear_of([address(4)]);
        miscounted.hearsay = 0;
        for (book, property, what) in [
            (miscounted, "S29", "1 addresses are hearsay, 0 are counted"),
            (lost, "S28", "nobody is connected there"),
            (wanted_again, "S28", "may be"),
            (long, "S29", "1002 addresses"),
            (bitter, "S29", "1001 addresses"),
        ] {
            let broken = book.check_invariants(&connected).unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
