//! What a peer says of its pieces more than once.

use swarmlab_engine::wire::Message;

use super::half;

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
fn a_have_twice_counts_once() {
    let (mut lab, _) = half();
    let peer = lab.greet(1, true);
    (0..50).for_each(|_| lab.say(peer, &Message::Have(12)));
    let held = lab.client.session.peers(lab.client.key).find(|view| view.connection == peer).unwrap();
    assert_eq!(held.pieces_held, 1);
}

#[test]
fn what_a_peer_announced_goes_with_it_and_the_others_keep_theirs() {
    let (mut lab, honest) = half();
    let bad = lab.greet(1, true);
    lab.say(bad, &Message::Bitfield(vec![0xff, 0xff, 0].into()));
    lab.say(bad, &Message::Have(20));
    assert!(!lab.is_open(bad) && lab.is_open(honest));
    let announced: Vec<u32> = lab.client.session.peers(lab.client.key).map(|peer| peer.pieces_held).collect();
    assert_eq!(announced, [10]);
}
