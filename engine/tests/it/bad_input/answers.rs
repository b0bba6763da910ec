//! Blocks and rejects that nobody has asked for.

use bytes::Bytes;
use swarmlab_engine::session::CloseReason::Misbehaved;
use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::storage::Body;
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::Disk;

use super::{assert_closed_for, block, half, wire};

#[test]
fn a_piece_that_nobody_asked_for_is_waste_and_many_are_the_end() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, true);
    // Pieces that are missing, and one that is held.
    for at in 0..60 {
        lab.say(peer, &lab.block(block(if at % 2 == 0 { 0 } else { 15 }, 0, 16_384)));
    }
    assert!(lab.is_open(peer));
    let progress = lab.client.session.progress(lab.client.key);
    assert_eq!((progress.pieces_held, progress.totals.wasted), (10, 60 * 16_384));
    (0..10).for_each(|_| lab.say(peer, &lab.block(block(15, 0, 16_384))));
    assert_eq!(lab.reason(peer), Some(Misbehaved(Misbehaviour::PieceUnasked)));
}

#[test]
fn a_piece_that_is_misaligned_short_or_comes_twice_is_waste() {
    let (mut lab, _) = half();
    let peer = lab.greet_seed(1, true);
    let asked = lab.asked(peer);
    let BlockRequest { piece, begin, .. } = asked[0];
    for (piece, begin, length) in [
        (piece, begin + 1, 16_383),
        (piece, begin, 16_383),
        (piece, begin, 0),
        (piece, 8_192, 16_384),
        (20, 0, 16_384),
        (u32::MAX, u32::MAX, 16_384),
    ] {
        let data = Bytes::from(vec![0xbd; length]).into();
        lab.say(peer, &Message::Piece { piece, begin, data });
    }
    assert_eq!(lab.client.session.progress(lab.client.key).totals.blocks, 0);
    lab.say(peer, &lab.block(asked[0]));
    lab.say(peer, &lab.block(asked[0]));
    assert!(lab.is_open(peer));
    let totals = lab.client.session.progress(lab.client.key).totals;
    assert_eq!((totals.blocks, totals.hash_failures), (1, 0));
    asked[1..].iter().for_each(|request| lab.say(peer, &lab.block(*request)));
    lab.serve(peer);
    lab.advance(2);
    lab.serve(peer);
    assert!(lab.torrent.clone().is_all_in(&mut *lab.client.storage));
}

#[test]
fn a_verified_block_is_never_written_again() {
    let (mut lab, _) = half();
    let peer = lab.greet_seed(1, true);
    let data: Body = Bytes::from(vec![0xbd; 16_384]).into();
    lab.client.disk = Disk::Stuck;
    (0..10).for_each(|piece| lab.say(peer, &Message::Piece { piece, begin: 0, data: data.clone() }));
    assert!(lab.client.jobs.is_empty());
}

#[test]
fn a_reject_of_what_was_never_sent() {
    let seed = [Message::HaveAll, Message::Unchoke];
    for request in [
        block(0, 0, 16_384),
        block(15, 0, 100),
        block(15, 8_192, 16_384),
        block(u32::MAX, u32::MAX, u32::MAX),
    ] {
        let bytes = wire(&Message::RejectRequest(request));
        assert_closed_for(Misbehaviour::RejectUnasked, true, &seed, &bytes);
    }
}

#[test]
fn a_peer_that_rejects_everything_is_not_asked_in_circles() {
    let (mut lab, _) = half();
    let peer = lab.greet_seed(1, true);
    let mut requests = 0;
    for _ in 0..60 {
        for request in lab.asked(peer) {
            requests += 1;
            lab.say(peer, &Message::RejectRequest(request));
        }
        lab.advance(1);
    }
    assert!(requests < 60 * 8, "{requests} requests in a minute");
}
