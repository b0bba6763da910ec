//! Canonical peer priority (BEP 40): how much two addresses are to be connected, the same number for both of them.
//!
//! If all keep the connections of the highest priority when they can't keep all, whoever comes late finds its place, and
//! who dials again and again drives nobody out. Networks are told apart by what a neighbour can't choose: of a strange
//! address only every other bit of the last two bytes counts.
//!
//! Of IPv6 addresses BEP 40 tells networks apart by 48 bits, and then by 56, and masks all that follows; libtorrent, whose author
//! wrote it, by 32 and 48, and leaves the last eight bytes as they are (`src/torrent_peer.cpp`). The number is good for
//! something only if both sides have the same, and most others are libtorrent's: this is what libtorrent computes.

use std::net::{IpAddr, SocketAddr};

/// The priority of a connection between two addresses; `None` if they are of different families.
///
/// ```
/// use swarmlab_engine::peer_priority::peer_priority;
///
/// let at = |address: &str| address.parse().unwrap();
/// // BEP 40's own examples.
/// assert_eq!(peer_priority(at("123.213.32.10:1"), at("98.76.54.32:2")), Some(0xec2d_7224));
/// assert_eq!(peer_priority(at("123.213.32.10:1"), at("123.213.32.234:2")), Some(0x9956_8189));
/// ```
pub fn peer_priority(one: SocketAddr, other: SocketAddr) -> Option<u32> {
    match (one.ip().to_canonical(), other.ip().to_canonical()) {
        (one_ip, other_ip) if one_ip == other_ip => {
            Some(of_both(one.port().to_be_bytes(), other.port().to_be_bytes()))
        }
        (IpAddr::V4(one), IpAddr::V4(other)) => Some(of_masked(one.octets(), other.octets(), [2, 3])),
        (IpAddr::V6(one), IpAddr::V6(other)) => Some(of_masked(one.octets(), other.octets(), [4, 6])),
        _ => None,
    }
}

/// The priority of two addresses of which so many bytes name the network, and so many the part of it: what follows the first
/// of these that differs is masked, up to twice as many as name the network.
fn of_masked<const N: usize>(one: [u8; N], other: [u8; N], shared: [usize; 2]) -> u32 {
    let last = 2 * shared[0];
    let from = shared.into_iter().find(|bytes| one[..*bytes] != other[..*bytes]).unwrap_or(last);
    let masked = |mut address: [u8; N]| {
        address[from..last].iter_mut().for_each(|byte| *byte &= 0x55);
        address
    };
    // They are ordered as they are, and then masked.
    let [less, greater] = if one < other { [one, other] } else { [other, one] };
    of_both_in_order(&masked(less), &masked(greater))
}

fn of_both<const N: usize>(one: [u8; N], other: [u8; N]) -> u32 {
    let [less, greater] = if one < other { [one, other] } else { [other, one] };
    of_both_in_order(&less, &greater)
}

