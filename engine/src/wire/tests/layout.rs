//! Every message as the BEPs draw it. A round trip alone would be content with a layout that both sides have wrong.

use bytes::Bytes;
use proptest::prelude::*;

use crate::storage::Body;
use crate::wire::{BlockRequest, Decoder, FrameError, Message, MessageError};

const BLOCK: BlockRequest = BlockRequest { piece: 0x0102_0304, begin: 0x0506_0708, length: 0x090a_0b0c };

/// Messages, and their bytes on the wire.
fn drawings() -> Vec<(Message, &'static [u8])> {
    let piece = Message::Piece { piece: BLOCK.piece, begin: BLOCK.begin, data: Bytes::from("data").into() };
    let empty = Message::Piece { piece: BLOCK.piece, begin: BLOCK.begin, data: Body::default() };
    let extended = Message::Extended { id: 3, payload: Bytes::from("de") };
    vec![
        (Message::KeepAlive, b"\0\0\0\0"),
        (Message::Choke, b"\0\0\0\x01\0"),
        (Message::Unchoke, b"\0\0\0\x01\x01"),
        (Message::Interested, b"\0\0\0\x01\x02"),
        (Message::NotInterested, b"\0\0\0\x01\x03"),
        (Message::Have(BLOCK.piece), b"\0\0\0\x05\x04\x01\x02\x03\x04"),
        (Message::Bitfield(Bytes::from_static(b"\xf0\x80")), b"\0\0\0\x03\x05\xf0\x80"),
        (Message::Bitfield(Bytes::new()), b"\0\0\0\x01\x05"),
        (Message::Request(BLOCK), b"\0\0\0\x0d\x06\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
        (piece, b"\0\0\0\x0d\x07\x01\x02\x03\x04\x05\x06\x07\x08data"),
        (empty, b"\0\0\0\x09\x07\x01\x02\x03\x04\x05\x06\x07\x08"),
        (Message::Cancel(BLOCK), b"\0\0\0\x0d\x08\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
        (Message::Port(0x1ae1), b"\0\0\0\x03\x09\x1a\xe1"),
        (Message::SuggestPiece(BLOCK.piece), b"\0\0\0\x05\x0d\x01\x02\x03\x04"),
        (Message::HaveAll, b"\0\0\0\x01\x0e"),
        (Message::HaveNone, b"\0\0\0\x01\x0f"),
        (Message::RejectRequest(BLOCK), b"\0\0\0\x0d\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
        (Message::AllowedFast(BLOCK.piece), b"\0\0\0\x05\x11\x01\x02\x03\x04"),
        (extended, b"\0\0\0\x04\x14\x03de"),
        (Message::Extended { id: 0, payload: Bytes::new() }, b"\0\0\0\x02\x14\0"),
        (Message::Unknown(99), b"\0\0\0\x01\x63"),
    ]
}

/// Two payloads are the same if their bytes are, however they are cut.
fn assert_same(found: &Message, expected: &Message) {
    match (found, expected) {
        (
            Message::Piece { piece, begin, data },
            Message::Piece { piece: other_piece, begin: other_begin, data: other_data },
        ) => assert_eq!((piece, begin, data), (other_piece, other_begin, other_data)),
        _ => assert_eq!(format!("{found:?}"), format!("{expected:?}")),
    }
}

#[test]
fn every_message_is_written_as_it_is_drawn() {
    for (message, drawn) in drawings() {
        let mut written = Vec::new();
        message.encode_head(&mut written);
        if let Message::Piece { data, .. } = &message {
            data.fragments().iter().for_each(|fragment| written.extend_from_slice(fragment));
        }
        assert_eq!(written, drawn, "{message:?}");
    }
}

/// A client that waits for a byte too many stalls its peer; one that waits for too few reads what is not there.
#[test]
fn every_message_is_read_when_its_last_byte_comes_and_not_before() {
    let mut decoder = Decoder::new(16);
    for (message, drawn) in drawings() {
        for (at, byte) in drawn.iter().enumerate() {
            let early = decoder.message().unwrap();
            assert!(early.is_none(), "{early:?} after {at} bytes of {message:?}");
            decoder.push(Bytes::copy_from_slice(&[*byte]));
        }
        assert_same(&decoder.message().unwrap().unwrap(), &message);
    }
}

/// Cut once, anywhere, with the next message behind it: nothing of the next is taken, nothing of the first is left.
#[test]
fn every_message_is_read_wherever_it_is_cut() {
    for (message, drawn) in drawings() {
        for cut in 0..=drawn.len() {
            let mut decoder = Decoder::new(16);
            decoder.push(Bytes::copy_from_slice(&drawn[..cut]));
            assert_eq!(decoder.message().unwrap().is_some(), cut == drawn.len(), "{message:?} cut at {cut}");
            let mut decoder = Decoder::new(16);
            decoder.push(Bytes::copy_from_slice(&drawn[..cut]));
            decoder.push(Bytes::from([&drawn[cut..], b"\0\0\0\x05\x04\0\0\0\x07"].concat()));
            assert_same(&decoder.message().unwrap().unwrap(), &message);
            assert_same(&decoder.message().unwrap().unwrap(), &Message::Have(7));
            assert!(decoder.message().unwrap().is_none());
        }
    }
}

#[test]
fn a_length_that_does_not_fit_the_kind_is_refused() {
    let fixed = [
        (0, 1),
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 5),
        (6, 13),
        (8, 13),
        (9, 3),
        (13, 5),
        (14, 1),
        (15, 1),
        (16, 13),
        (17, 5),
    ];
    for (id, right) in fixed {
        for length in (1..20).filter(|length| *length != right) {
            assert_eq!(refusal(id, length), Some(MessageError { id, length }), "message {id}");
        }
    }
    for length in 1..9 {
        assert_eq!(
            refusal(7, length),
            Some(MessageError { id: 7, length }),
            "a PIECE without its whole head"
        );
    }
    assert_eq!(
        refusal(20, 1),
        Some(MessageError { id: 20, length: 1 }),
        "EXTENDED without the extension's number"
    );
}

/// The decoder's answer to a message of zeros with this number and length.
fn refusal(id: u8, length: u32) -> Option<MessageError> {
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.push(id);
    bytes.resize(4 + length as usize, 0);
    let mut decoder = Decoder::new(16);
    decoder.push(bytes.into());
    match decoder.message() {
        Ok(message) => {
            assert!(message.is_some(), "all of message {id} was there");
            None
        }
        Err(FrameError::Malformed(error)) => Some(error),
        Err(error) => panic!("message {id} of {length}: {error}"),
    }
}

proptest! {
    /// What a later BEP may bring is skipped as a whole, whatever it carries.
    #[test]
    fn an_unknown_message_is_skipped(id in 21u8.., payload in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut stream = (payload.len() as u32 + 1).to_be_bytes().to_vec();
        stream.push(id);
        stream.extend(payload);
        stream.extend(b"\0\0\0\x01\x02");
        let mut decoder = Decoder::new(16);
        decoder.push(stream.into());
        assert_same(&decoder.message().unwrap().unwrap(), &Message::Unknown(id));
        assert_same(&decoder.message().unwrap().unwrap(), &Message::Interested);
    }
}
