//! SUGGEST PIECE (BEP 6), as the seed that sends it and as the leecher that heeds it.

use std::collections::BTreeSet;

use swarmlab_engine::session::{ConnectionId, TorrentConfig};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Disk, Lab, Torrent, quiet};

fn first_block(piece: u32) -> Message {
    Message::Request(BlockRequest { piece, begin: 0, length: 16_384 })
}

fn suggestions(lab: &mut Lab, peer: ConnectionId) -> Vec<u32> {
    let piece = |message| if let Message::SuggestPiece(piece) = message { Some(piece) } else { None };
    lab.heard(peer).into_iter().filter_map(piece).collect()
}

/// A peer that has nothing, and is unchoked.
fn suitor(lab: &mut Lab, number: u8, fast: bool) -> ConnectionId {
    let peer = lab.greet(number, fast);
    lab.say(peer, &Message::Interested);
    peer
}

#[test]
fn a_seed_suggests_a_different_piece_to_each() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let mut suggested = BTreeSet::new();
    for number in 1..=4 {
        let peer = suitor(&mut lab, number, true);
        let first = suggestions(&mut lab, peer);
        assert_eq!(first.len(), 2, "one for now and one for later");
        lab.say(peer, &first_block(first[0]));
        let next = suggestions(&mut lab, peer);
        assert_eq!(next.len(), 1, "one was taken up");
        for piece in first.into_iter().chain(next) {
            assert!(suggested.insert(piece), "piece {piece} was suggested to two");
        }
    }
}

#[test]
fn what_the_swarm_has_is_not_suggested() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let other = lab.greet(1, true);
    (0..63).for_each(|piece| lab.say(other, &Message::Have(piece)));
    let peer = suitor(&mut lab, 2, true);
    assert_eq!(suggestions(&mut lab, peer), [63], "nobody has the last one");
    lab.say(peer, &Message::Have(63));
    let late = suitor(&mut lab, 3, true);
    assert_eq!(suggestions(&mut lab, late), []);
}

#[test]
fn who_does_not_speak_the_fast_extension_is_suggested_nothing() {
    let mut lab = Lab::seed(&Torrent::pieces(64));
    let peer = suitor(&mut lab, 1, false);
    lab.say(peer, &first_block(0));
    assert_eq!(suggestions(&mut lab, peer), []);
    let config = TorrentConfig { suggest_pieces: false, ..quiet() };
    let mut lab = Lab::seed_with(&Torrent::pieces(64), config);
    let peer = suitor(&mut lab, 1, true);
    assert_eq!(suggestions(&mut lab, peer), [], "it was told not to");
}

/// A turn ends: what was begun and is nowhere else may be finished, what was only suggested goes to another.
#[test]
fn a_piece_that_was_begun_may_be_finished_while_choked() {
    let mut lab = Lab::seed(&Torrent::pieces(3));
    let peer = suitor(&mut lab, 1, true);
    let suggested = suggestions(&mut lab, peer);
    lab.say(peer, &first_block(suggested[0]));
    lab.heard(peer);
    lab.client.disk = Disk::Stuck;
    let second_block = BlockRequest { piece: suggested[0], begin: 16_384, length: 16_384 };
    lab.say(peer, &Message::Request(second_block));
    lab.say(peer, &first_block(suggested[1]));
    lab.say(peer, &Message::NotInterested);
    let heard: Vec<Message> =
        lab.heard(peer).into_iter().filter(|message| !matches!(message, Message::SuggestPiece(_))).collect();
    assert!(
        matches!(heard[..], [Message::AllowedFast(begun), Message::Choke, Message::RejectRequest(other)]
            if begun == suggested[0] && other.piece == suggested[1]),
        "{heard:?}: it is told before it is choked, and only what was not begun is rejected"
    );
    lab.client.disk = Disk::Fine;
    lab.settle();
    assert!(lab.heard(peer).iter().any(|message| matches!(message, Message::Piece { .. })));
    let other = suitor(&mut lab, 2, true);
    let for_another: BTreeSet<u32> = suggestions(&mut lab, other).into_iter().collect();
    let not_begun: BTreeSet<u32> = (0..3).filter(|piece| *piece != suggested[0]).collect();
    assert_eq!(for_another, not_begun);
}

#[test]
fn a_leecher_heeds_what_a_seed_suggests() {
    let mut lab = Lab::leech(&Torrent::pieces(64));
    let seed = lab.greet(1, true);
    lab.say(seed, &Message::HaveAll);
    lab.say(seed, &Message::SuggestPiece(41));
    lab.say(seed, &Message::SuggestPiece(17));
    lab.say(seed, &Message::Unchoke);
    let mut pieces: Vec<u32> = lab.asked(seed).iter().map(|request| request.piece).collect();
    pieces.dedup();
    assert_eq!(pieces[..2], [41, 17], "in this order, before any other");
}

/// A flood of suggestions costs nothing, and one of a piece that does not exist ends the connection.
#[test]
fn suggestions_are_bounded_and_checked() {
    let mut lab = Lab::leech(&Torrent::pieces(64));
    let peer = lab.greet(1, true);
    (0..6_400).for_each(|number| lab.say(peer, &Message::SuggestPiece(number % 64)));
    assert!(lab.is_open(peer));
    lab.say(peer, &Message::SuggestPiece(64));
    assert!(!lab.is_open(peer));
    let peer = lab.greet(2, false);
    lab.say(peer, &Message::SuggestPiece(0));
    assert!(!lab.is_open(peer), "the fast extension was not agreed on");
}
