//! From a stream of bytes, in whatever fragments it arrives, to messages.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use crate::storage::Body;

use super::handshake::HANDSHAKE_BYTES;
use super::message::{FIXED_BYTES_MAX, PIECE_HEAD_BYTES};
use super::{Message, MessageError};

/// Longest payload of a PIECE: the block size that every client asks for.
pub const PIECE_PAYLOAD_BYTES_MAX: u32 = 16 * 1024;
/// Longest message of any other kind, unless a torrent's bitfield is longer: room for an extension's message.
/// libtorrent's limit for extension messages is 1 MiB, metadata pieces need 16 KiB and a little more.
pub const MESSAGE_BYTES_MAX: u32 = 64 * 1024;

const PIECE: u8 = 7;

/// A stream that can't be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A length prefix above the limit; nothing of the message was kept.
    #[error("a message of {length} bytes, more than the {limit} allowed")]
    TooLong {
        /// The length prefix.
        length: u32,
        /// The limit for this message.
        limit: u32,
    },
    /// A length that doesn't fit the kind of message.
    #[error(transparent)]
    Malformed(#[from] MessageError),
}

/// Gathers fragments until a message is whole. Keeps slices of what arrived, and at most one message of them beside
/// what the last call to [`push`](Self::push) brought.
///
/// The first two fragments lie here: nearly always that is all, since a block comes behind a head of its own.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Decoder {
    front: Bytes,
    next: Bytes,
    /// Behind these, while there are so many.
    #[expect(clippy::box_collection, reason = "one word here in place of four")]
    others: Option<Box<VecDeque<Bytes>>>,
    /// Bytes of the others.
    others_bytes: u32,
    bitfield_bytes: u32,
}

impl Decoder {
    /// A decoder that lets a bitfield of so many pieces through, however long.
    pub fn new(piece_count: u32) -> Decoder {
        Decoder { bitfield_bytes: piece_count.div_ceil(8), ..Decoder::default() }
    }

    /// The torrent is known now: lets a bitfield of so many pieces through.
    pub fn expect_pieces(&mut self, piece_count: u32) {
        self.bitfield_bytes = piece_count.div_ceil(8);
    }

    /// Adds bytes behind those that came before.
    pub fn push(&mut self, data: Bytes) {
        if self.front.is_empty() {
            self.front = data;
        } else if self.next.is_empty() {
            self.next = data;
        } else if !data.is_empty() {
            self.others_bytes += data.len() as u32;
            self.others.get_or_insert_default().push_back(data);
        }
    }

    /// One fragment more would be one of the others.
    pub fn is_crowded(&self) -> bool {
        !self.next.is_empty()
    }

    /// The handshake, once all of it is here.
    pub fn handshake(&mut self) -> Option<[u8; HANDSHAKE_BYTES]> {
        let bytes = self.peek()?;
        self.advance(HANDSHAKE_BYTES);
        Some(bytes)
    }

    /// The next message, or `None` until more bytes come.
    pub fn message(&mut self) -> Result<Option<Message>, FrameError> {
        if self.front.is_empty() {
            return Ok(None);
        }
        if let Some((message, bytes)) = self.whole_in_front()? {
            self.advance(bytes);
            return Ok(Some(message));
        }
        let Some(prefix) = self.peek() else { return Ok(None) };
        let length = u32::from_be_bytes(prefix);
        if length == 0 {
            self.advance(4);
            return Ok(Some(Message::KeepAlive));
        }
        let Some(head) = self.peek::<5>() else {
            // The number is not here yet: refuse at once what is too long for every number.
            self.check_length(length, None)?;
            return Ok(None);
        };
        self.check_length(length, Some(head[4]))?;
        if !self.has(4 + length as usize) {
            return Ok(None);
        }
        if head[4] == PIECE { self.piece(length).map(Some) } else { self.plain(head[4], length).map(Some) }
    }

    /// Most messages are a few numbers, and lie whole in one fragment: they are read where they are, and its bytes on the
    /// wire are said.
    fn whole_in_front(&self) -> Result<Option<(Message, usize)>, FrameError> {
        let Some(&[a, b, c, d, id]) = self.front.first_chunk() else { return Ok(None) };
        let length = u32::from_be_bytes([a, b, c, d]);
        if length == 0 || length > FIXED_BYTES_MAX {
            return Ok(None);
        }
        let Some(body) = self.front.get(5..4 + length as usize) else { return Ok(None) };
        let message = Message::decode_fixed(id, body)?;
        Ok(message.map(|message| (message, 4 + length as usize)))
    }

