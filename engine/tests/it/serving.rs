//! Chokes, allowed-fast pieces and requests, as the one who is asked.

use swarmlab_engine::peer::allowed_fast::allowed_fast_set;
use swarmlab_engine::session::{ConnectionId, Event, Input, StartWith, TorrentConfig};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Disk, Lab, Torrent, addr, quiet};

fn block(piece: u32, begin: u32) -> BlockRequest {
    BlockRequest { piece, begin, length: 16_384 }
}

/// A seed with more suitors than slots, the first of which is unchoked and stays so until it says otherwise.
fn unchoked_peer(lab: &mut Lab, fast: bool) -> ConnectionId {
    let peer = lab.greet(1, fast);
    lab.say(peer, &Message::Interested);
    assert!(lab.heard(peer).iter().any(|message| matches!(message, Message::Unchoke)));
    peer
}

/// The pieces that peer 1 is granted, in the order in which it is: somebody else has them.
fn granted(lab: &mut Lab) -> Vec<u32> {
    let set = allowed_fast_set(addr(1).ip(), lab.torrent.metainfo.info.hash(), 64, 5);
    let other = lab.greet(20, true);
    set.iter().for_each(|piece| lab.say(other, &Message::Have(*piece)));
    set
}

fn is_piece(message: &Message) -> bool {
    matches!(message, Message::Piece { .. })
}

#[test]
fn each_choke_and_unchoke_is_an_event() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = unchoked_peer(&mut lab, true);
    let said = |lab: &Lab, wanted: bool| {
        let is = |event: &Event| match event {
            Event::Choking { connection, choking, .. } => (*connection, *choking) == (peer, wanted),
            _ => false,
        };
        lab.client.count(is)
    };
    assert_eq!((said(&lab, false), said(&lab, true)), (1, 0));
    lab.say(peer, &Message::NotInterested);
    assert_eq!((said(&lab, false), said(&lab, true)), (1, 1));
    lab.say(peer, &Message::Interested);
    assert_eq!((said(&lab, false), said(&lab, true)), (2, 1));
}

#[test]
fn a_choke_rejects_every_pending_request_where_fast_is_agreed() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = unchoked_peer(&mut lab, true);
    lab.client.disk = Disk::Stuck;
    let granted = allowed_fast_set(addr(1).ip(), lab.torrent.metainfo.info.hash(), 64, 5);
    let asked: Vec<u32> = (0..64).filter(|piece| !granted.contains(piece)).take(20).collect();
    for piece in &asked {
        lab.say(peer, &Message::Request(block(*piece, 0)));
    }
    lab.heard(peer);
    // Who loses interest is choked.
    lab.say(peer, &Message::NotInterested);
    let heard = lab.heard(peer);
    assert!(matches!(heard[0], Message::Choke));
    let rejected = heard[1..].iter().map(|message| match message {
        Message::RejectRequest(request) => request.piece,
        other => panic!("{other:?} instead of a reject"),
    });
    assert_eq!(rejected.collect::<Vec<_>>(), asked);
    lab.client.disk = Disk::Fine;
    lab.settle();
    assert!(!lab.heard(peer).iter().any(is_piece), "what the disk brings late is not sent");
}

#[test]
fn a_choke_drops_every_pending_request_where_fast_is_not_agreed() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = unchoked_peer(&mut lab, false);
    lab.client.disk = Disk::Stuck;
    (0..20).for_each(|piece| lab.say(peer, &Message::Request(block(piece, 0))));
    lab.say(peer, &Message::NotInterested);
    assert!(matches!(lab.heard(peer)[..], [Message::Choke]));
    lab.client.disk = Disk::Fine;
    lab.settle();
    lab.say(peer, &Message::Interested);
    lab.advance(5);
    assert!(!lab.heard(peer).iter().any(is_piece), "a request from before the choke is not served after it");
}

#[test]
fn a_late_joiner_gets_an_allowed_fast_piece_while_it_is_choked() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    for number in 10..15 {
        let other = lab.greet(number, true);
        lab.say(other, &Message::Interested);
    }
    let set = allowed_fast_set(addr(1).ip(), lab.torrent.metainfo.info.hash(), 64, 5);
    // All but one of its pieces are in the swarm already.
    let (nowhere, common) = set.split_first().unwrap();
    let other = lab.greet(20, true);
    common.iter().for_each(|piece| lab.say(other, &Message::Have(*piece)));
    let late = lab.greet(1, true);
    lab.say(late, &Message::HaveNone);
    lab.say(late, &Message::Interested);
    let heard = lab.heard(late);
    assert!(!heard.iter().any(|message| matches!(message, Message::Unchoke)), "all slots are taken");
    let granted: Vec<u32> = heard
        .iter()
        .filter_map(|message| if let Message::AllowedFast(piece) = message { Some(*piece) } else { None })
        .collect();
    assert_eq!(granted, common, "{nowhere} goes to those who are unchoked");
    lab.say(late, &Message::Request(block(granted[0], 16_384)));
    assert!(matches!(&lab.heard(late)[..], [Message::Piece { piece, .. }] if *piece == granted[0]));
    let other = (0..64).find(|piece| !granted.contains(piece)).unwrap();
    lab.say(late, &Message::Request(block(other, 0)));
    assert!(matches!(lab.heard(late)[..], [Message::RejectRequest(_)]));
}

