//! Whom a client dials first, and who is kept when there is no room for all (BEP 40).

use std::collections::BTreeSet;
use std::net::IpAddr;

use swarmlab_engine::peer_priority::peer_priority;
use swarmlab_engine::session::{CloseReason, ConnectionId, Input, TorrentConfig};
use swarmlab_engine::wire::extension::HANDSHAKE_ID;
use swarmlab_engine::wire::{ExtensionHandshake, Handshake, Message};

use crate::rig::{Lab, Torrent, addr, quiet};

/// Where the client is, as its peers see it.
const OWN: [u8; 4] = [10, 0, 77, 3];
const ROOM: u32 = 3;
/// Its number, which no peer has.
const CLIENT: u8 = 100;

fn config() -> TorrentConfig {
    TorrentConfig { connections_max: ROOM, ..quiet() }
}

fn priority(number: u8) -> u32 {
    peer_priority((OWN, 6881).into(), addr(number)).unwrap()
}

/// All peers, those of the lowest priority first.
fn by_priority() -> Vec<u8> {
    let mut numbers: Vec<u8> = (1..120).filter(|number| *number != CLIENT).collect();
    numbers.sort_by_key(|number| priority(*number));
    numbers
}

/// A peer comes, has nothing, and says where it sees the client.
fn comes(lab: &mut Lab, number: u8, your_ip: Option<IpAddr>) -> ConnectionId {
    let peer = tries(lab, number, your_ip);
    peer.unwrap_or_else(|| panic!("{number} is taken"))
}

/// The same; `None` if it isn't taken.
fn tries(lab: &mut Lab, number: u8, your_ip: Option<IpAddr>) -> Option<ConnectionId> {
    let peer = lab.dial_in(number)?;
    greets(lab, peer, number, your_ip);
    if lab.is_open(peer) {
        lab.say(peer, &Message::HaveNone);
    }
    Some(peer).filter(|peer| lab.is_open(*peer))
}

fn greets(lab: &mut Lab, peer: ConnectionId, number: u8, your_ip: Option<IpAddr>) {
    let hello = Handshake { extended: true, ..lab.handshake(number, true) };
    lab.send(peer, &hello.encode());
    if lab.is_open(peer) {
        let payload = ExtensionHandshake { your_ip, ..ExtensionHandshake::default() }.encode();
        lab.say(peer, &Message::Extended { id: HANDSHAKE_ID, payload });
    }
}

#[test]
fn those_of_the_highest_priority_are_kept_in_whatever_order_they_come() {
    let mut kept = BTreeSet::new();
    for first in [1, 40, 80] {
        let mut lab = Lab::seed_with(&Torrent::pieces(8), config());
        let mut there: Vec<(u8, ConnectionId)> = Vec::new();
        for number in (0..120).map(|at| (first + at) % 120 + 1).filter(|number| *number != CLIENT) {
            let lowest = there.iter().map(|(number, _)| priority(*number)).min().unwrap_or(0);
            let is_full = there.len() == ROOM as usize;
            let peer = tries(&mut lab, number, Some(OWN.into()));
            assert_eq!(peer.is_some(), !is_full || priority(number) > lowest, "{number}");
            if is_full && peer.is_some() {
                let gone: Vec<_> = there.extract_if(.., |(_, peer)| !lab.is_open(*peer)).collect();
                let [(given_up, of)] = gone[..] else { panic!("one goes: {gone:?}") };
                assert_eq!((priority(given_up), lab.reason(of)), (lowest, Some(CloseReason::Full)));
            }
            assert!(there.iter().all(|(_, peer)| lab.is_open(*peer)), "{number}");
            there.extend(peer.map(|peer| (number, peer)));
        }
        kept.insert(there.iter().map(|(number, _)| priority(*number)).collect::<BTreeSet<u32>>());
    }
    assert_eq!(kept.len(), 1, "{kept:?}");
}

