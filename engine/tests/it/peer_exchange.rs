//! Peers that hear of each other from peers (BEP 11).

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::session::{CloseReason, ConnectionId, Misbehaviour, StartWith, TorrentConfig};
use swarmlab_engine::wire::extension::{HANDSHAKE_ID, UT_PEX_ID};
use swarmlab_engine::wire::peer_exchange_message::flag;
use swarmlab_engine::wire::{ExtensionHandshake, Handshake, Message, PeerExchangeMessage};

use crate::rig::{Client, Cuts, Lab, Swarm, Torrent, quiet};

const HOUR: Duration = Duration::from_secs(3_600);
/// The number under which the raw peers take peer exchange.
const THEIR_ID: u8 = 9;

fn address(number: u8) -> SocketAddr {
    ([10, 0, 0, number], 6881).into()
}

/// A seed, and leechers that know the seed only.
fn star(torrent: &Torrent, leechers: u8, config: &TorrentConfig) -> Swarm {
    let seed = torrent.memory(0..torrent.geometry().piece_count);
    let mut clients = vec![Client::new(1, torrent, StartWith::Everything, seed, Vec::new(), config.clone())];
    clients.extend((2..2 + leechers).map(|number| {
        let known = vec![address(1)];
        Client::new(number, torrent, StartWith::Nothing, torrent.shared(), known, config.clone())
    }));
    Swarm::new(clients, Cuts::None)
}

fn neighbours(swarm: &Swarm, at: usize) -> usize {
    let client = &swarm.clients[at];
    client.session.peers(client.key).count()
}

#[test]
fn who_knows_one_peer_gets_to_know_all() {
    // Too slow to be complete before they have met: nobody unchokes.
    let config = TorrentConfig { upload_slots: 0, ..quiet() };
    let mut swarm = star(&Torrent::pieces(8), 6, &config);
    swarm.run_until(HOUR, |swarm| (1..7).all(|at| neighbours(swarm, at) == 6));
    assert!(swarm.now.as_secs_f64() <= 62.0, "the first word comes at once, the second in a minute");
}

#[test]
fn without_the_exchange_they_never_meet() {
    for (torrent, peer_exchange) in [(Torrent::pieces(8), false), (Torrent::private(8), true)] {
        let config = TorrentConfig { upload_slots: 0, peer_exchange, ..quiet() };
        let mut swarm = star(&torrent, 3, &config);
        swarm.advance(Duration::from_secs(600));
        assert!((1..4).all(|at| neighbours(&swarm, at) == 1));
    }
}

/// A raw peer that speaks extensions, listens on the usual port, and exchanges peers.
fn greet(lab: &mut Lab, number: u8) -> ConnectionId {
    let peer = lab.dial_in(number).unwrap();
    let handshake = Handshake { extended: true, ..lab.handshake(number, true) };
    lab.send(peer, &handshake.encode());
    let said = ExtensionHandshake {
        ut_pex: Some(THEIR_ID),
        listen_port: Some(6881),
        ..ExtensionHandshake::default()
    };
    lab.say(peer, &Message::Extended { id: HANDSHAKE_ID, payload: said.encode() });
    lab.say(peer, &Message::HaveNone);
    peer
}

/// Where the raw peer of this number listens.
fn listens(number: u8) -> SocketAddr {
    ([10, 0, 1, number], 6881).into()
}

fn told(lab: &mut Lab, peer: ConnectionId) -> Vec<PeerExchangeMessage> {
    let message = |message| match message {
        Message::Extended { id: THEIR_ID, payload } => Some(PeerExchangeMessage::decode(&payload).unwrap()),
        _ => None,
    };
    lab.heard(peer).into_iter().filter_map(message).collect()
}

fn tell(lab: &mut Lab, peer: ConnectionId, added: impl IntoIterator<Item = SocketAddr>) {
    let message = PeerExchangeMessage {
        added: added.into_iter().map(|address| (address, 0)).collect(),
        ..PeerExchangeMessage::default()
    };
    lab.say(peer, &Message::Extended { id: UT_PEX_ID, payload: message.encode() });
}

#[test]
fn peers_are_told_of_each_other_once_a_minute_and_of_their_end() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let first = greet(&mut lab, 1);
    lab.advance(2);
    assert!(told(&mut lab, first).is_empty(), "there is nobody to tell of");
    let second = greet(&mut lab, 2);
    lab.advance(2);
    let expected = |number| PeerExchangeMessage { added: vec![(listens(number), 0)], dropped: Vec::new() };
    assert_eq!(told(&mut lab, first), [expected(2)]);
    assert_eq!(told(&mut lab, second), [expected(1)]);
    lab.input(swarmlab_engine::session::Input::Closed { connection: second });
    let _third = greet(&mut lab, 3);
    lab.advance(50);
    assert!(told(&mut lab, first).is_empty(), "a minute is not over");
    lab.advance(12);
    let news = PeerExchangeMessage { added: vec![(listens(3), 0)], dropped: vec![listens(2)] };
    assert_eq!(told(&mut lab, first), [news]);
    lab.advance(300);
    assert!(told(&mut lab, first).is_empty(), "there is no news");
}