#[test]
fn a_choke_keeps_the_requests_of_allowed_fast_pieces() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let granted = granted(&mut lab)[0];
    let peer = unchoked_peer(&mut lab, true);
    lab.client.disk = Disk::Stuck;
    lab.say(peer, &Message::Request(block(granted, 0)));
    lab.say(peer, &Message::NotInterested);
    lab.client.disk = Disk::Fine;
    lab.settle();
    assert!(matches!(lab.heard(peer)[..], [Message::Choke, Message::Piece { .. }]));
}

#[test]
fn a_request_that_moves_to_the_head_of_the_queue_with_a_choke_is_served() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let granted = granted(&mut lab);
    let peer = unchoked_peer(&mut lab, true);
    // The socket is full, and the blocks of the first requests are all that is read ahead.
    lab.set_deaf(peer, true);
    let others = (0..64).filter(|piece| !granted.contains(piece)).take(4);
    others.chain([granted[0]]).for_each(|piece| lab.say(peer, &Message::Request(block(piece, 0))));
    lab.say(peer, &Message::NotInterested);
    lab.set_deaf(peer, false);
    assert!(lab.heard(peer).iter().any(is_piece), "what it may ask for while it is choked is sent");
}

#[test]
fn a_cancelled_request_is_rejected_and_not_served() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = unchoked_peer(&mut lab, true);
    lab.client.disk = Disk::Stuck;
    lab.say(peer, &Message::Request(block(0, 0)));
    lab.say(peer, &Message::Request(block(1, 0)));
    lab.say(peer, &Message::Cancel(block(0, 0)));
    lab.say(peer, &Message::Cancel(block(5, 0)));
    lab.client.disk = Disk::Fine;
    lab.settle();
    let heard = lab.heard(peer);
    assert!(
        matches!(heard[..], [Message::RejectRequest(r), Message::Piece { piece: 1, .. }] if r.piece == 0)
    );
}

#[test]
fn blocks_that_cannot_be_read_are_rejected_all_of_them() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = unchoked_peer(&mut lab, true);
    lab.client.disk = Disk::Stuck;
    (0..30).for_each(|piece| lab.say(peer, &Message::Request(block(piece, 0))));
    lab.client.disk = Disk::Unreadable;
    lab.settle();
    let rejects = lab.heard(peer).iter().filter(|m| matches!(m, Message::RejectRequest(_))).count();
    assert_eq!(rejects, 30, "each request has an answer");
    lab.client.disk = Disk::Fine;
    lab.say(peer, &Message::Request(block(40, 0)));
    assert!(lab.heard(peer).iter().any(is_piece), "and the peer is served again when the disk can be read");
}

#[test]
fn the_place_of_one_who_leaves_is_given_at_once() {
    let torrent = Torrent::pieces(64);
    let config = TorrentConfig { upload_slots: 1, ..quiet() };
    let storage = torrent.memory(0..64);
    let mut lab = Lab::new(&torrent, StartWith::Everything, storage, Vec::new(), config);
    let first = unchoked_peer(&mut lab, true);
    let second = lab.greet(2, true);
    lab.say(second, &Message::Interested);
    let unchoked = |message: &Message| matches!(message, Message::Unchoke);
    assert!(!lab.heard(second).iter().any(unchoked));
    lab.input(Input::Closed { connection: first });
    assert!(lab.heard(second).iter().any(unchoked));
}

#[test]
fn whoever_is_choked_with_requests_on_their_way_time_and_again_is_no_flooder() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = unchoked_peer(&mut lab, false);
    for _ in 0..60 {
        lab.say(peer, &Message::NotInterested);
        // These were on their way when the choke came.
        (0..30).for_each(|piece| lab.say(peer, &Message::Request(block(piece, 0))));
        lab.say(peer, &Message::Interested);
        lab.advance(10);
        assert!(lab.is_open(peer), "{:?}", lab.reason(peer));
    }
}
