//! The handshake and the id in it.

use std::collections::BTreeSet;

use bytes::Bytes;
use rand::SeedableRng;

use crate::metainfo::InfoHash;
use crate::random::Rng;
use crate::wire::handshake::HANDSHAKE_BYTES;
use crate::wire::{Decoder, ExtensionHandshake, Handshake, Message, PeerId};

const HASH: &[u8; 20] = b"infohash of 20 bytes";
const NAME: &[u8; 20] = b"-SL0100-abcdefghijkm";

/// A handshake with these reserved bytes.
fn drawn(reserved: [u8; 8]) -> [u8; HANDSHAKE_BYTES] {
    let bytes = [&b"\x13BitTorrent protocol"[..], &reserved, HASH, NAME].concat();
    bytes.try_into().unwrap()
}

fn handshake(fast: bool, extended: bool) -> Handshake {
    Handshake { info_hash: InfoHash(*HASH), peer_id: PeerId(*NAME), fast, extended }
}

#[test]
fn a_handshake_is_written_and_read_as_it_is_drawn() {
    for (fast, extended, reserved) in [
        (false, false, [0; 8]),
        (true, false, [0, 0, 0, 0, 0, 0, 0, 0x04]),
        (false, true, [0, 0, 0, 0, 0, 0x10, 0, 0]),
        (true, true, [0, 0, 0, 0, 0, 0x10, 0, 0x04]),
    ] {
        assert_eq!(handshake(fast, extended).encode(), drawn(reserved));
        assert_eq!(Handshake::decode(&drawn(reserved)), Some(handshake(fast, extended)));
    }
}

#[test]
fn reserved_bits_of_other_extensions_are_ignored() {
    let others = [0xff, 0xff, 0xff, 0xff, 0xff, !0x10, 0xff, !0x04];
    assert_eq!(Handshake::decode(&drawn(others)), Some(handshake(false, false)));
    assert_eq!(Handshake::decode(&drawn([0xff; 8])), Some(handshake(true, true)));
}

#[test]
fn another_protocol_is_refused() {
    for at in 0..20 {
        let mut bytes = drawn([0; 8]);
        bytes[at] ^= 1;
        assert_eq!(Handshake::decode(&bytes), None, "byte {at}");
    }
}

/// Messages may follow in the same segment, and the handshake may come in two.
#[test]
fn the_decoder_takes_the_handshake_and_leaves_what_follows() {
    let bytes = drawn([0xff; 8]);
    let stream = Bytes::from([&bytes[..], b"\0\0\0\x01\x02"].concat());
    for cut in 0..stream.len() {
        let mut decoder = Decoder::new(16);
        decoder.push(stream.slice(..cut));
        let early = decoder.handshake();
        assert_eq!(early, (cut >= HANDSHAKE_BYTES).then_some(bytes), "after {cut} bytes");
        decoder.push(stream.slice(cut..));
        assert_eq!(early.or_else(|| decoder.handshake()), Some(bytes), "cut at {cut}");
        assert!(matches!(decoder.message(), Ok(Some(Message::Interested))));
    }
}

#[test]
fn a_peer_id_names_the_client_and_is_its_own_to_the_last_letter() {
    let mut rng = Rng::seed_from_u64(1);
    let ids: Vec<PeerId> = (0..200).map(|_| PeerId::random(&mut rng)).collect();
    for at in 0..20 {
        let seen: BTreeSet<u8> = ids.iter().map(|id| id.0[at]).collect();
        match at {
            0..8 => assert_eq!(seen, BTreeSet::from([b"-SL0100-"[at]])),
            _ => assert!(seen.len() > 20 && seen.iter().all(u8::is_ascii_alphanumeric), "{seen:?} at {at}"),
        }
    }
    let repeats = ids.iter().filter(|id| id.0[8..].windows(2).all(|two| two[0] == two[1])).count();
    assert_eq!(repeats, 0, "the letters of one id are independent of each other");
}

#[test]
fn a_peer_id_is_printed_with_its_odd_bytes_escaped() {
    let mut id = PeerId(*NAME);
    id.0[19] = 0xff;
    assert_eq!(id.to_string(), r"-SL0100-abcdefghijk\xff");
    assert_eq!(format!("{id:?}"), r"PeerId(-SL0100-abcdefghijk\xff)");
}

/// Port 0 can't be dialled; the largest can.
#[test]
fn ports_and_queue_lengths_are_read_up_to_their_ends() {
    let said = |text: &str| ExtensionHandshake::decode(text.as_bytes()).unwrap();
    assert_eq!(
        said("d1:pi0e4:reqqi0ee"),
        ExtensionHandshake { request_queue: Some(0), ..Default::default() }
    );
    let most = said("d1:pi65535e4:reqqi4294967295ee");
    assert_eq!((most.listen_port, most.request_queue), (Some(u16::MAX), Some(u32::MAX)));
    assert_eq!(said("d1:pi65536e4:reqqi4294967296ee"), ExtensionHandshake::default());
}