#[test]
fn who_is_served_is_not_given_up() {
    let numbers = by_priority();
    let mut lab = Lab::seed_with(&Torrent::pieces(8), config());
    let there: Vec<ConnectionId> =
        numbers[..3].iter().map(|number| comes(&mut lab, *number, Some(OWN.into()))).collect();
    lab.say(there[0], &Message::Interested);
    lab.advance(10);
    let is_unchoke = |said: &Message| matches!(said, Message::Unchoke);
    assert!(lab.heard(there[0]).iter().any(is_unchoke), "the lowest of all is served");
    let newcomers = [numbers[100], numbers[101]].map(|number| comes(&mut lab, number, Some(OWN.into())));
    assert!(lab.is_open(there[0]));
    assert!(!lab.is_open(there[1]) && !lab.is_open(there[2]), "those who want nothing made room");
    newcomers.iter().for_each(|newcomer| lab.say(*newcomer, &Message::Interested));
    lab.advance(30);
    assert_eq!(tries(&mut lab, numbers[117], Some(OWN.into())), None, "all are served");
}

#[test]
fn who_has_what_is_wanted_is_not_given_up() {
    let numbers = by_priority();
    let mut lab = Lab::leech_with(&Torrent::pieces(8), Vec::new(), config());
    let lowest = lab.dial_in(numbers[0]).unwrap();
    greets(&mut lab, lowest, numbers[0], Some(OWN.into()));
    lab.say(lowest, &Message::HaveAll);
    let idle = [numbers[1], numbers[2]].map(|number| comes(&mut lab, number, None));
    let newcomer = comes(&mut lab, numbers[100], None);
    assert!(lab.is_open(lowest), "it chokes, but has everything");
    assert!(lab.is_open(newcomer) && idle.iter().filter(|peer| lab.is_open(**peer)).count() == 1);
}

#[test]
fn until_it_is_known_where_we_are_whoever_is_there_stays() {
    let mut lab = Lab::seed_with(&Torrent::pieces(8), config());
    let there: Vec<ConnectionId> = (1..=3).map(|number| comes(&mut lab, number, None)).collect();
    for number in 4..40 {
        assert_eq!(tries(&mut lab, number, Some(OWN.into())), None);
        assert!(there.iter().all(|peer| lab.is_open(*peer)));
    }
}

#[test]
fn nobody_is_given_up_for_a_second_connection_of_somebody_who_is_here() {
    let numbers = by_priority();
    let mut lab = Lab::seed_with(&Torrent::pieces(8), config());
    let [low, high] = [numbers[0], numbers[100]];
    let there = [low, numbers[1], high].map(|number| comes(&mut lab, number, Some(OWN.into())));
    assert_eq!(tries(&mut lab, high, Some(OWN.into())), None);
    assert!(there.iter().all(|peer| lab.is_open(*peer)));
}

#[test]
fn once_it_is_known_where_we_are_the_highest_is_dialled_first() {
    let known: Vec<_> = (1..120).map(addr).collect();
    let config = TorrentConfig { connections_target: 2, ..quiet() };
    let mut lab = Lab::leech_with(&Torrent::pieces(8), known, config);
    comes(&mut lab, 200, Some(OWN.into()));
    let number = |text: &str| text.split(['.', ':']).nth(3).unwrap().parse::<u8>().unwrap();
    let mut left: BTreeSet<u8> = (1..120).collect();
    lab.dialled().iter().for_each(|(_, first)| assert!(left.remove(&number(first))));
    assert_eq!(lab.dialled().len(), 2);
    for _ in 0..20 {
        let (connection, _) = lab.client.dials.pop_front().expect("the client dials");
        lab.input(Input::Closed { connection });
        lab.advance(1);
    }
    assert!(lab.dialled().len() > 18, "{:?}", lab.dialled());
    for (_, dialled) in &lab.dialled()[2..] {
        let highest = left.iter().map(|number| priority(*number)).max().unwrap();
        assert_eq!(priority(number(dialled)), highest, "{dialled}");
        left.remove(&number(dialled));
    }
}

#[test]
fn a_peer_is_told_where_it_is_seen() {
    let mut lab = Lab::seed_with(&Torrent::pieces(8), config());
    let peer = comes(&mut lab, 9, None);
    let said = lab.heard(peer).into_iter().find_map(|message| match message {
        Message::Extended { id: HANDSHAKE_ID, payload } => ExtensionHandshake::decode(&payload),
        _ => None,
    });
    assert_eq!(said.and_then(|said| said.your_ip), Some(addr(9).ip()));
}