    fn check_length(&self, length: u32, id: Option<u8>) -> Result<(), FrameError> {
        let longest = self.length_max();
        // What is too long for every number is refused in the same words before the number is known and after.
        let is_piece = id == Some(PIECE) && length <= longest;
        let limit = if is_piece { 9 + PIECE_PAYLOAD_BYTES_MAX } else { longest };
        if length > limit { Err(FrameError::TooLong { length, limit }) } else { Ok(()) }
    }

    fn length_max(&self) -> u32 {
        MESSAGE_BYTES_MAX.max(1 + self.bitfield_bytes)
    }

    fn piece(&mut self, length: u32) -> Result<Message, FrameError> {
        if length < 9 {
            return Err(MessageError { id: PIECE, length }.into());
        }
        let head: [u8; PIECE_HEAD_BYTES] = self.peek().expect("the caller saw the whole message");
        self.advance(PIECE_HEAD_BYTES);
        let data = self.take_body(length as usize - 9);
        let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        Ok(Message::Piece { piece: word(5), begin: word(9), data })
    }

    fn plain(&mut self, id: u8, length: u32) -> Result<Message, FrameError> {
        self.advance(5);
        let body = self.take_contiguous(length as usize - 1);
        Ok(Message::decode(id, body)?)
    }

    /// Bytes that wait for the rest of their message.
    pub fn available(&self) -> usize {
        self.front.len() + self.next.len() + self.others_bytes as usize
    }

    /// So many are here, which is mostly known without a look at the others.
    fn has(&self, bytes: usize) -> bool {
        self.front.len() + self.next.len() >= bytes || self.available() >= bytes
    }

    /// What is [available](Self::available) once all messages were taken is less than this.
    pub fn available_max(&self) -> usize {
        4 + self.length_max() as usize
    }

    /// The next bytes, without consuming them, once so many are here.
    fn peek<const BYTES: usize>(&self) -> Option<[u8; BYTES]> {
        match self.front.first_chunk() {
            Some(bytes) => Some(*bytes),
            None => self.peek_across(),
        }
    }

    fn peek_across<const BYTES: usize>(&self) -> Option<[u8; BYTES]> {
        if !self.has(BYTES) {
            return None;
        }
        let (mut bytes, mut filled) = ([0; BYTES], 0);
        let others = self.others.iter().flat_map(|others| others.iter());
        for chunk in [&self.front, &self.next].into_iter().chain(others) {
            let take = chunk.len().min(BYTES - filled);
            bytes[filled..filled + take].copy_from_slice(&chunk[..take]);
            filled += take;
        }
        Some(bytes)
    }

    fn advance(&mut self, mut bytes: usize) {
        if bytes < self.front.len() {
            return self.front.advance(bytes);
        }
        while bytes >= self.front.len() && bytes > 0 {
            bytes -= self.front.len();
            self.next_chunk();
        }
        self.front.advance(bytes);
        if self.front.is_empty() {
            self.next_chunk();
        }
    }

    fn next_chunk(&mut self) {
        self.front = std::mem::take(&mut self.next);
        if !self.front.is_empty()
            && let Some(others) = &mut self.others
        {
            self.next = others.pop_front().unwrap_or_default();
            self.others_bytes -= self.next.len() as u32;
            self.others.take_if(|others| others.is_empty());
        }
    }

    fn take_fragment(&mut self, bytes_max: usize) -> Bytes {
        if bytes_max < self.front.len() {
            return self.front.split_to(bytes_max);
        }
        let fragment = std::mem::take(&mut self.front);
        self.next_chunk();
        fragment
    }

    fn take_body(&mut self, bytes: usize) -> Body {
        let mut body = Body::default();
        let mut missing = bytes;
        while missing > 0 {
            let fragment = self.take_fragment(missing);
            missing -= fragment.len();
            body.push(fragment);
        }
        body
    }

