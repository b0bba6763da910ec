//! Requests that can't be served, and too many of those that can.

use swarmlab_engine::session::CloseReason::Misbehaved;
use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::wire::Message;

use crate::rig::{Disk, Lab, Torrent};

use super::{assert_closed_for, block, half, wire};

#[test]
fn a_request_out_of_range() {
    for request in [
        block(20, 0, 16_384),
        block(u32::MAX, 0, 16_384),
        block(0, 32_768, 16_384),
        block(0, 16_385, 16_384),
        block(0, u32::MAX, 16_384),
        block(0, u32::MAX - 16_383, 16_384),
        block(0, 0, 16_385),
        block(0, 0, u32::MAX),
        block(0, 1, u32::MAX),
        block(0, 0, 0),
    ] {
        let asking = [Message::Interested];
        let bytes = wire(&Message::Request(request));
        assert_closed_for(Misbehaviour::RequestOutOfRange, true, &asking, &bytes);
        assert_closed_for(Misbehaviour::RequestOutOfRange, false, &asking, &bytes);
    }
}

#[test]
fn a_request_of_a_piece_that_is_not_here_is_rejected_without_a_read() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, true);
    lab.say(peer, &Message::Interested);
    lab.heard(peer);
    lab.say(peer, &Message::Request(block(15, 0, 16_384)));
    assert!(matches!(lab.heard(peer)[..], [Message::RejectRequest(request)] if request.piece == 15));
    assert_eq!(lab.client.reads, 0);
}

#[test]
fn a_flood_of_requests() {
    for fast in [true, false] {
        let torrent = Torrent::new(40 << 20, 1 << 20);
        let mut lab = Lab::seed(&torrent);
        let peer = lab.greet(1, fast);
        lab.say(peer, &Message::Interested);
        lab.heard(peer);
        lab.client.disk = Disk::Stuck;
        let requests = (0..40).flat_map(|piece| (0..64).map(move |at| block(piece, at * 16_384, 16_384)));
        for request in requests.clone().take(500) {
            lab.say(peer, &Message::Request(request));
        }
        assert!(lab.is_open(peer) && lab.heard(peer).is_empty(), "500 are borne");
        assert!(lab.client.jobs.len() <= 8, "few blocks are read ahead");
        requests.skip(500).for_each(|request| lab.say(peer, &Message::Request(request)));
        assert_eq!(lab.reason(peer), Some(Misbehaved(Misbehaviour::RequestFlood)));
        if fast {
            assert!(lab.heard(peer).iter().all(|message| matches!(message, Message::RejectRequest(_))));
        }
    }
}

#[test]
fn requests_long_after_a_choke() {
    for fast in [true, false] {
        let mut lab = Lab::seed(&Torrent::pieces(20));
        let peer = lab.greet(1, fast);
        lab.heard(peer);
        for _ in 0..400 {
            lab.say(peer, &Message::Request(block(3, 0, 16_384)));
        }
        assert!(lab.is_open(peer), "some may have crossed with the choke");
        let heard = lab.heard(peer);
        let rejects = heard.iter().filter(|message| matches!(message, Message::RejectRequest(_))).count();
        assert_eq!(rejects, if fast { 400 } else { 0 }, "with fast each is rejected");
        for _ in 0..2_000 {
            lab.say(peer, &Message::Request(block(3, 0, 16_384)));
        }
        assert_eq!(lab.reason(peer), Some(Misbehaved(Misbehaviour::RequestFlood)));
        assert_eq!(lab.client.reads, 0);
    }
}

#[test]
fn requests_that_are_cancelled_at_once_read_no_more_than_others() {
    let mut lab = Lab::seed(&Torrent::pieces(20));
    let peer = lab.greet(1, true);
    lab.say(peer, &Message::Interested);
    lab.client.disk = Disk::Stuck;
    for round in 0..1_000 {
        let request = block(round % 20, 0, 16_384);
        lab.say(peer, &Message::Request(request));
        lab.say(peer, &Message::Cancel(request));
    }
    assert!(lab.client.jobs.len() <= 8, "{} reads are pending", lab.client.jobs.len());
    lab.client.disk = Disk::Fine;
    lab.settle();
    lab.heard(peer);
    lab.say(peer, &Message::Request(block(7, 0, 16_384)));
    assert!(matches!(lab.heard(peer)[..], [Message::Piece { piece: 7, .. }]), "and it is served again");
}