#[test]
fn a_seed_that_was_dialled_is_told_of_as_such() {
    let config = TorrentConfig { connections_target: 1, ..quiet() };
    let mut lab = Lab::leech_with(&Torrent::pieces(8), vec![listens(1)], config);
    let seed = lab.answer_dial();
    lab.send(seed, &lab.handshake(1, true).encode());
    lab.say(seed, &Message::HaveAll);
    let other = greet(&mut lab, 2);
    lab.advance(2);
    let message =
        PeerExchangeMessage { added: vec![(listens(1), flag::SEED | flag::REACHABLE)], ..Default::default() };
    assert_eq!(told(&mut lab, other), [message]);
}

#[test]
fn who_is_named_is_dialled_after_those_who_are_known_better() {
    let config = TorrentConfig { connections_target: 2, ..quiet() };
    let mut lab = Lab::leech_with(&Torrent::pieces(8), Vec::new(), config);
    let gossip = greet(&mut lab, 1);
    tell(&mut lab, gossip, [address(50), ([127, 0, 0, 1], 6881).into(), ([0, 0, 0, 0], 6881).into()]);
    lab.advance(2);
    let dialled: Vec<String> = lab.dialled().into_iter().map(|(_, to)| to).collect();
    assert_eq!(dialled, ["10.0.0.50:6881"], "nobody is sent to its own doors");
}

#[test]
fn what_breaks_a_rule_of_the_exchange_ends_the_connection() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let flood = greet(&mut lab, 1);
    for _ in 0..5 {
        tell(&mut lab, flood, []);
    }
    assert!(lab.is_open(flood));
    tell(&mut lab, flood, []);
    assert_eq!(lab.reason(flood), Some(CloseReason::Misbehaved(Misbehaviour::PexFlood)));
    let wrong = greet(&mut lab, 2);
    lab.say(wrong, &Message::Extended { id: UT_PEX_ID, payload: Bytes::from_static(b"d5:added5:abcdee") });
    assert_eq!(lab.reason(wrong), Some(CloseReason::Misbehaved(Misbehaviour::PexMalformed)));
}

#[test]
fn of_a_private_torrent_nothing_is_believed_and_nothing_said() {
    let mut lab = Lab::seed(&Torrent::private(8));
    let (first, second) = (greet(&mut lab, 1), greet(&mut lab, 2));
    tell(&mut lab, first, [address(50)]);
    lab.advance(120);
    assert!(told(&mut lab, first).is_empty() && told(&mut lab, second).is_empty());
    assert!(lab.dialled().is_empty());
}

#[test]
fn once_a_torrent_turns_out_to_be_private_whom_peers_have_named_is_let_go() {
    use swarmlab_engine::wire::MetadataMessage;
    use swarmlab_engine::wire::extension::UT_METADATA_ID;
    let torrent = Torrent::private(8);
    let client = Client::seeking(100, &torrent, Vec::new(), quiet());
    let mut lab = Lab::around(&torrent, client);
    lab.settle();
    let gossip = greet(&mut lab, 1);
    tell(&mut lab, gossip, [address(50), address(51)]);
    lab.advance(2);
    let named = lab.answer_dial();
    let handshake = Handshake { extended: true, ..lab.handshake(50, true) };
    lab.send(named, &handshake.encode());
    // Somebody gives the metadata out all the same.
    let raw = torrent.metainfo.info.raw().clone();
    let said = ExtensionHandshake {
        ut_metadata: Some(3),
        metadata_size: Some(raw.len() as u32),
        ..ExtensionHandshake::default()
    };
    lab.say(named, &Message::Extended { id: HANDSHAKE_ID, payload: said.encode() });
    let data = MetadataMessage::Data { piece: 0, total_size: None, data: raw };
    lab.say(named, &Message::Extended { id: UT_METADATA_ID, payload: data.encode() });
    assert_eq!(lab.reason(named), Some(CloseReason::Private));
    assert!(lab.is_open(gossip), "it has dialled us");
    let taken_back = lab.heard(gossip).into_iter().any(|message| match message {
        Message::Extended { id: HANDSHAKE_ID, payload } => {
            let said = ExtensionHandshake::decode(&payload).unwrap();
            (said.ut_pex, said.ut_metadata, said.metadata_size) == (Some(0), Some(0), None)
        }
        _ => false,
    });
    assert!(taken_back, "what was offered before is taken back");
    let named = |lab: &Lab| lab.dialled().iter().filter(|(_, to)| to.starts_with("10.0.0.5")).count();
    let before = named(&lab);
    lab.advance(600);
    assert_eq!(named(&lab), before, "nobody of whom peers have told is dialled any more");
}
