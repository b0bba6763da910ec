//! Who connects with whom, and who is let go.

use std::time::Duration;

use swarmlab_engine::session::{CloseReason, Event, Input, StartWith};

use crate::rig::{Client, Cuts, Lab, Swarm, Torrent, addr, quiet};

#[test]
fn simultaneous_dials_end_in_one_connection() {
    for (numbers, hops) in [[1, 2], [2, 1]].into_iter().flat_map(|numbers| (0..8).map(move |n| (numbers, n)))
    {
        let torrent = Torrent::pieces(8);
        let client = |number: u8, other: u8| {
            let known = vec![([10, 0, 0, other], 6881).into()];
            Client::new(number, &torrent, StartWith::Nothing, torrent.shared(), known, quiet())
        };
        let clients = vec![client(numbers[0], numbers[1]), client(numbers[1], numbers[0])];
        let mut swarm = Swarm::new(clients, Cuts::None);
        // The second one dials some hops after the first.
        let late = std::mem::take(&mut swarm.clients[1].dials);
        (0..hops).for_each(|_| {
            swarm.step();
        });
        swarm.clients[1].dials.extend(late);
        swarm.advance(Duration::from_secs(900));
        let [one, other] = [0, 1].map(|at| {
            let client = &swarm.clients[at];
            client.session.peers(client.key).map(|peer| peer.connection).collect::<Vec<_>>()
        });
        let case = format!("peer ids {numbers:?}, {hops} hops apart");
        assert!(one.len() == 1 && other.len() == 1, "one connection on each side: {case}");
        assert_eq!(swarm.other_end(0, one[0]), Some((1, other[0])), "the same one: {case}");
        let dials: usize = swarm.clients.iter().map(|client| client.connects.len()).sum();
        assert_eq!(dials, 2, "who is connected is not dialled again: {case}");
    }
}

#[test]
fn one_does_not_connect_with_oneself() {
    let torrent = Torrent::pieces(8);
    let own = ([10, 0, 0, 1], 6881).into();
    let client = Client::new(1, &torrent, StartWith::Nothing, torrent.shared(), vec![own], quiet());
    let mut swarm = Swarm::new(vec![client], Cuts::None);
    swarm.advance(Duration::from_secs(3_600));
    let client = &swarm.clients[0];
    assert_eq!(client.count(|event| matches!(event, Event::PeerConnected { .. })), 0);
    assert_eq!(client.connects.len(), 1, "once is enough to learn it");
}

#[test]
fn who_dials_and_says_nothing_is_closed_after_the_handshake_timeout() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let silent = lab.dial_in(1).unwrap();
    let half = lab.dial_in(2).unwrap();
    lab.send(half, b"\x13BitTorrent prot");
    lab.advance(19);
    assert!(lab.is_open(silent) && lab.is_open(half));
    lab.advance(2);
    assert!(!lab.is_open(silent) && !lab.is_open(half));
}

#[test]
fn who_is_dialled_and_says_nothing_is_closed_after_the_handshake_timeout() {
    let mut lab = Lab::leech_with(&Torrent::pieces(8), vec![addr(1)], quiet());
    let silent = lab.answer_dial();
    lab.advance(19);
    assert!(lab.is_open(silent));
    lab.advance(2);
    assert!(!lab.is_open(silent));
    assert_eq!(lab.client.count(|event| matches!(event, Event::PeerConnected { .. })), 0);
}

#[test]
fn peers_that_fall_silent_after_the_handshake_give_their_places_back() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    for number in 1..=50 {
        lab.greet(number, true);
    }
    assert_eq!(lab.dial_in(51), None, "all places are taken");
    lab.advance(185);
    assert_eq!(lab.client.session.peers(lab.client.key).count(), 0);
    assert!(lab.dial_in(51).is_some());
}

#[test]
fn an_answer_for_another_torrent_is_no_answer() {
    let mut lab = Lab::leech_with(&Torrent::pieces(8), vec![addr(1)], quiet());
    let liar = lab.answer_dial();
    let mut handshake = lab.handshake(1, true);
    handshake.info_hash.0[0] ^= 1;
    lab.send(liar, &handshake.encode());
    assert!(!lab.is_open(liar));
}

#[test]
fn the_second_connection_of_one_peer_is_closed() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let first = lab.greet(1, true);
    let second = lab.dial_in(2).unwrap();
    lab.send(second, &lab.handshake(1, true).encode());
    assert!(lab.is_open(first) && !lab.is_open(second));
}

#[test]
fn what_comes_on_a_dead_connection_is_ignored() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let peer = lab.greet(1, true);
    lab.input(Input::Closed { connection: peer });
    assert_eq!(lab.reason(peer), Some(CloseReason::Remote));
    let outputs = lab.client.outputs;
    lab.send(peer, b"\0\0\0\x01\x02");
    lab.input(Input::Closed { connection: peer });
    lab.input(Input::Connected { connection: peer });
    assert!(lab.client.session.poll_transmit(lab.now, peer, 1_000).is_none());
    assert_eq!(lab.client.outputs, outputs);
}
