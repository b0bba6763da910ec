//! Limits of length, to the byte, and what is copied on the way.

use bytes::Bytes;

use crate::wire::decoder::{MESSAGE_BYTES_MAX, PIECE_PAYLOAD_BYTES_MAX};
use crate::wire::{Decoder, FrameError, Message};

const PIECE: u8 = 7;
const BITFIELD: u8 = 5;

fn head(length: u32, id: u8) -> Bytes {
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.push(id);
    bytes.into()
}

/// Says the longest message of this kind and one a byte longer.
fn assert_limit(id: u8, piece_count: u32, limit: u32) {
    let mut decoder = Decoder::new(piece_count);
    decoder.push(head(limit, id));
    assert!(decoder.message().unwrap().is_none(), "the payload is yet to come");
    decoder.push(vec![0; limit as usize - 1].into());
    assert!(decoder.message().unwrap().is_some());
    let mut decoder = Decoder::new(piece_count);
    decoder.push(head(limit + 1, id));
    assert_eq!(decoder.message().unwrap_err(), FrameError::TooLong { length: limit + 1, limit });
}

#[test]
fn the_longest_message_of_each_kind_is_read_and_one_byte_more_is_refused() {
    assert_limit(PIECE, 100, 9 + PIECE_PAYLOAD_BYTES_MAX);
    assert_limit(BITFIELD, 100, MESSAGE_BYTES_MAX);
    assert_limit(BITFIELD, 8 * (MESSAGE_BYTES_MAX - 1), MESSAGE_BYTES_MAX);
    assert_limit(BITFIELD, 8 * (MESSAGE_BYTES_MAX - 1) + 1, MESSAGE_BYTES_MAX + 1);
    assert_limit(BITFIELD, 8_000_000, 1_000_001);
    assert_limit(PIECE, 8_000_000, 9 + PIECE_PAYLOAD_BYTES_MAX);
}

/// A PIECE may be no longer for a torrent whose bitfield may: a block is a block.
#[test]
fn a_piece_that_is_too_long_is_refused_by_its_own_limit_or_by_that_of_all() {
    let (piece, all) = (9 + PIECE_PAYLOAD_BYTES_MAX, MESSAGE_BYTES_MAX);
    for (length, limit) in
        [(piece + 1, piece), (all - 1, piece), (all, piece), (all + 1, all), (u32::MAX, all)]
    {
        let mut decoder = Decoder::new(100);
        decoder.push(head(length, PIECE));
        assert_eq!(decoder.message().unwrap_err(), FrameError::TooLong { length, limit });
    }
}

/// The torrent of a connection that we did not dial is known with its handshake only.
#[test]
fn a_torrent_that_becomes_known_lets_its_bitfield_through() {
    let mut decoder = Decoder::new(0);
    decoder.expect_pieces(8_000_000);
    decoder.push(head(1_000_001, BITFIELD));
    assert!(decoder.message().unwrap().is_none());
    let mut decoder = Decoder::new(8_000_000);
    decoder.expect_pieces(8);
    decoder.push(head(1_000_001, BITFIELD));
    assert!(decoder.message().is_err());
}

/// Four bytes are enough to refuse what no message may be.
#[test]
fn a_length_that_no_message_has_is_refused_before_the_number_comes() {
    for (length, limit) in [(MESSAGE_BYTES_MAX + 1, MESSAGE_BYTES_MAX), (u32::MAX, MESSAGE_BYTES_MAX)] {
        let mut decoder = Decoder::new(100);
        decoder.push(Bytes::copy_from_slice(&length.to_be_bytes()));
        assert_eq!(decoder.message().unwrap_err(), FrameError::TooLong { length, limit });
    }
}

#[test]
fn a_bitfield_that_arrives_whole_is_not_copied() {
    for behind in [&b""[..], b"\0\0\0\0"] {
        let stream = Bytes::from([&b"\0\0\0\x03\x05\xf0\x80"[..], behind].concat());
        let mut decoder = Decoder::new(16);
        decoder.push(stream.clone());
        let Ok(Some(Message::Bitfield(bits))) = decoder.message() else { panic!("a BITFIELD was sent") };
        assert!(std::ptr::eq(&bits[..], &stream[5..7]));
    }
}

/// An empty read of the socket says nothing.
#[test]
fn empty_fragments_change_nothing() {
    let mut decoder = Decoder::new(16);
    for byte in *b"\0\0\0\x0b\x07\0\0\0\x01\0\0\0\x02ab" {
        decoder.push(Bytes::new());
        decoder.push(Bytes::copy_from_slice(&[byte]));
        decoder.push(Bytes::new());
    }
    let Ok(Some(Message::Piece { piece: 1, begin: 2, data })) = decoder.message() else {
        panic!("a PIECE was sent")
    };
    assert_eq!(data.fragments().len(), 2, "a fragment for each byte of the payload");
    assert_eq!(data.into_bytes(), "ab");
    assert!(decoder.message().unwrap().is_none());
}

/// S29: while the longest message lacks its last byte, as much waits as ever may.
#[test]
fn what_waits_is_counted_and_bounded() {
    for (piece_count, longest) in [(100, MESSAGE_BYTES_MAX), (8_000_000, 1_000_001)] {
        let mut decoder = Decoder::new(piece_count);
        decoder.push(head(longest, BITFIELD));
        assert_eq!(decoder.available(), 5);
        decoder.push(vec![0; longest as usize - 2].into());
        assert!(decoder.message().unwrap().is_none());
        assert_eq!(decoder.available(), 3 + longest as usize);
        assert_eq!(decoder.available_max(), 4 + longest as usize);
        decoder.push(Bytes::from_static(&[0]));
        assert!(decoder.message().unwrap().is_some());
        assert_eq!(decoder.available(), 0);
    }
}
