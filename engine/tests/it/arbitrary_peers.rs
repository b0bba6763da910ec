//! Peers that say anything at all, in any fragments: nothing panics, the invariants hold after every input, and no input
//! has the client ask for more than its size explains.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use swarmlab_engine::session::{ConnectionId, Input, StartWith, TorrentConfig};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Disk, Lab, Torrent, quiet};

const PIECES: u32 = 12;
const PEERS: u8 = 4;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A peer dials; with a right handshake, or without.
    Dial { peer: u8, fast: bool, right: bool },
    /// A peer says a message, in two fragments.
    Say { peer: u8, message: Message, cut: prop::sample::Index },
    /// A peer answers what it was asked, rightly or not.
    Answer { peer: u8, right: bool, reject: bool },
    /// A peer sends bytes.
    Garbage { peer: u8, bytes: Vec<u8> },
    /// A peer's connection ends.
    Close { peer: u8 },
    /// A peer stops reading, or reads again.
    Deaf { peer: u8, deaf: bool },
    /// Time passes.
    Wait { millis: u32 },
    /// The disk changes its mind.
    Disk(Disk),
    /// The client is told to stop.
    Stop,
}

fn any_block() -> impl Strategy<Value = BlockRequest> {
    let piece = prop_oneof![9 => 0..PIECES, 1 => any::<u32>()];
    let begin = prop_oneof![9 => prop::sample::select(vec![0u32, 16_384]), 1 => any::<u32>()];
    let length = prop_oneof![19 => Just(16_384u32), 1 => any::<u32>()];
    (piece, begin, length).prop_map(|(piece, begin, length)| BlockRequest { piece, begin, length })
}

fn any_message() -> impl Strategy<Value = Message> {
    let piece = || prop_oneof![19 => 0..PIECES, 1 => any::<u32>()];
    let extended = prop_oneof![
        Just(Bytes::from_static(b"d1:pi6881e4:reqqi3ee")),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from),
    ];
    prop_oneof![
        1 => Just(Message::KeepAlive),
        3 => Just(Message::Choke),
        5 => Just(Message::Unchoke),
        3 => Just(Message::Interested),
        1 => Just(Message::NotInterested),
        5 => piece().prop_map(Message::Have),
        2 => any::<(u8, u8)>().prop_map(|(a, b)| Message::Bitfield(vec![a, b & 0xf0].into())),
        1 => Just(Message::HaveAll),
        1 => Just(Message::HaveNone),
        5 => any_block().prop_map(Message::Request),
        1 => any_block().prop_map(Message::Cancel),
        1 => any_block().prop_map(Message::RejectRequest),
        2 => (any_block(), any::<u8>()).prop_map(|(at, byte)| Message::Piece {
            piece: at.piece,
            begin: at.begin,
            data: Bytes::from(vec![byte; at.length.min(16_384) as usize]).into(),
        }),
        1 => piece().prop_map(Message::SuggestPiece),
        2 => piece().prop_map(Message::AllowedFast),
        1 => any::<u16>().prop_map(Message::Port),
        1 => (0u8..3, extended).prop_map(|(id, payload)| Message::Extended { id, payload }),
        1 => (21u8..).prop_map(Message::Unknown),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let peer = || 0..PEERS;
    let disk = prop_oneof![
        6 => Just(Disk::Fine),
        3 => Just(Disk::Stuck),
        1 => Just(Disk::Unreadable),
        1 => (0u32..20).prop_map(Disk::RoomFor),
    ];
    prop_oneof![
        8 => (peer(), any::<bool>(), prop::bool::weighted(0.95))
            .prop_map(|(peer, fast, right)| Step::Dial { peer, fast, right }),
        40 => (peer(), any_message(), any::<prop::sample::Index>())
            .prop_map(|(peer, message, cut)| Step::Say { peer, message, cut }),
        20 => (peer(), prop::bool::weighted(0.9), prop::bool::weighted(0.2))
            .prop_map(|(peer, right, reject)| Step::Answer { peer, right, reject }),
        1 => (peer(), proptest::collection::vec(any::<u8>(), 0..100))
            .prop_map(|(peer, bytes)| Step::Garbage { peer, bytes }),
        2 => peer().prop_map(|peer| Step::Close { peer }),
        2 => (peer(), any::<bool>()).prop_map(|(peer, deaf)| Step::Deaf { peer, deaf }),
        6 => (1u32..30_000).prop_map(|millis| Step::Wait { millis }),
        3 => disk.prop_map(Step::Disk),
        1 => prop::bool::weighted(0.1).prop_map(|stop| if stop { Step::Stop } else { Step::Wait { millis: 1 } }),
    ]
}