    /// Messages without payload are short: gathering one that came in pieces costs nothing that matters.
    fn take_contiguous(&mut self, bytes: usize) -> Bytes {
        if self.front.len() >= bytes {
            return self.take_fragment(bytes);
        }
        let mut gathered = BytesMut::with_capacity(bytes);
        while gathered.len() < bytes {
            let fragment = self.take_fragment(bytes - gathered.len());
            gathered.extend_from_slice(&fragment);
        }
        gathered.freeze()
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::super::BlockRequest;
    use super::*;

    fn any_block() -> impl Strategy<Value = BlockRequest> {
        (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(piece, begin, length)| BlockRequest {
            piece,
            begin,
            length,
        })
    }

    fn any_message() -> impl Strategy<Value = Message> {
        let bytes = |max| proptest::collection::vec(any::<u8>(), 0..max).prop_map(Bytes::from);
        prop_oneof![
            Just(Message::KeepAlive),
            Just(Message::Choke),
            Just(Message::Unchoke),
            Just(Message::Interested),
            Just(Message::NotInterested),
            any::<u32>().prop_map(Message::Have),
            bytes(300).prop_map(Message::Bitfield),
            any_block().prop_map(Message::Request),
            (any::<u32>(), any::<u32>(), bytes(2_000)).prop_map(|(piece, begin, data)| Message::Piece {
                piece,
                begin,
                data: data.into()
            }),
            any_block().prop_map(Message::Cancel),
            any::<u16>().prop_map(Message::Port),
            any::<u32>().prop_map(Message::SuggestPiece),
            Just(Message::HaveAll),
            Just(Message::HaveNone),
            any_block().prop_map(Message::RejectRequest),
            any::<u32>().prop_map(Message::AllowedFast),
            (any::<u8>(), bytes(300)).prop_map(|(id, payload)| Message::Extended { id, payload }),
            (21u8..).prop_map(Message::Unknown),
        ]
    }

    fn encode(message: &Message, out: &mut BytesMut) {
        message.encode_head(out);
        if let Message::Piece { data, .. } = message {
            data.fragments().iter().for_each(|fragment| out.extend_from_slice(fragment));
        }
    }

    proptest! {
        /// Whatever the fragments in which a stream arrives, the same messages come out.
        #[test]
        fn any_fragmentation_gives_the_messages_back(
            messages in proptest::collection::vec(any_message(), 0..20),
            cuts in proptest::collection::vec(1usize..700, 1..50),
        ) {
            let mut stream = BytesMut::new();
            messages.iter().for_each(|message| encode(message, &mut stream));
            let original = stream.clone();
            let mut stream = stream.freeze();
            let mut decoder = Decoder::new(8 * 300);
            let mut out = BytesMut::new();
            for cut in cuts.iter().cycle() {
                if stream.is_empty() {
                    break;
                }
                decoder.push(stream.split_to((*cut).min(stream.len())));
                while let Some(message) = decoder.message().unwrap() {
                    encode(&message, &mut out);
                }
            }
            prop_assert_eq!(out, original);
        }

        #[test]
        fn garbage_never_panics_and_is_never_kept_beyond_the_limit(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..40),
        ) {
            let mut decoder = Decoder::new(100);
            for chunk in chunks {
                decoder.push(Bytes::from(chunk));
                loop {
                    match decoder.message() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(_) => return Ok(()),
                    }
                }
                prop_assert!(decoder.available() <= 4 + MESSAGE_BYTES_MAX as usize);
            }
        }
    }

    #[test]
    fn a_length_just_over_the_limit_is_refused_before_anything_else_arrives() {
        for (bytes, ok) in [
            (&[0xff, 0xff, 0xff, 0xff][..], false),
            (&[0, 1, 0, 1][..], false),
            (&[0, 1, 0, 0][..], true),
            (&[0, 0, 0x40, 10, 7][..], false),
            (&[0, 0, 0x40, 9, 7][..], true),
        ] {
            let mut decoder = Decoder::new(100);
            decoder.push(Bytes::copy_from_slice(bytes));
            assert_eq!(decoder.message().is_ok(), ok, "{bytes:?}");
        }
    }

    #[test]
    fn a_length_over_the_limit_is_the_same_error_however_it_is_cut() {
        for prefix in [[0xff, 0, 2, 3, PIECE], [0, 1, 0, 1, PIECE], [0, 1, 0, 1, 5]] {
            let refused = |fragments: &[&[u8]]| {
                let mut decoder = Decoder::new(1);
                fragments.iter().find_map(|fragment| {
                    decoder.push(Bytes::copy_from_slice(fragment));
                    decoder.message().err()
                })
            };
            let whole = refused(&[&prefix]);
            assert!(whole.is_some());
            (1..5).for_each(|at| assert_eq!(refused(&[&prefix[..at], &prefix[at..]]), whole));
        }
    }

    #[test]
    fn a_payload_that_arrives_whole_is_a_slice_of_what_arrived() {
        let mut stream = BytesMut::new();
        encode(
            &Message::Piece { piece: 1, begin: 2, data: Bytes::from_static(b"payload").into() },
            &mut stream,
        );
        let stream = stream.freeze();
        let mut decoder = Decoder::new(1);
        decoder.push(stream.clone());
        let Ok(Some(Message::Piece { data, .. })) = decoder.message() else { panic!("a PIECE was sent") };
        assert_eq!(data.fragments().len(), 1);
        assert_eq!(data.fragments()[0].as_ptr(), stream[13..].as_ptr());
    }
}
