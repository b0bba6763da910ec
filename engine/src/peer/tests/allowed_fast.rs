use std::net::{IpAddr, Ipv6Addr};

use proptest::prelude::*;

use crate::metainfo::InfoHash;
use crate::peer::allowed_fast::allowed_fast_set;

proptest! {
    /// Both sides compute it, so it must be the same for all of a /24; and a piece is granted once.
    #[test]
    fn the_set_has_its_size_and_no_piece_twice(
        network in any::<[u8; 3]>(),
        hosts in any::<[u8; 2]>(),
        hash in any::<[u8; 20]>(),
        pieces in 1u32..40,
        size in 0usize..10,
    ) {
        let [a, b, c] = network;
        let set = |host| allowed_fast_set([a, b, c, host].into(), InfoHash(hash), pieces, size);
        let mut found = set(hosts[0]);
        prop_assert_eq!(&found, &set(hosts[1]));
        prop_assert!(found.iter().all(|piece| *piece < pieces));
        prop_assert_eq!(found.len(), size.min(pieces as usize));
        found.sort_unstable();
        found.dedup();
        prop_assert_eq!(found.len(), size.min(pieces as usize));
    }
}

#[test]
fn there_is_none_for_ipv6() {
    assert!(allowed_fast_set(IpAddr::V6(Ipv6Addr::LOCALHOST), InfoHash([1; 20]), 100, 5).is_empty());
}
