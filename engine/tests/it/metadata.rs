//! Torrents that are added by their info-hash: the metadata come from peers, whoever else is among them.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::{Magnet, PIECES_MAX};
use swarmlab_engine::session::{CloseReason, ConnectionId, Event, Misbehaviour, StartWith, TorrentConfig};
use swarmlab_engine::wire::extension::{HANDSHAKE_ID, UT_METADATA_ID};
use swarmlab_engine::wire::metadata_message::{METADATA_BYTES_MAX, METADATA_PIECE_BYTES, metadata_piece};
use swarmlab_engine::wire::{BlockRequest, ExtensionHandshake, Message, MetadataMessage};

use crate::rig::{Client, Cuts, Lab, Swarm, Torrent, quiet};

const HOUR: Duration = Duration::from_secs(3_600);
/// The number under which the raw peers take metadata.
const THEIR_ID: u8 = 7;

/// A torrent whose info dictionary has several pieces of 16 KiB.
fn long() -> Torrent {
    Torrent::new(2_500 * 1_024, 1_024)
}

fn address(number: u8) -> SocketAddr {
    ([10, 0, 0, number], 6881).into()
}

fn received(client: &Client) -> usize {
    client.count(|event| matches!(event, Event::MetadataReceived { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is cut how, and whoever speaks the fast extension: who knows the info-hash and a seed gets everything.
    #[test]
    fn who_knows_the_info_hash_and_a_seed_completes(
        total in 1u64..200_000,
        piece_length in 40u32..60_000,
        fast in any::<(bool, bool)>(),
        cuts in any::<u64>(),
        with_others in any::<bool>(),
    ) {
        prop_assume!(total / u64::from(piece_length) < 4_000);
        let torrent = Torrent::new(total, piece_length);
        let config = |fast_extension| TorrentConfig { fast_extension, ..quiet() };
        let seed = torrent.memory(0..torrent.geometry().piece_count);
        let mut clients = vec![
            Client::new(1, &torrent, StartWith::Everything, seed, Vec::new(), config(fast.0)),
            Client::seeking(2, &torrent, vec![address(1)], config(fast.1)),
        ];
        if with_others {
            // One who knows the seekers only, and hears of the rest from them.
            clients.push(Client::seeking(3, &torrent, vec![address(2)], config(true)));
        }
        let mut swarm = Swarm::new(clients, Cuts::random(cuts));
        swarm.run_until(HOUR, Swarm::all_complete);
        for client in &mut swarm.clients[1..] {
            prop_assert_eq!(received(client), 1);
            prop_assert!(torrent.is_all_in(&mut *client.storage));
        }
    }
}

#[test]
fn what_is_on_the_disk_is_checked_once_the_metadata_are_there_and_the_connection_stays() {
    let torrent = Torrent::pieces(8);
    let everything = torrent.memory(0..8);
    let seed = Client::new(1, &torrent, StartWith::Everything, everything, Vec::new(), quiet());
    let magnet = Magnet::new(torrent.metainfo.info.hash());
    let half = torrent.memory(0..4);
    let leech = Client::given(2, magnet.into(), StartWith::Check, half, vec![address(1)], quiet());
    let mut swarm = Swarm::new(vec![seed, leech], Cuts::None);
    swarm.run_until(HOUR, Swarm::all_complete);
    let leech = &swarm.clients[1];
    assert_eq!(leech.count(|event| matches!(event, Event::PieceVerified { .. })), 4, "the rest was there");
    assert_eq!(leech.count(|event| matches!(event, Event::PeerConnected { .. })), 1);
}

/// A raw peer of a client that seeks the metadata.
struct Liars {
    lab: Lab,
    torrent: Torrent,
}

impl Liars {
    fn new(torrent: Torrent) -> Liars {
        Liars::with(torrent, quiet())
    }

    fn with(torrent: Torrent, config: TorrentConfig) -> Liars {
        let client = Client::seeking(100, &torrent, Vec::new(), config);
        let mut lab = Lab::around(&torrent, client);
        lab.settle();
        Liars { lab, torrent }
    }

    fn raw(&self) -> Bytes {
        self.torrent.metainfo.info.raw().clone()
    }

    /// A peer that speaks extensions; it says how long the metadata are, if it does.
    fn greet(&mut self, number: u8, size: Option<u32>) -> ConnectionId {
        let peer = self.lab.dial_in(number).unwrap();
        let handshake = self.lab.handshake(number, true);
        let handshake = swarmlab_engine::wire::Handshake { extended: true, ..handshake };
        self.lab.send(peer, &handshake.encode());
        let said = ExtensionHandshake {
            ut_metadata: Some(THEIR_ID),
            metadata_size: size,
            ..ExtensionHandshake::default()
        };
        self.lab.say(peer, &Message::Extended { id: HANDSHAKE_ID, payload: said.encode() });
        peer
    }

    /// A peer that has the metadata, and everything else.
    fn greet_honest(&mut self, number: u8) -> ConnectionId {
        let peer = self.greet(number, Some(self.raw().len() as u32));
        self.lab.say(peer, &Message::HaveAll);
        self.lab.say(peer, &Message::Unchoke);
        peer
    }

    /// The pieces of the metadata that a peer was asked for since the last time.
    fn asked(&mut self, peer: ConnectionId) -> Vec<u32> {
        let piece = |message| match message {
            Message::Extended { id: THEIR_ID, payload } => match MetadataMessage::decode(&payload).unwrap() {
                MetadataMessage::Request { piece } => Some(piece),
                other => panic!("{other:?}"),
            },
            _ => None,
        };
        self.lab.heard(peer).into_iter().filter_map(piece).collect()
    }

    fn tell(&mut self, peer: ConnectionId, message: &MetadataMessage) {
        self.lab.say(peer, &Message::Extended { id: UT_METADATA_ID, payload: message.encode() });
    }

    /// Answers what the peer is asked with pieces of these bytes, until it is asked for nothing more. How many it were.
    fn serve(&mut self, peer: ConnectionId, whole: &Bytes) -> usize {
        let mut served = 0;
        loop {
            let asked = self.asked(peer);
            if asked.is_empty() {
                return served;
            }
            for piece in asked {
                if self.lab.is_open(peer) && received(&self.lab.client) == 0 {
                    served += 1;
                    let data = whole.slice(metadata_piece(whole.len() as u32, piece).unwrap());
                    self.tell(peer, &MetadataMessage::Data { piece, total_size: None, data });
                }
            }
        }
    }

    fn wrong(&self) -> Bytes {
        self.raw().iter().map(|byte| byte ^ 1).collect()
    }

    fn is_received(&self) -> bool {
        received(&self.lab.client) == 1
    }
}

#[test]
fn the_work_is_shared_and_what_peers_said_meanwhile_counts() {
    let mut scene = Liars::new(long());
    let peers: Vec<ConnectionId> = (1..=3).map(|number| scene.greet_honest(number)).collect();
    assert!(!scene.lab.client.opened);
    let whole = scene.raw();
    let served: Vec<usize> = peers.iter().map(|peer| scene.serve(*peer, &whole)).collect();
    assert_eq!(served.iter().sum::<usize>(), whole.len().div_ceil(METADATA_PIECE_BYTES as usize));
    assert!(scene.is_received() && scene.lab.client.opened);
    assert!(peers.iter().all(|peer| scene.lab.is_open(*peer)));
    // All had said that they have everything, and that they serve it.
    let asked: usize = peers.iter().map(|peer| scene.lab.asked(*peer).len()).sum();
    assert!(asked > 0, "blocks are asked for at once");
}

#[test]
fn haves_and_a_bitfield_said_before_count_and_a_wrong_one_is_a_reason_to_part() {
    let torrent = Torrent::pieces(8);
    let mut scene = Liars::new(torrent.clone());
    let with_bitfield = scene.greet(1, None);
    scene.lab.say(with_bitfield, &Message::Bitfield(PieceSet::full(8).to_wire()));
    let with_haves = scene.greet(2, None);
    scene.lab.say(with_haves, &Message::HaveNone);
    for piece in [1, 3, 3] {
        scene.lab.say(with_haves, &Message::Have(piece));
    }
    let too_long = scene.greet(3, None);
    scene.lab.say(too_long, &Message::Bitfield(PieceSet::full(20).to_wire()));
    let beyond = scene.greet(4, None);
    scene.lab.say(beyond, &Message::Have(8));
    let nowhere = scene.greet(5, None);
    scene.lab.say(nowhere, &Message::Have(PIECES_MAX));
    let twice = scene.greet(6, None);
    scene.lab.say(twice, &Message::HaveNone);
    scene.lab.say(twice, &Message::HaveAll);
    let reason = |scene: &Liars, peer| scene.lab.reason(peer);
    assert_eq!(reason(&scene, nowhere), Some(CloseReason::Misbehaved(Misbehaviour::PieceOutOfRange)));
    assert_eq!(reason(&scene, twice), Some(CloseReason::Misbehaved(Misbehaviour::BitfieldLate)));

    let honest = scene.greet_honest(9);
    let whole = scene.raw();
    scene.serve(honest, &whole);
    assert!(scene.is_received());
    assert_eq!(reason(&scene, too_long), Some(CloseReason::Misbehaved(Misbehaviour::BitfieldMalformed)));
    assert_eq!(reason(&scene, beyond), Some(CloseReason::Misbehaved(Misbehaviour::PieceOutOfRange)));
    let session = &scene.lab.client.session;
    let held =
        |peer| session.peers(scene.lab.client.key).find(|view| view.connection == peer).unwrap().pieces_held;
    assert_eq!((held(with_bitfield), held(with_haves), held(honest)), (8, 2, 8));
}

#[test]
fn who_alone_sends_wrong_bytes_is_closed_and_another_is_asked() {
    let mut scene = Liars::new(long());
    let size = scene.raw().len() as u32;
    let liar = scene.greet(1, Some(size));
    let wrong = scene.wrong();
    scene.serve(liar, &wrong);
    assert_eq!(scene.lab.reason(liar), Some(CloseReason::Misbehaved(Misbehaviour::MetadataCorrupt)));
    let honest = scene.greet_honest(2);
    let whole = scene.raw();
    scene.serve(honest, &whole);
    assert!(scene.is_received());
}

#[test]
fn of_several_who_sent_wrong_bytes_the_honest_are_kept() {
    let mut scene = Liars::new(long());
    let size = scene.raw().len() as u32;
    let (liar, honest) = (scene.greet(1, Some(size)), scene.greet_honest(2));
    let (wrong, whole) = (scene.wrong(), scene.raw());
    for _ in 0..100 {
        if scene.lab.is_open(liar) {
            scene.serve(liar, &wrong);
        }
        if !scene.is_received() {
            scene.serve(honest, &whole);
        }
        scene.lab.advance(1);
    }
    assert!(scene.is_received());
    assert!(scene.lab.is_open(honest));
}

#[test]
fn a_wrong_size_holds_nobody_up() {
    let mut scene = Liars::new(long());
    let size = scene.raw().len() as u32;
    let longer = scene.greet(1, Some(size + 1));
    let endless = scene.greet(2, Some(METADATA_BYTES_MAX));
    let impossible = scene.greet(3, Some(METADATA_BYTES_MAX + 1));
    let nothing = scene.greet(4, Some(0));
    assert_eq!(scene.asked(longer), [0, 1]);
    assert_eq!(scene.asked(endless), [0, 1]);
    assert!(scene.asked(impossible).is_empty() && scene.asked(nothing).is_empty());
    let honest = scene.greet_honest(5);
    let whole = scene.raw();
    scene.serve(honest, &whole);
    assert!(scene.is_received());
}

#[test]
fn who_rejects_or_says_nothing_is_asked_again_later() {
    let mut scene = Liars::new(Torrent::pieces(8));
    let size = scene.raw().len() as u32;
    let rejects = scene.greet(1, Some(size));
    assert_eq!(scene.asked(rejects), [0]);
    scene.tell(rejects, &MetadataMessage::Reject { piece: 0 });
    let silent = scene.greet(2, Some(size));
    assert_eq!(scene.asked(silent), [0]);
    let third = scene.greet(3, Some(size));
    assert!(scene.asked(third).is_empty(), "one is asked already");
    scene.lab.advance(21);
    assert_eq!(scene.asked(third), [0], "who says nothing is not waited for");
    scene.lab.advance(45);
    assert_eq!(scene.asked(rejects), [0], "a minute later it may have them");
    let whole = scene.raw();
    let answer = MetadataMessage::Data { piece: 0, total_size: Some(size), data: whole };
    scene.tell(third, &answer);
    assert!(scene.is_received());
    // What was on its way comes for nothing.
    scene.tell(rejects, &answer);
    assert!(scene.lab.is_open(rejects) && scene.lab.is_open(silent));
}

#[test]
fn what_breaks_a_rule_of_the_exchange_ends_the_connection() {
    let data = |piece, total_size, bytes: usize| MetadataMessage::Data {
        piece,
        total_size,
        data: vec![0; bytes].into(),
    };
    let size = long().metainfo.info.raw().len() as u32;
    let whole_piece = METADATA_PIECE_BYTES as usize;
    let malformed = CloseReason::Misbehaved(Misbehaviour::MetadataMalformed);
    for (message, reason) in [
        (data(0, Some(size), whole_piece), None),
        (data(0, None, whole_piece - 1), Some(malformed)),
        (data(0, Some(size + 1), whole_piece), Some(malformed)),
        (data(9_999, None, 1), None),
    ] {
        let mut scene = Liars::new(long());
        let peer = scene.greet(1, Some(size));
        scene.tell(peer, &message);
        assert_eq!(scene.lab.reason(peer), reason, "{message:?}");
    }
    let mut scene = Liars::new(long());
    let peer = scene.greet(1, None);
    scene.lab.say(peer, &Message::Extended { id: UT_METADATA_ID, payload: Bytes::from_static(b"de") });
    assert_eq!(scene.lab.reason(peer), Some(malformed));

    let mut scene = Liars::new(long());
    let peer = scene.greet(1, None);
    for _ in 0..=64 {
        assert!(scene.lab.is_open(peer));
        scene.tell(peer, &data(0, None, 10));
    }
    let unasked = CloseReason::Misbehaved(Misbehaviour::MetadataUnasked);
    assert_eq!(scene.lab.reason(peer), Some(unasked));
}

#[test]
fn requests_before_the_metadata_are_refused() {
    let mut scene = Liars::new(Torrent::pieces(8));
    let peer = scene.greet(1, None);
    let request = BlockRequest { piece: 0, begin: 0, length: 16_384 };
    scene.lab.say(peer, &Message::Interested);
    scene.lab.say(peer, &Message::Request(request));
    scene.tell(peer, &MetadataMessage::Request { piece: 0 });
    let heard = scene.lab.heard(peer);
    let is_reject =
        |message: &Message| matches!(message, Message::RejectRequest(rejected) if *rejected == request);
    assert!(heard.iter().any(is_reject), "{heard:?}");
    let refused = MetadataMessage::Reject { piece: 0 }.encode();
    let is_refusal = |message: &Message| matches!(message, Message::Extended { id: THEIR_ID, payload } if *payload == refused);
    assert!(heard.iter().any(is_refusal), "{heard:?}");
    assert!(!heard.iter().any(|message| matches!(message, Message::Unchoke)), "there is nothing to serve");
}

/// A seed, and a raw peer that asks it for metadata.
fn ask_seed(torrent: &Torrent, pieces: &[u32]) -> (Vec<Message>, Option<CloseReason>) {
    let mut lab = Lab::seed(torrent);
    let peer = lab.dial_in(1).unwrap();
    let handshake = swarmlab_engine::wire::Handshake { extended: true, ..lab.handshake(1, true) };
    lab.send(peer, &handshake.encode());
    let said = ExtensionHandshake { ut_metadata: Some(THEIR_ID), ..ExtensionHandshake::default() };
    lab.say(peer, &Message::Extended { id: HANDSHAKE_ID, payload: said.encode() });
    for piece in pieces {
        if lab.is_open(peer) {
            let payload = MetadataMessage::Request { piece: *piece }.encode();
            lab.say(peer, &Message::Extended { id: UT_METADATA_ID, payload });
        }
    }
    (lab.heard(peer), lab.reason(peer))
}

fn answers(heard: &[Message]) -> Vec<MetadataMessage> {
    let answer = |message: &Message| match message {
        Message::Extended { id: THEIR_ID, payload } => Some(MetadataMessage::decode(payload).unwrap()),
        _ => None,
    };
    heard.iter().filter_map(answer).collect()
}

fn offer(heard: &[Message]) -> ExtensionHandshake {
    let offer = |message: &Message| match message {
        Message::Extended { id: HANDSHAKE_ID, payload } => ExtensionHandshake::decode(payload),
        _ => None,
    };
    heard.iter().find_map(offer).expect("an extension handshake")
}

#[test]
fn a_seed_offers_and_serves_the_metadata_a_bounded_number_of_times() {
    let torrent = long();
    let whole = torrent.metainfo.info.raw();
    let pieces = whole.len().div_ceil(METADATA_PIECE_BYTES as usize) as u32;
    let asked: Vec<u32> = (0..5).flat_map(|_| 0..pieces).chain([pieces, u32::MAX]).collect();
    let (heard, reason) = ask_seed(&torrent, &asked);
    assert_eq!(reason, None);
    let offer = offer(&heard);
    assert_eq!(offer.metadata_size, Some(whole.len() as u32));
    assert_eq!((offer.ut_metadata, offer.upload_only), (Some(UT_METADATA_ID), Some(true)));
    let answers = answers(&heard);
    assert_eq!(answers.len(), asked.len(), "each request has its answer");
    let mut served = Vec::new();
    for answer in &answers {
        if let MetadataMessage::Data { data, total_size, .. } = answer {
            assert_eq!(*total_size, Some(whole.len() as u32));
            served.extend_from_slice(data);
        }
    }
    assert_eq!(served, whole.repeat(3));
}

#[test]
fn who_floods_with_requests_for_metadata_is_closed() {
    let (_, reason) = ask_seed(&Torrent::pieces(8), &[0; 1_010]);
    assert_eq!(reason, Some(CloseReason::Misbehaved(Misbehaviour::RequestFlood)));
}

#[test]
fn the_metadata_of_a_private_torrent_are_given_to_nobody() {
    let (heard, reason) = ask_seed(&Torrent::private(8), &[0, 0, 0]);
    let offer = offer(&heard);
    assert_eq!((offer.ut_metadata, offer.ut_pex, offer.metadata_size), (None, None, None));
    assert_eq!((answers(&heard), reason), (Vec::new(), None));
}

#[test]
fn metadata_that_this_client_cannot_take_end_the_torrent() {
    // The info dictionary of a version 2 torrent, as far as anybody can tell.
    let raw = Bytes::from_static(b"d9:file treede12:meta versioni2e4:name1:a12:piece lengthi16384ee");
    let torrent = Torrent::pieces(8);
    let hash = swarmlab_engine::metainfo::InfoHash::of(&raw);
    let storage = torrent.memory([]);
    let magnet = Magnet::new(hash).into();
    let client = Client::given(100, magnet, StartWith::Nothing, storage, Vec::new(), quiet());
    let mut lab = Lab::around(&torrent, client);
    lab.settle();
    let peer = lab.dial_in(1).unwrap();
    let handshake =
        swarmlab_engine::wire::Handshake { extended: true, info_hash: hash, ..lab.handshake(1, true) };
    lab.send(peer, &handshake.encode());
    let said = ExtensionHandshake {
        ut_metadata: Some(THEIR_ID),
        metadata_size: Some(raw.len() as u32),
        ..ExtensionHandshake::default()
    };
    lab.say(peer, &Message::Extended { id: HANDSHAKE_ID, payload: said.encode() });
    let data = MetadataMessage::Data { piece: 0, total_size: None, data: raw };
    lab.say(peer, &Message::Extended { id: UT_METADATA_ID, payload: data.encode() });
    assert_eq!(lab.client.count(|event| matches!(event, Event::MetadataUnusable { .. })), 1);
    assert!(!lab.is_open(peer) && !lab.client.opened);
    lab.input(swarmlab_engine::session::Input::Stop);
    assert_eq!(lab.client.count(|event| *event == Event::Stopped), 1);
}

#[test]
fn a_tracker_is_asked_before_the_metadata_are_there() {
    let torrent = Torrent::pieces(8);
    let magnet = Magnet {
        trackers: vec!["http://one.example/announce".into()],
        ..Magnet::new(torrent.metainfo.info.hash())
    };
    let storage = torrent.memory([]);
    let config = TorrentConfig::default();
    let client = Client::given(100, magnet.into(), StartWith::Nothing, storage, Vec::new(), config);
    let mut lab = Lab::around(&torrent, client);
    lab.settle();
    let tracker = lab.answer_dial();
    let asked = lab.request_text(tracker);
    assert!(asked.contains("&left=16384&") && asked.contains("&event=started"), "{asked}");
    let peers = b"HTTP/1.0 200 OK\r\n\r\nd8:intervali1000e5:peers6:\x0a\x00\x01\x01\xc3\x50e";
    lab.send(tracker, peers);
    lab.input(swarmlab_engine::session::Input::Closed { connection: tracker });
    lab.advance(3);
    assert_eq!(lab.dialled().last().unwrap().1, "10.0.1.1:50000", "whom it has named is dialled");
}