/// The client and the connections that its peers have now.
struct Play {
    lab: Lab,
    connections: [Option<ConnectionId>; PEERS as usize],
}

impl Play {
    fn new(held: u16, config: TorrentConfig) -> Play {
        let torrent = Torrent::pieces(PIECES);
        let storage = torrent.memory((0..PIECES).filter(|piece| held >> piece & 1 == 1));
        let lab = Lab::new(&torrent, StartWith::Check, storage, Vec::new(), config);
        Play { lab, connections: [None; PEERS as usize] }
    }

    fn open(&self, peer: u8) -> Option<ConnectionId> {
        self.connections[usize::from(peer)].filter(|connection| self.lab.is_open(*connection))
    }

    /// Bytes arrive; the client may not ask for more than they explain.
    fn send(&mut self, connection: ConnectionId, bytes: &[u8]) {
        let before = self.lab.client.outputs;
        self.lab.send(connection, bytes);
        let asked_for = self.lab.client.outputs - before;
        // A closed peer may free blocks to be asked of each other one; a message moves each peer once.
        let explained = 100 + bytes.len();
        assert!(asked_for <= explained, "{asked_for} outputs for {} bytes", bytes.len());
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Dial { peer, fast, right } => {
                if self.open(peer).is_none() {
                    let dialled = self.lab.dial_in(peer);
                    self.connections[usize::from(peer)] = dialled;
                    let Some(connection) = dialled else { return };
                    let mut handshake = self.lab.handshake(peer, fast);
                    handshake.info_hash.0[0] ^= u8::from(!right);
                    handshake.extended = fast;
                    self.send(connection, &handshake.encode());
                }
            }
            Step::Say { peer, message, cut } => {
                let Some(connection) = self.open(peer) else { return };
                let mut bytes = BytesMut::new();
                message.encode_head(&mut bytes);
                if let Message::Piece { data, .. } = &message {
                    data.fragments().iter().for_each(|fragment| bytes.extend_from_slice(fragment));
                }
                let (first, second) = bytes.split_at(cut.index(bytes.len()));
                self.send(connection, first);
                self.send(connection, second);
            }
            Step::Answer { peer, right, reject } => {
                let Some(connection) = self.open(peer) else { return };
                for request in self.lab.asked(connection) {
                    self.answer(connection, request, right, reject);
                }
            }
            Step::Garbage { peer, bytes } => {
                if let Some(connection) = self.open(peer) {
                    self.send(connection, &bytes);
                }
            }
            Step::Close { peer } => {
                if let Some(connection) = self.connections[usize::from(peer)].take()
                    && self.lab.is_open(connection)
                {
                    self.lab.input(Input::Closed { connection });
                }
            }
            Step::Deaf { peer, deaf } => {
                if let Some(connection) = self.open(peer) {
                    self.lab.set_deaf(connection, deaf);
                }
            }
            Step::Wait { millis } => self.lab.advance_by(Duration::from_millis(millis.into())),
            Step::Disk(disk) => {
                self.lab.client.disk = disk;
                self.lab.settle();
            }
            Step::Stop => self.lab.input(Input::Stop),
        }
    }

    fn answer(&mut self, connection: ConnectionId, request: BlockRequest, right: bool, reject: bool) {
        if reject {
            self.lab.say(connection, &Message::RejectRequest(request));
        } else if right {
            self.lab.say(connection, &self.lab.block(request));
        } else {
            let BlockRequest { piece, begin, length } = request;
            let data = Bytes::from(vec![0xbd; length as usize]).into();
            self.lab.say(connection, &Message::Piece { piece, begin, data });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_that_peers_say_breaks_a_session(
        held in any::<u16>(),
        upload_slots in 0u32..3,
        connections_max in 1u32..6,
        fast_extension in prop::bool::weighted(0.8),
        steps in proptest::collection::vec(any_step(), 1..150),
    ) {
        let config = TorrentConfig { upload_slots, connections_max, fast_extension, ..quiet() };
        let mut play = Play::new(held, config);
        for step in steps {
            play.take(step);
        }
        let held: Vec<u32> = play.lab.client.session.held(play.lab.client.key).iter().collect();
        let torrent = play.lab.torrent.clone();
        for piece in held {
            let stored = play.lab.client.storage.read(piece, 0, 32_768).unwrap();
            prop_assert_eq!(stored, torrent.bytes(piece, 0, 32_768), "S17: piece {} is right", piece);
        }
    }
}
