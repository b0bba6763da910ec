//! Super-seeding (BEP 16): a seed that claims to have nothing, and tells each peer of a piece or two.

use std::collections::BTreeSet;

use swarmlab_engine::session::{ConnectionId, TorrentConfig};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Lab, Torrent, quiet};

fn super_seed(pieces: u32) -> Lab {
    Lab::seed_with(&Torrent::pieces(pieces), TorrentConfig { super_seeding: true, ..quiet() })
}

/// The pieces that the peer is told of.
fn unveiled(lab: &mut Lab, peer: ConnectionId) -> Vec<u32> {
    let piece = |message| if let Message::Have(piece) = message { Some(piece) } else { None };
    lab.heard(peer).into_iter().filter_map(piece).collect()
}

/// A peer that has said that it has nothing.
fn newcomer(lab: &mut Lab, number: u8) -> ConnectionId {
    let peer = lab.greet(number, true);
    lab.say(peer, &Message::HaveNone);
    peer
}

#[test]
fn it_claims_to_have_nothing_and_tells_each_of_something_else() {
    let mut lab = super_seed(64);
    let mut told = BTreeSet::new();
    for number in 1..=5 {
        let peer = newcomer(&mut lab, number);
        let heard = lab.heard(peer);
        assert!(
            matches!(heard[..], [Message::HaveNone, Message::Have(a), Message::Have(b)] if told.insert(a) && told.insert(b)),
            "{heard:?}"
        );
    }
}

#[test]
fn a_peer_hears_of_more_once_somebody_else_has_what_it_was_told_of() {
    let mut lab = super_seed(64);
    let [first, second] = [1, 2].map(|number| newcomer(&mut lab, number));
    let told = unveiled(&mut lab, first);
    unveiled(&mut lab, second);
    lab.say(first, &Message::Have(told[0]));
    assert_eq!(unveiled(&mut lab, first), [], "it may have kept it to itself");
    lab.say(second, &Message::Have(told[0]));
    assert_eq!(unveiled(&mut lab, first).len(), 1);
}

/// The only peer there has nobody to pass anything on to.
#[test]
fn nobody_is_waited_for_without_end() {
    let mut lab = super_seed(64);
    let peer = newcomer(&mut lab, 1);
    for piece in unveiled(&mut lab, peer) {
        lab.say(peer, &Message::Have(piece));
    }
    lab.advance(59);
    assert_eq!(unveiled(&mut lab, peer), []);
    lab.advance(2);
    assert_eq!(unveiled(&mut lab, peer).len(), 2);
}

#[test]
fn only_what_it_was_told_of_is_sent_to_a_peer() {
    let mut lab = super_seed(64);
    let peer = newcomer(&mut lab, 1);
    let told = unveiled(&mut lab, peer);
    lab.say(peer, &Message::Interested);
    let block = |piece| BlockRequest { piece, begin: 0, length: 16_384 };
    let secret = (0..64).find(|piece| !told.contains(piece)).unwrap();
    lab.say(peer, &Message::Request(block(secret)));
    lab.say(peer, &Message::Request(block(told[0])));
    let heard = lab.heard(peer);
    let refuses =
        |message: &Message| matches!(message, Message::RejectRequest(what) if *what == block(secret));
    assert!(heard.iter().any(refuses), "{heard:?}");
    assert!(heard.iter().any(|message| matches!(message, Message::Piece { piece, .. } if *piece == told[0])));
}

/// Who has not begun a piece in its turn does not keep it from the others.
#[test]
fn a_piece_that_is_not_fetched_is_told_to_somebody_else() {
    let mut lab = super_seed(2);
    let lazy = newcomer(&mut lab, 1);
    assert_eq!(unveiled(&mut lab, lazy).len(), 2);
    lab.say(lazy, &Message::Interested);
    let other = newcomer(&mut lab, 2);
    assert_eq!(unveiled(&mut lab, other), [], "both are the first one's to spread");
    lab.advance(62);
    assert_eq!(unveiled(&mut lab, other).len(), 2);
}

#[test]
fn once_each_piece_is_in_the_swarm_everybody_is_told_of_everything() {
    let mut lab = super_seed(8);
    let [first, second] = [1, 2].map(|number| newcomer(&mut lab, number));
    (0..4).for_each(|piece| lab.say(first, &Message::Have(piece)));
    let before: BTreeSet<u32> = unveiled(&mut lab, first).into_iter().chain(0..4).collect();
    (4..8).for_each(|piece| lab.say(second, &Message::Have(piece)));
    let after: BTreeSet<u32> = unveiled(&mut lab, first).into_iter().collect();
    assert_eq!(&before | &after, (0..8).collect());
    let late = lab.greet(3, true);
    assert!(matches!(lab.heard(late)[..], [Message::HaveAll]), "it is a seed like any other");
}
