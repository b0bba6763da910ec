//! The message of peer exchange (BEP 11): whom the sender is connected with since it said so last, and whom no more.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;

use crate::bencode::{self, Dict, Limits, Tree, Value};

/// Peers read of each kind in one message; what goes beyond is dropped. BEP 11 allows 50, and more only in the first
/// message; libtorrent sends up to 100 in that.
pub const PEX_PEERS_READ_MAX: usize = 100;

/// The flags of an added peer (`added.f`, BEP 11).
pub mod flag {
    /// It wants nothing: a seed, or upload only.
    pub const SEED: u8 = 0x02;
    /// The sender has dialled it, so others can.
    pub const REACHABLE: u8 = 0x10;
}

/// One message of `ut_pex`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerExchangeMessage {
    /// Connected now, with their flags.
    pub added: Vec<(SocketAddr, u8)>,
    /// Not connected any more.
    pub dropped: Vec<SocketAddr>,
}

/// Bytes that are no message of `ut_pex`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a malformed message of peer exchange")]
pub struct BadPeerExchange;

impl PeerExchangeMessage {
    /// The payload of the message.
    pub fn encode(&self) -> Bytes {
        let (mut lists, mut flags) = ([(); 4].map(|()| Vec::new()), [(); 2].map(|()| Vec::new()));
        for (address, said) in &self.added {
            let family = usize::from(address.is_ipv6());
            compact(*address, &mut lists[family]);
            flags[family].push(*said);
        }
        for address in &self.dropped {
            compact(*address, &mut lists[2 + usize::from(address.is_ipv6())]);
        }
        let keys = ["added", "added6", "dropped", "dropped6"];
        let lists = keys.into_iter().zip(&lists);
        let flags = ["added.f", "added6.f"].into_iter().zip(&flags);
        let entries = lists.chain(flags).filter(|(_, bytes)| !bytes.is_empty());
        Tree::dict(entries.map(|(key, bytes)| (key, Tree::from(&bytes[..])))).encode().into()
    }

    /// Reads the payload of the message. Addresses that nobody can have are left out; flags that are missing are none.
    ///
    /// # Errors
    /// It is no dictionary, or a list is not made of whole addresses.
    pub fn decode(payload: &[u8]) -> Result<PeerExchangeMessage, BadPeerExchange> {
        let (value, _) = bencode::decode_prefix(payload, Limits::MESSAGE).map_err(|_| BadPeerExchange)?;
        let said = value.as_dict().ok_or(BadPeerExchange)?;
        let flags = |key: &[u8]| said.get(key).and_then(Value::as_bytes).unwrap_or_default();
        let added = addresses::<6>(said, b"added")?.zip(all_flags(flags(b"added.f")));
        let added6 = addresses::<18>(said, b"added6")?.zip(all_flags(flags(b"added6.f")));
        let added = added.take(PEX_PEERS_READ_MAX).chain(added6.take(PEX_PEERS_READ_MAX));
        let dropped = addresses::<6>(said, b"dropped")?.take(PEX_PEERS_READ_MAX);
        let dropped = dropped.chain(addresses::<18>(said, b"dropped6")?.take(PEX_PEERS_READ_MAX));
        Ok(PeerExchangeMessage {
            added: added.filter(|(address, _)| can_be(address)).collect(),
            dropped: dropped.filter(can_be).collect(),
        })
    }
}

fn compact(address: SocketAddr, out: &mut Vec<u8>) {
    match address.ip() {
        IpAddr::V4(ip) => out.extend_from_slice(&ip.octets()),
        IpAddr::V6(ip) => out.extend_from_slice(&ip.octets()),
    }
    out.extend_from_slice(&address.port().to_be_bytes());
}

fn all_flags(flags: &[u8]) -> impl Iterator<Item = u8> {
    flags.iter().copied().chain(std::iter::repeat(0))
}

