//! Connection ids over UDP (BEP 15), of which nothing is remembered: an id says by itself to whom it was given, and when.
//!
//! Whoever shows an id has received datagrams at its address. Who only writes a sender's address into its datagrams
//! can't know the id, and so can't announce others, nor have answers sent to them.

use std::net::{IpAddr, SocketAddr};

use sha1::{Digest, Sha1};

use crate::time::Time;

/// In each window an address has another id. Those of this window and of the one before are accepted: an id is good for
/// two minutes at least, as BEP 15 asks for, and for four at most.
const WINDOW_SECONDS: u64 = 120;

/// Gives ids, and recognises them.
#[derive(Clone, Debug)]
pub(super) struct ConnectionIds {
    secret: [u8; 16],
}

impl ConnectionIds {
    /// With a secret that nobody else knows.
    pub fn new(secret: [u8; 16]) -> ConnectionIds {
        ConnectionIds { secret }
    }

    /// The id that this address is given now.
    pub fn of(&self, address: SocketAddr, now: Time) -> u64 {
        self.in_window(address, window(now))
    }

    /// Whether the id was given to this address a short while ago.
    pub fn knows(&self, id: u64, address: SocketAddr, now: Time) -> bool {
        let window = window(now);
        [Some(window), window.checked_sub(1)]
            .into_iter()
            .flatten()
            .any(|window| id == self.in_window(address, window))
    }

    fn in_window(&self, address: SocketAddr, window: u64) -> u64 {
        let mut hash = Sha1::new();
        hash.update(self.secret);
        hash.update(window.to_be_bytes());
        hash.update(address.port().to_be_bytes());
        match address.ip() {
            IpAddr::V4(ip) => hash.update(ip.to_ipv6_mapped().octets()),
            IpAddr::V6(ip) => hash.update(ip.octets()),
        }
        let hash: [u8; 20] = hash.finalize().into();
        u64::from_be_bytes(*hash.first_chunk().expect("a hash is longer"))
    }
}

fn window(now: Time) -> u64 {
    now.as_nanos() / 1_000_000_000 / WINDOW_SECONDS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_good_for_two_minutes_and_not_for_four(
            given in 0u64..10_000, later in 0u64..500, secret: [u8; 16], ip: u32, port: u16, other: u32,
        ) {
            let ids = ConnectionIds::new(secret);
            let address = |ip: u32| SocketAddr::from((std::net::Ipv4Addr::from(ip), port));
            let id = ids.of(address(ip), Time::from_secs(given));
            let knows = |ip| ids.knows(id, address(ip), Time::from_secs(given + later));
            prop_assert!(later > 120 || knows(ip));
            prop_assert!(later < 240 || !knows(ip));
            prop_assert!(other == ip || !knows(other));
        }
    }

    #[test]
    fn another_port_or_secret_has_another_id() {
        let (ids, others) = (ConnectionIds::new([1; 16]), ConnectionIds::new([2; 16]));
        let [here, there]: [SocketAddr; 2] = ["[::1]:5", "[::1]:6"].map(|text| text.parse().unwrap());
        let id = ids.of(here, Time::ZERO);
        assert!(ids.knows(id, here, Time::ZERO));
        assert!(!ids.knows(id, there, Time::ZERO) && !others.knows(id, here, Time::ZERO));
    }
}
