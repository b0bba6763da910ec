//! A stream is the same messages however it is cut, and each message is written as it was read.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use swarmlab_engine::wire::message::PIECE_HEAD_BYTES;
use swarmlab_engine::wire::{Decoder, FrameError, Handshake, Message};
use swarmlab_fuzz::reader::Reader;

/// Everything that a decoder makes of a stream.
#[derive(Debug, PartialEq)]
struct Heard {
    messages: Vec<Vec<u8>>,
    error: Option<FrameError>,
}

fn written(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode_head(&mut bytes);
    if let Message::Piece { data, .. } = message {
        assert_eq!(bytes.len(), PIECE_HEAD_BYTES);
        data.fragments().iter().for_each(|fragment| bytes.extend_from_slice(fragment));
    }
    bytes
}

/// Takes messages as far as they are whole, after each fragment.
fn hear(pieces: u32, fragments: impl Iterator<Item = Bytes>) -> Heard {
    let mut decoder = Decoder::new(pieces);
    let mut heard = Heard { messages: Vec::new(), error: None };
    for fragment in fragments {
        decoder.push(fragment);
        loop {
            match decoder.message() {
                Ok(Some(message)) => heard.messages.push(written(&message)),
                Ok(None) => break,
                Err(error) => {
                    heard.error = Some(error);
                    return heard;
                }
            }
        }
    }
    heard
}

/// Each message stands in the stream as it is written, but for the body of one that nobody knows.
fn check_bytes(mut stream: &[u8], heard: &Heard) {
    for message in &heard.messages {
        let length = 4 + u32::from_be_bytes([stream[0], stream[1], stream[2], stream[3]]) as usize;
        let (read, rest) = stream.split_at(length);
        let is_unknown = message.len() == 5 && read.len() > 5;
        assert!(message == read || is_unknown && message[4] == read[4]);
        stream = rest;
    }
}

fuzz_target!(|input: &[u8]| {
    let mut input = Reader::new(input);
    let pieces = u32::from(input.word()) * 16;
    let cuts = input.bytes();
    let stream = Bytes::copy_from_slice(input.rest());

    let whole = hear(pieces, std::iter::once(stream.clone()));
    check_bytes(&stream, &whole);
    let mut left = stream.clone();
    let mut lengths = cuts.iter().cycle().map(|length| usize::from(*length).max(1));
    let fragments = std::iter::from_fn(|| {
        let length = lengths.next().unwrap_or(usize::MAX).min(left.len());
        (!left.is_empty()).then(|| left.split_to(length))
    });
    assert_eq!(hear(pieces, fragments), whole);

    if let Some(handshake) = stream.first_chunk().and_then(Handshake::decode) {
        let again = Handshake::decode(&handshake.encode());
        assert_eq!(again, Some(handshake));
    }
});
