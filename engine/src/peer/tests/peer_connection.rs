use std::net::SocketAddr;

use crate::peer::{PeerConnection, Stage};
use crate::session::ConnectionId;
use crate::time::Time;
use crate::wire::Message;

const REMOTE: &str = "10.1.2.3:40000";

fn connection(dialed: bool) -> PeerConnection {
    PeerConnection::new(
        ConnectionId { slot: 1, generation: 0 },
        REMOTE.parse().unwrap(),
        dialed,
        Time::from_secs(3),
        100,
    )
}

#[test]
fn a_connection_begins_choked_and_not_interested_on_both_sides() {
    let peer = connection(true);
    assert!(peer.am_choking && peer.peer_choking && !peer.am_interested && !peer.peer_interested);
    assert!(!peer.may_be_asked() && !peer.may_request(7) && !peer.is_outbox_full());
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
    peer.listen_port = Some(6881);
    assert_eq!(peer.listens_at(), REMOTE.parse::<SocketAddr>().ok());
    let mut peer = connection(false);
    assert_eq!(peer.listens_at(), None);
    peer.listen_port = Some(6881);
    assert_eq!(peer.listens_at(), "10.1.2.3:6881".parse().ok());
}

/// S2 and S3: interested, and unchoked or allowed fast.
#[test]
fn it_may_be_asked_if_we_are_interested_and_it_serves_us() {
    for case in 0..8 {
        let [interested, choking, allowed] = [1, 2, 4].map(|bit| case & bit != 0);
        let mut peer = connection(true);
        (peer.am_interested, peer.peer_choking) = (interested, choking);
        peer.allowed_fast_by_peer = if allowed { vec![7] } else { Vec::new() };
        assert_eq!(peer.may_be_asked(), interested && (allowed || !choking), "{case}");
    }
}

/// S12: unchoked, or this very piece is allowed fast.
#[test]
fn it_may_ask_if_we_serve_it() {
    for (choking, allowed, may) in [(true, 8, false), (true, 7, true), (false, 8, true), (false, 7, true)] {
        let mut peer = connection(true);
        peer.am_choking = choking;
        peer.allowed_fast_by_us = vec![allowed];
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
