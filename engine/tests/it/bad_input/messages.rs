//! Bytes that are no messages, messages at the wrong time, and messages of an extension that was not agreed on.

use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::wire::Message;

use super::{assert_closed_for, block, half, raw, wire};

#[test]
fn a_length_prefix_over_the_limit() {
    for bytes in [&[0xff; 4][..], &[0, 1, 0, 1], &[0x80, 0, 0, 0, 20], &[0, 0, 0x40, 0x0a, 7]] {
        assert_closed_for(Misbehaviour::MessageTooLong, true, &[], bytes);
    }
}

#[test]
fn a_wrong_fixed_length() {
    for (id, length) in
        [(0, 1), (1, 1), (2, 4), (3, 1), (4, 3), (4, 5), (6, 11), (6, 13), (7, 7), (8, 11), (9, 3)]
    {
        assert_closed_for(Misbehaviour::MessageMalformed, true, &[], &raw(id, &vec![0; length]));
    }
    for (id, length) in [(13, 3), (14, 1), (15, 1), (16, 11), (17, 5), (20, 0)] {
        assert_closed_for(Misbehaviour::MessageMalformed, true, &[], &raw(id, &vec![0; length]));
    }
}

#[test]
fn an_unknown_message_is_skipped() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, true);
    for id in [10, 11, 12, 18, 19, 21, 99, 255] {
        lab.send(peer, &raw(id, b"whatever"));
    }
    lab.send(peer, &raw(20, &[77, b'd', b'e']));
    lab.send(peer, &raw(20, b"\0not a dictionary"));
    lab.send(peer, &raw(9, &[0x1a, 0xe1]));
    lab.say(peer, &Message::HaveAll);
    assert!(lab.is_open(peer), "and it was not too late for saying what it has");
    lab.say(peer, &Message::Interested);
    assert!(lab.heard(peer).iter().any(|message| matches!(message, Message::Unchoke)));
}

#[test]
fn a_handshake_of_something_else() {
    for bad in [&b"GET / HTTP/1.1\r\n"[..], b"\x13BitTorrent protocoL", b"\x12BitTorrent protocol"] {
        let (mut lab, _) = half();
        let peer = lab.dial_in(1).unwrap();
        let mut bytes = bad.to_vec();
        bytes.resize(68, 0);
        lab.send(peer, &bytes);
        assert!(!lab.is_open(peer) && lab.heard(peer).is_empty(), "{}", bad.escape_ascii());
    }
}

#[test]
fn a_bitfield_of_a_wrong_size_or_with_spare_bits() {
    for bits in [&[0xff, 0xff][..], &[0xff, 0xff, 0xf0, 0], &[], &[0xff, 0xff, 0xff], &[0, 0, 1]] {
        assert_closed_for(Misbehaviour::BitfieldMalformed, true, &[], &raw(5, bits));
    }
}

#[test]
fn a_bitfield_late_or_twice() {
    let bits = || Message::Bitfield(vec![0xff, 0, 0].into());
    for first in [bits(), Message::HaveNone, Message::Have(3), Message::Interested, Message::Unchoke] {
        for second in [Message::HaveAll, Message::HaveNone] {
            let prelude = std::slice::from_ref(&first);
            assert_closed_for(Misbehaviour::BitfieldLate, true, prelude, &wire(&second));
        }
    }
    for first in [bits(), Message::Have(3), Message::HaveAll] {
        let less = Message::Bitfield(vec![0b1110_1111, 0xff, 0xf0].into());
        let prelude = std::slice::from_ref(&first);
        assert_closed_for(Misbehaviour::BitfieldLate, true, prelude, &wire(&less));
    }
}

#[test]
fn a_late_bitfield_that_only_adds_counts_as_haves() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, false);
    lab.say(peer, &Message::Have(3));
    (0..3).for_each(|_| lab.say(peer, &Message::Bitfield(vec![0xff, 0, 0].into())));
    assert!(lab.is_open(peer));
    let view = lab.client.session.peers(lab.client.key).find(|view| view.connection == peer).unwrap();
    assert_eq!(view.pieces_held, 8);
}

#[test]
fn a_have_beyond_the_last_piece() {
    for piece in [20, 21, 24, u32::MAX] {
        assert_closed_for(Misbehaviour::PieceOutOfRange, true, &[], &wire(&Message::Have(piece)));
        assert_closed_for(Misbehaviour::PieceOutOfRange, true, &[], &wire(&Message::AllowedFast(piece)));
        assert_closed_for(Misbehaviour::PieceOutOfRange, true, &[], &wire(&Message::SuggestPiece(piece)));
    }
}

#[test]
fn a_have_twice_counts_once() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, true);
    (0..50).for_each(|_| lab.say(peer, &Message::Have(12)));
    let held = lab.client.session.peers(lab.client.key).find(|view| view.connection == peer).unwrap();
    assert_eq!(held.pieces_held, 1);
}

#[test]
fn fast_messages_without_the_agreement() {
    for message in [
        Message::HaveAll,
        Message::HaveNone,
        Message::SuggestPiece(3),
        Message::AllowedFast(3),
        Message::RejectRequest(block(3, 0, 16_384)),
    ] {
        assert_closed_for(Misbehaviour::FastWithoutAgreement, false, &[], &wire(&message));
    }
}