/// Addresses of 4 or 16 bytes, each followed by a port. A list that is not there is empty.
fn addresses<'a, const N: usize>(
    said: &Dict<'a>,
    key: &[u8],
) -> Result<impl Iterator<Item = SocketAddr> + use<'a, N>, BadPeerExchange> {
    let bytes = said.get(key).map_or(Some(&[][..]), Value::as_bytes).ok_or(BadPeerExchange)?;
    let (entries, []) = bytes.as_chunks::<N>() else { return Err(BadPeerExchange) };
    Ok(entries.iter().map(|entry| {
        let (ip, port) = entry.split_at(N - 2);
        let mut octets = [0; 16];
        octets[..N - 2].copy_from_slice(ip);
        let ip = match N {
            6 => IpAddr::from([octets[0], octets[1], octets[2], octets[3]]),
            _ => IpAddr::from(octets).to_canonical(),
        };
        SocketAddr::new(ip, u16::from_be_bytes([port[0], port[1]]))
    }))
}

fn can_be(address: &SocketAddr) -> bool {
    let ip = address.ip();
    let is_broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && !is_broadcast
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address() -> impl Strategy<Value = SocketAddr> {
        let v4 = any::<[u8; 4]>().prop_map(IpAddr::from);
        let v6 = any::<[u8; 16]>().prop_map(|ip| IpAddr::from(ip).to_canonical());
        (prop_oneof![v4, v6], any::<u16>()).prop_map(SocketAddr::from).prop_filter("nobody has it", can_be)
    }

    /// In the order in which they are written: IPv4 first.
    fn sorted<T>(mut list: Vec<T>, address: impl Fn(&T) -> SocketAddr) -> Vec<T> {
        list.sort_by_key(|entry| address(entry).is_ipv6());
        list
    }

    proptest! {
        #[test]
        fn what_is_said_is_read(
            added in proptest::collection::vec((address(), any::<u8>()), 0..50),
            dropped in proptest::collection::vec(address(), 0..50),
        ) {
            let said = PeerExchangeMessage {
                added: sorted(added, |(address, _)| *address),
                dropped: sorted(dropped, |address| *address),
            };
            prop_assert_eq!(PeerExchangeMessage::decode(&said.encode()), Ok(said));
        }
    }

    #[test]
    fn the_bytes_are_those_of_bep_11() {
        let said = PeerExchangeMessage {
            added: vec![(([10, 0, 0, 1], 6881).into(), flag::SEED | flag::REACHABLE)],
            dropped: vec![(std::net::Ipv6Addr::LOCALHOST, 80).into()],
        };
        let expected = b"d5:added6:\x0a\x00\x00\x01\x1a\xe17:added.f1:\x128:dropped618:\
            \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50e";
        assert_eq!(&said.encode()[..], expected);
    }

    #[test]
    fn malformed_messages_are_refused_and_what_goes_beyond_is_dropped() {
        for bytes in
            [&b""[..], b"i0e", b"d5:added5:abcdee", b"d5:addedi1ee", b"d8:dropped617:aaaaaaaaaaaaaaaaae"]
        {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(PeerExchangeMessage::decode(bytes), Err(BadPeerExchange), "{text}");
        }
        let nowhere = b"d5:added18:\0\0\0\0\x1a\xe1\xff\xff\xff\xff\x1a\xe1\x0a\0\0\x01\0\0e";
        assert_eq!(PeerExchangeMessage::decode(nowhere), Ok(PeerExchangeMessage::default()));
        let many: Vec<u8> = (0..200).flat_map(|at| [10, 0, 0, at, 0x1a, 0xe1]).collect();
        let many =
            Tree::dict([("added", Tree::from(&many[..])), ("dropped", Tree::from(&many[..]))]).encode();
        let read = PeerExchangeMessage::decode(&many).unwrap();
        assert_eq!((read.added.len(), read.dropped.len()), (PEX_PEERS_READ_MAX, PEX_PEERS_READ_MAX));
    }
}
