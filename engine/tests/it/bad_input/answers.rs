//! Blocks and rejects that nobody has asked for.

use bytes::Bytes;
use swarmlab_engine::wire::{BlockRequest, Message};

use super::{block, half};

#[test]
fn a_piece_that_nobody_asked_for_is_waste() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, true);
    // Pieces that are missing, and one that is held.
    for at in 0..60 {
        lab.say(peer, &lab.block(block(if at % 2 == 0 { 0 } else { 15 }, 0, 16_384)));
    }
    assert!(lab.is_open(peer));
    let progress = lab.client.session.progress(lab.client.key);
    assert_eq!((progress.pieces_held, progress.totals.wasted.total()), (10, 60 * 16_384));
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
