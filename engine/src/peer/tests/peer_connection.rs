use std::mem::offset_of;
use std::net::SocketAddr;

use bytes::Bytes;

use crate::bitfield::PieceSet;
use crate::peer::{PeerConnection, Stage};
use crate::session::ConnectionId;
use crate::time::Time;
use crate::wire::{BlockRequest, Message};

const REMOTE: &str = "10.1.2.3:40000";

fn connection(dialed: bool) -> PeerConnection {
    PeerConnection::new(
        ConnectionId { slot: 1, generation: 0 },
        REMOTE.parse().unwrap(),
        dialed,
        Time::from_secs(3),
        100,
        500,
    )
}

#[test]
fn a_connection_begins_choked_and_not_interested_on_both_sides() {
    let peer = connection(true);
    assert!(peer.am_choking && peer.peer_choking && !peer.am_interested && !peer.peer_interested);
    assert!(!peer.may_be_asked() && !peer.may_request(7) && !peer.is_outbox_full());
}

/// There are fifty of them in a client, and a swarm has thousands of clients.
#[test]
fn a_connection_takes_seven_lines_of_a_cache() {
    assert_eq!(size_of::<PeerConnection>(), 7 * 64);
    let beginnings = [
        offset_of!(PeerConnection, have),
        offset_of!(PeerConnection, decoder),
        offset_of!(PeerConnection, pipeline),
    ];
    assert_eq!(beginnings, [64, 2 * 64, 4 * 64]);
    assert_eq!(offset_of!(PeerConnection, uploaded), 6 * 64);
}

#[test]
fn only_both_handshakes_establish() {
    let mut peer = connection(true);
    for (stage, established) in
        [(Stage::Dialing, false), (Stage::Handshaking, false), (Stage::Established, true)]
    {
        peer.stage = stage;
        assert_eq!(peer.is_established(), established);
    }
}

/// The port from which somebody dialled us is not the one on which it listens.
#[test]
fn it_listens_where_we_dialled_or_where_it_says() {
    let mut peer = connection(true);
    peer.aside.listen_port = Some(6881);
    assert_eq!(peer.listens_at(), REMOTE.parse::<SocketAddr>().ok());
    let mut peer = connection(false);
    assert_eq!(peer.listens_at(), None);
    peer.aside.listen_port = Some(6881);
    assert_eq!(peer.listens_at(), "10.1.2.3:6881".parse().ok());
}

/// S2 and S3: interested, and unchoked or allowed fast.
#[test]
fn it_may_be_asked_if_we_are_interested_and_it_serves_us() {
    for case in 0..8 {
        let [interested, choking, allowed] = [1, 2, 4].map(|bit| case & bit != 0);
        let mut peer = connection(true);
        (peer.am_interested, peer.peer_choking) = (interested, choking);
        allowed.then(|| peer.grant(7));
        assert_eq!(peer.may_be_asked(), interested && (allowed || !choking), "{case}");
    }
}

/// S12: unchoked, or this very piece is allowed fast.
#[test]
fn it_may_ask_if_we_serve_it() {
    for (choking, allowed, may) in [(true, 8, false), (true, 7, true), (false, 8, true), (false, 7, true)] {
        let mut peer = connection(true);
        peer.am_choking = choking;
        peer.aside.allowed_fast_by_us = vec![allowed];
        assert_eq!(peer.may_request(7), may);
    }
}

/// S29: 64 KiB and a bitfield.
#[test]
fn an_outbox_is_full_beyond_its_bound() {
    let mut peer = connection(true);
    peer.say(&Message::Have(5));
    peer.say(&Message::Choke);
    assert_eq!(peer.outbox, b"\0\0\0\x05\x04\0\0\0\x05\0\0\0\x01\0");
    peer.outbox.resize(64 * 1024 + 13, 0);
    assert!(!peer.is_outbox_full());
    peer.outbox.push(0);
    assert!(peer.is_outbox_full());
    peer.say(&Message::Choke);
    assert!(peer.is_outbox_full());
}

/// The recount finds nothing wrong as long as every list is at its longest, and no longer: for 100 pieces, twice 64 KiB
/// of messages and a bitfield, all but a byte of the longest message, five pieces granted and 32 kept.
#[test]
fn lists_at_their_bounds_are_sound() {
    let mut peer = connection(true);
    (peer.stage, peer.contributor, peer.announced, peer.ready) = (Stage::Established, 1, true, true);
    peer.outbox = vec![0; 2 * 64 * 1024 + 13];
    peer.decoder.push(Bytes::from(vec![0; 4 + 64 * 1024 - 1]));
    peer.aside.allowed_fast_by_us = vec![0; 5];
    (0..32).for_each(|piece| peer.grant(piece));
    let check = |peer: &PeerConnection| peer.check_invariants(&PieceSet::empty(100), 0, false);
    assert_eq!(check(&peer), Ok(()));
    peer.outbox.push(0);
    assert_eq!(check(&peer).unwrap_err().property, "S29");
    peer.outbox.pop();
    peer.decoder.push(Bytes::from_static(&[0]));
    assert_eq!(check(&peer).unwrap_err().property, "S29");
}

#[test]
fn before_its_handshake_a_connection_is_blank() {
    type Spoil = fn(&mut PeerConnection);
    let spoils: [Spoil; 3] = [
        |peer| assert!(peer.have.insert(7)),
        |peer| {
            peer.serve.push(BlockRequest { piece: 7, begin: 0, length: 1 }).unwrap();
            assert!(peer.serve.next_read().is_some());
        },
        |peer| peer.contributor = 1,
    ];
    let check = |peer: &PeerConnection, reads| peer.check_invariants(&PieceSet::full(100), reads, false);
    for stage in [Stage::Dialing, Stage::Handshaking] {
        let mut blank = connection(true);
        blank.stage = stage;
        assert_eq!(check(&blank, 0), Ok(()));
        for spoil in spoils {
            let mut peer = connection(true);
            (peer.stage, peer.announced) = (stage, true);
            spoil(&mut peer);
            let broken = check(&peer, peer.serve.len()).unwrap_err();
            assert!(broken.what.contains("before its handshake"), "{broken}");
        }
    }
}
