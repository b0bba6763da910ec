//! Too many requests of blocks that could be served.

use swarmlab_engine::session::CloseReason::Misbehaved;
use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::wire::Message;

use crate::rig::{Disk, Lab, Torrent};

use super::block;

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
