//! The reader against the engine's encoder: they must agree, however a stream is cut.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::wire::{BlockRequest, Handshake, Message, PeerId};

use super::super::message::{self, Block, Said};
use super::super::reader::{Fragment, Reader};

fn any_block() -> impl Strategy<Value = BlockRequest> {
    any::<(u32, u32, u32)>().prop_map(|(piece, begin, length)| BlockRequest { piece, begin, length })
}

fn any_message() -> impl Strategy<Value = Message> {
    let bytes = |max| proptest::collection::vec(any::<u8>(), 0..max).prop_map(Bytes::from);
    let plain = prop_oneof![
        Just(Message::KeepAlive),
        Just(Message::Choke),
        Just(Message::Unchoke),
        Just(Message::Interested),
        Just(Message::NotInterested),
        Just(Message::HaveAll),
        Just(Message::HaveNone),
    ];
    let piece = (any::<(u32, u32)>(), bytes(2_000)).prop_map(|((piece, begin), data)| Message::Piece {
        piece,
        begin,
        data: data.into(),
    });
    prop_oneof![
        plain,
        any::<u32>().prop_map(Message::Have),
        bytes(300).prop_map(Message::Bitfield),
        any_block().prop_map(Message::Request),
        piece,
        any_block().prop_map(Message::Cancel),
        any::<u16>().prop_map(Message::Port),
        any::<u32>().prop_map(Message::SuggestPiece),
        any_block().prop_map(Message::RejectRequest),
        any::<u32>().prop_map(Message::AllowedFast),
        (any::<u8>(), bytes(300)).prop_map(|(id, payload)| Message::Extended { id, payload }),
        (21u8..).prop_map(Message::Unknown),
    ]
}

/// What the reader is to make of a message.
fn said(message: &Message) -> Said {
    let block = |request: &BlockRequest| {
        let BlockRequest { piece, begin, length } = *request;
        Block { piece, begin, length }
    };
    match message {
        Message::KeepAlive => Said::KeepAlive,
        Message::Choke => Said::Choke,
        Message::Unchoke => Said::Unchoke,
        Message::Interested => Said::Interested,
        Message::NotInterested => Said::NotInterested,
        Message::Have(piece) => Said::Have(*piece),
        Message::Bitfield(bits) => Said::Bitfield(bits.clone()),
        Message::Request(request) => Said::Request(block(request)),
        Message::Piece { piece, begin, data } => {
            let length = data.len() as u32;
            Said::Piece(Block { piece: *piece, begin: *begin, length }, data.clone())
        }
        Message::Cancel(request) => Said::Cancel(block(request)),
        Message::Port(_) => Said::Other(9),
        Message::SuggestPiece(piece) => Said::Suggest(*piece),
        Message::HaveAll => Said::HaveAll,
        Message::HaveNone => Said::HaveNone,
        Message::RejectRequest(request) => Said::Reject(block(request)),
        Message::AllowedFast(piece) => Said::AllowedFast(*piece),
        Message::Extended { id, payload } => Said::Extended(*id, payload.clone()),
        Message::Unknown(number) => Said::Other(*number),
    }
}

fn read(mut stream: Bytes, cuts: &[usize], keeps_bodies: bool) -> Vec<Said> {
    let mut reader = Reader::new(keeps_bodies);
    let mut all = Vec::new();
    for cut in cuts.iter().cycle() {
        if stream.is_empty() {
            break;
        }
        let part = stream.split_to((*cut).min(stream.len()));
        let mut fragment = Fragment::new(&part);
        while let Some(said) = reader.next(&mut fragment).expect("the engine writes what can be read") {
            all.push(said);
        }
    }
    all
}

proptest! {
    #[test]
    fn what_the_engine_writes_is_read(
        (fast, extended) in any::<(bool, bool)>(),
        messages in proptest::collection::vec(any_message(), 0..20),
        cuts in proptest::collection::vec(1usize..700, 1..50),
    ) {
        let (info_hash, peer_id) = (InfoHash([1; 20]), PeerId([2; 20]));
        let mut stream = BytesMut::new();
        stream.extend_from_slice(&Handshake { info_hash, peer_id, fast, extended }.encode());
        for message in &messages {
            message.encode_head(&mut stream);
            if let Message::Piece { data, .. } = message {
                data.fragments().iter().for_each(|fragment| stream.extend_from_slice(fragment));
            }
        }
        let handshake = Said::Handshake(message::Handshake {
            is_bittorrent: true,
            speaks_fast: fast,
            speaks_extensions: extended,
            info_hash: [1; 20],
            peer_id: [2; 20],
        });
        let expected: Vec<Said> = [handshake].into_iter().chain(messages.iter().map(said)).collect();
        prop_assert_eq!(read(stream.clone().freeze(), &cuts, true), expected.clone());
        let without_bodies = expected.into_iter().map(|said| match said {
            Said::Piece(block, _) => Said::Piece(block, Default::default()),
            said => said,
        });
        prop_assert_eq!(read(stream.freeze(), &cuts, false), without_bodies.collect::<Vec<_>>());
    }
}

#[test]
fn a_length_that_fits_no_message_ends_the_reading() {
    for bytes in [&[0, 0, 0, 2, 0, 0][..], &[0, 0, 0, 8, 7], &[0xff, 0, 0, 0, 5], &[0, 0, 0, 4, 4, 0, 0, 0]] {
        let mut reader = Reader::new(true);
        let stream = Bytes::from([&super::words::handshake(1, true)[..], bytes].concat());
        let mut fragment = Fragment::new(&stream);
        assert!(matches!(reader.next(&mut fragment), Ok(Some(Said::Handshake(_)))));
        assert!(reader.next(&mut fragment).is_err(), "{bytes:?}");
    }
}
