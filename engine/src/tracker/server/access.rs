//! What is served, and to whom.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use crate::metainfo::InfoHash;

use super::query::BadRequest;

/// The longest key in an announce URL.
pub const KEY_BYTES_MAX: usize = 128;

/// The torrents and the peers that a tracker serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The torrents; all if not said.
    pub torrents: Option<BTreeSet<InfoHash>>,
    /// The peers; all if not said.
    pub peers: Option<AllowedPeers>,
}

/// Who may announce: whoever has one of the addresses, and whoever has one of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedPeers {
    /// Networks from which anybody may.
    pub networks: Vec<Network>,
    /// Keys, as they stand in the URL behind `/announce/`.
    pub keys: BTreeSet<Arc<str>>,
}

/// By what somebody was let in: its key, if not its address.
pub(super) type Pass = Option<Arc<str>>;

impl Access {
    /// Whether this torrent is served.
    pub(super) fn serves(&self, info_hash: InfoHash) -> bool {
        self.torrents.as_ref().is_none_or(|allowed| allowed.contains(&info_hash))
    }

    /// Refuses what is not served, in words.
    pub(super) fn check_torrent(&self, info_hash: InfoHash) -> Result<(), BadRequest> {
        if self.serves(info_hash) { Ok(()) } else { Err(BadRequest::refused("unregistered torrent")) }
    }

    /// Lets somebody in who has this address and says this key, or refuses it, in words.
    pub(super) fn admit(&self, from: IpAddr, key: Option<&str>) -> Result<Pass, BadRequest> {
        let Some(allowed) = &self.peers else { return Ok(None) };
        if allowed.networks.iter().any(|network| network.contains(from)) {
            return Ok(None);
        }
        match key {
            None => Err(BadRequest::refused("not allowed: the announce URL lacks its key")),
            Some(key) => match allowed.keys.get(key) {
                Some(known) => Ok(Some(known.clone())),
                None => Err(BadRequest::refused("not allowed: unknown key")),
            },
        }
    }

    /// Whether somebody who was let in so would be now.
    pub(super) fn still_admits(&self, address: IpAddr, pass: &Pass) -> bool {
        self.admit(address, pass.as_deref()).is_ok()
    }
}

/// Addresses that begin alike (CIDR): `192.0.2.0/24`, `2001:db8::/32`, or one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// As an IPv6 address; IPv4 is mapped into it.
    first: u128,
    /// How many of its bits count.
    bits: u32,
}

/// Text that is no address and no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Not an address before the slash.
    #[error("not an IP address")]
    Address,
    /// Not a number of bits behind it, or more than the address has.
    #[error("not a number of bits that the address has")]
    Bits,
    /// Bits are set beyond those that count: probably a mistake.
    #[error("the address goes on behind its {0} bits; did you mean {1}/{0}?")]
    Beyond(u32, IpAddr),
}

impl Network {
    /// Whether the address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        (number(address) ^ self.first) & mask(self.bits) == 0
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Network, NetworkError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let said = bits.map_or(Ok(width), |bits| bits.parse().map_err(|_| NetworkError::Bits))?;
        if said > width {
            return Err(NetworkError::Bits);
        }
        let (first, bits) = (number(address), 128 - width + said);
        if first & !mask(bits) != 0 {
            let meant = Ipv6Addr::from(first & mask(bits));
            let meant = if address.is_ipv4() { IpAddr::from(meant).to_canonical() } else { meant.into() };
            return Err(NetworkError::Beyond(said, meant));
        }
        Ok(Network { first, bits })
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn mask(bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_what_begins_alike() {
        for (network, address, is_in) in [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.6", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "1.2.3.4", true),
            ("2001:db8::/32", "2001:db8:ffff::", true),
            ("2001:db8::/33", "2001:db8:ffff::", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), is_in, "{network:?} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for (text, error) in [
            ("", NetworkError::Address),
            ("192.0.2", NetworkError::Address),
            ("tracker.example", NetworkError::Address),
            ("192.0.2.0/33", NetworkError::Bits),
            ("192.0.2.0/", NetworkError::Bits),
            ("::/129", NetworkError::Bits),
            ("::/-1", NetworkError::Bits),
            ("192.0.2.1/24", NetworkError::Beyond(24, "192.0.2.0".parse().unwrap())),
            ("2001:db8::1/32", NetworkError::Beyond(32, "2001:db8::".parse().unwrap())),
        ] {
            assert_eq!(text.parse::<Network>(), Err(error), "{text}");
        }
    }

    #[test]
    fn an_address_or_a_key_lets_in() {
        let allowed = AllowedPeers {
            networks: vec!["10.0.0.0/8".parse().unwrap()],
            keys: BTreeSet::from(["sesame".into()]),
        };
        let access = Access { torrents: None, peers: Some(allowed) };
        let (inside, outside) = ("10.1.2.3".parse().unwrap(), "192.0.2.1".parse().unwrap());
        assert_eq!(access.admit(inside, None), Ok(None));
        assert_eq!(access.admit(inside, Some("wrong")), Ok(None));
        assert_eq!(access.admit(outside, Some("sesame")), Ok(Some("sesame".into())));
        assert!(access.admit(outside, None).is_err() && access.admit(outside, Some("open")).is_err());
        assert_eq!(Access::default().admit(outside, Some("any")), Ok(None));
        assert!(!Access { peers: Some(AllowedPeers::default()), ..access }.still_admits(inside, &None));
    }
}
