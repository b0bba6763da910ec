//! Pieces that do not match their hash: the one who sent bad blocks goes, the others stay.

use std::net::SocketAddr;

use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::torrent::Waste;
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Lab, Torrent, addr};

fn bad(request: BlockRequest) -> Message {
    let BlockRequest { piece, begin, length } = request;
    Message::Piece { piece, begin, data: bytes::Bytes::from(vec![0xbd; length as usize]).into() }
}

fn banned(lab: &Lab) -> usize {
    lab.client.count(|event| matches!(event, Event::PeerBanned { .. }))
}

/// Answers what each peer is asked, block by block in turn, until nothing more comes of it. `culprit` sends bad blocks;
/// `good` says of which number it sends the right one nevertheless.
fn serve_in_turn(lab: &mut Lab, peers: &[ConnectionId], culprit: ConnectionId, good: impl Fn(usize) -> bool) {
    let mut queues: Vec<Vec<BlockRequest>> = vec![Vec::new(); peers.len()];
    let mut sent = 0;
    for _ in 0..120 {
        for (peer, queue) in peers.iter().zip(&mut queues) {
            queue.extend(lab.asked(*peer));
        }
        while queues.iter().any(|queue| !queue.is_empty()) {
            for (peer, queue) in peers.iter().zip(&mut queues) {
                if !lab.is_open(*peer) {
                    queue.clear();
                } else if !queue.is_empty() {
                    let request = queue.remove(0);
                    sent += usize::from(*peer == culprit);
                    let is_bad = *peer == culprit && !good(sent);
                    lab.say(*peer, &if is_bad { bad(request) } else { lab.block(request) });
                }
                queue.extend(lab.asked(*peer));
            }
        }
        lab.advance(1);
    }
}

#[test]
fn who_alone_sent_a_bad_piece_is_banned_at_once() {
    let mut lab = Lab::leech(&Torrent::pieces(40));
    let culprit = lab.greet_seed(1, true);
    for _ in 0..4 {
        let asked = lab.asked(culprit);
        asked.into_iter().for_each(|request| lab.say(culprit, &bad(request)));
    }
    assert_eq!((banned(&lab), lab.is_open(culprit)), (1, false));
    let wasted = lab.client.session.progress(lab.client.key).totals.wasted;
    let in_vain = Waste { bad_piece: wasted.total(), ..Waste::default() };
    assert!(wasted.total() > 0 && wasted == in_vain, "{wasted:?}");
    let again = lab.dial_in(1).unwrap();
    lab.send(again, &lab.handshake(9, true).encode());
    assert!(!lab.is_open(again), "under another peer id it is not welcome either");
}

/// A peer that lost its power and came back is another one to us, and what is left of its earlier life stands beside it.
#[test]
fn whoever_else_is_at_the_address_of_one_who_is_banned_goes_too() {
    let mut lab = Lab::leech(&Torrent::pieces(40));
    let earlier = lab.client.session.accept(lab.now, SocketAddr::new(addr(1).ip(), 50_001)).unwrap();
    lab.send(earlier, &lab.handshake(2, true).encode());
    let culprit = lab.greet_seed(1, true);
    for _ in 0..4 {
        let asked = lab.asked(culprit);
        asked.into_iter().for_each(|request| lab.say(culprit, &bad(request)));
    }
    assert_eq!((banned(&lab), lab.is_open(culprit), lab.is_open(earlier)), (1, false, false));
}

#[test]
fn of_two_contributors_the_innocent_stays_and_the_culprit_is_banned() {
    for innocent_first in [true, false] {
        for (every, piece_length) in [(1, 65_536), (3, 65_536), (2, 524_288), (40, 524_288)] {
            let torrent = Torrent::new(12 << 20, piece_length);
            let mut lab = Lab::leech(&torrent);
            let (one, two) = (lab.greet_seed(1, true), lab.greet_seed(2, true));
            let (innocent, culprit) = if innocent_first { (one, two) } else { (two, one) };
            serve_in_turn(&mut lab, &[one, two], culprit, |sent| sent % every != 0);
            let case = format!("one block in {every} bad, innocent first: {innocent_first}, {piece_length}");
            assert!(lab.client.is_complete(), "the innocent is kept: {case}, {:?}", lab.reason(innocent));
            assert!(torrent.is_all_in(&mut *lab.client.storage), "{case}");
            assert_eq!(banned(&lab), 1, "the culprit is banned: {case}");
            let failures = lab.client.session.progress(lab.client.key).totals.hash_failures;
            assert!(failures <= 8, "{failures} failures until it was found: {case}");
        }
    }
}

#[test]
fn one_culprit_among_five_is_found() {
    let torrent = Torrent::new(24 << 20, 524_288);
    let mut lab = Lab::leech(&torrent);
    let peers: Vec<ConnectionId> = (1..=5).map(|number| lab.greet_seed(number, true)).collect();
    serve_in_turn(&mut lab, &peers, peers[2], |sent| sent % 2 == 0);
    assert!(lab.client.is_complete());
    let failures = lab.client.session.progress(lab.client.key).totals.hash_failures;
    assert!(failures <= 20, "{failures} failures until it was found");
    assert_eq!(banned(&lab), 1);
}