fn of_both_in_order(less: &[u8], greater: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(less), greater)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn priority(one: &str, other: &str) -> Option<u32> {
        peer_priority(one.parse().unwrap(), other.parse().unwrap())
    }

    /// Those of libtorrent's test (`test/test_peer_priority.cpp`).
    #[test]
    fn what_is_hashed_is_what_libtorrent_hashes() {
        let hash = |bytes: &[u8]| Some(crc32c::crc32c(bytes));
        assert_eq!(priority("230.12.123.3:1234", "230.12.123.3:300"), hash(b"\x01\x2c\x04\xd2"));
        assert_eq!(
            priority("230.12.123.1:1234", "230.12.123.3:300"),
            hash(b"\xe6\x0c\x7b\x01\xe6\x0c\x7b\x03")
        );
        assert_eq!(
            priority("230.12.23.1:1234", "230.12.123.3:300"),
            hash(b"\xe6\x0c\x17\x01\xe6\x0c\x7b\x01")
        );
        assert_eq!(
            priority("230.120.23.1:1234", "230.12.123.3:300"),
            hash(b"\xe6\x0c\x51\x01\xe6\x78\x15\x01")
        );
        assert_eq!(
            priority("[ffff:ffff:ffff:ffff::1]:1234", "[ffff:ffff:ffff:ffff::1]:300"),
            hash(b"\x01\x2c\x04\xd2")
        );
        let less = b"\xff\xff\x0f\xff\x55\x55\x55\x55\0\0\0\0\0\0\0\x01";
        let greater = b"\xff\xff\xff\xff\x55\x55\x55\x55\0\0\0\0\0\0\0\x01";
        assert_eq!(
            priority("[ffff:ffff:ffff:ffff::1]:1234", "[ffff:0fff:ffff:ffff::1]:300"),
            hash(&[*less, *greater].concat())
        );
    }

    #[test]
    fn neighbours_are_told_apart_by_more() {
        let hash = |bytes: &[u8]| Some(crc32c::crc32c(bytes));
        // BEP 40: other networks, the same /16, the same /24.
        assert_eq!(priority("1.2.255.255:1", "3.4.255.255:1"), hash(&[1, 2, 0x55, 0x55, 3, 4, 0x55, 0x55]));
        assert_eq!(priority("1.2.3.255:1", "1.2.4.255:1"), hash(&[1, 2, 3, 0x55, 1, 2, 4, 0x55]));
        assert_eq!(priority("1.2.3.255:1", "1.2.3.254:1"), hash(&[1, 2, 3, 254, 1, 2, 3, 255]));
        let of_v6 = |one: [u8; 8], other: [u8; 8]| hash(&[one, [0; 8], other, [0; 8]].concat());
        assert_eq!(
            priority("[1:2:ff:ff::]:1", "[1:2:fe:ff::]:1"),
            of_v6([0, 1, 0, 2, 0, 0xfe, 0, 0x55], [0, 1, 0, 2, 0, 0xff, 0, 0x55])
        );
        assert_eq!(
            priority("[1:2:3:ff::]:1", "[1:2:3:fe::]:1"),
            of_v6([0, 1, 0, 2, 0, 3, 0, 0xfe], [0, 1, 0, 2, 0, 3, 0, 0xff])
        );
    }

    #[test]
    fn at_one_address_the_ports_count_and_nowhere_else() {
        assert_eq!(priority("1.2.3.4:1", "1.2.3.4:2"), priority("8.8.8.8:2", "8.8.8.8:1"));
        assert_ne!(priority("1.2.3.4:1", "1.2.3.4:2"), priority("1.2.3.4:1", "1.2.3.4:3"));
        assert_eq!(priority("1.2.3.4:1", "1.2.3.5:2"), priority("1.2.3.4:7", "1.2.3.5:9"));
    }

    #[test]
    fn an_ipv4_address_is_one_however_it_is_written_and_families_do_not_mix() {
        assert_eq!(priority("[::ffff:1.2.3.4]:5", "9.8.7.6:5"), priority("1.2.3.4:5", "9.8.7.6:5"));
        assert_eq!(priority("[2001:db8::1]:5", "9.8.7.6:5"), None);
    }

    fn near(one: SocketAddr, shared: usize, noise: u128) -> IpAddr {
        match one.ip() {
            IpAddr::V4(ip) => {
                IpAddr::V4((u32::from(ip) ^ (noise as u32).unbounded_shr(8 * shared as u32)).into())
            }
            IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) ^ noise.unbounded_shr(8 * shared as u32)).into()),
        }
    }

    proptest! {
        #[test]
        fn both_sides_have_the_same_number(one: SocketAddr, other: SocketAddr) {
            prop_assert_eq!(peer_priority(one, other), peer_priority(other, one));
        }

        #[test]
        fn neighbours_have_the_same_number(one: SocketAddr, shared in 0..17usize, noise: u128, port: u16) {
            let other = SocketAddr::new(near(one, shared, noise), port);
            prop_assert_eq!(peer_priority(one, other), peer_priority(other, one));
        }
    }
}
