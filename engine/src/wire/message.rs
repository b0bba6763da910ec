//! The messages, in the layout of BEP 3, BEP 6 and BEP 10.

use bytes::{BufMut, Bytes};

use crate::storage::Body;

/// A part of a piece, as REQUEST, CANCEL and REJECT name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockRequest {
    /// The piece's index.
    pub piece: u32,
    /// Offset in the piece, bytes.
    pub begin: u32,
    /// Bytes asked for.
    pub length: u32,
}

/// One message of the peer wire.
#[derive(Clone, Debug)]
pub enum Message {
    /// Length 0: nothing but a sign of life.
    KeepAlive,
    /// 0: no more requests will be served.
    Choke,
    /// 1: requests will be served.
    Unchoke,
    /// 2: the receiver has something that the sender wants.
    Interested,
    /// 3: it has nothing of the kind (any more).
    NotInterested,
    /// 4: the sender has verified this piece.
    Have(u32),
    /// 5: all that the sender has, a bit a piece, the first piece in the highest bit.
    Bitfield(Bytes),
    /// 6: asks for a block.
    Request(BlockRequest),
    /// 7: a block.
    Piece {
        /// The piece's index.
        piece: u32,
        /// Offset in the piece, bytes.
        begin: u32,
        /// The payload.
        data: Body,
    },
    /// 8: the block is not wanted any more.
    Cancel(BlockRequest),
    /// 9: the port of the sender's DHT node (BEP 5).
    Port(u16),
    /// 13: a piece that would be good to ask for (BEP 6).
    SuggestPiece(u32),
    /// 14: instead of a bitfield: everything (BEP 6).
    HaveAll,
    /// 15: instead of a bitfield: nothing (BEP 6).
    HaveNone,
    /// 16: this request will not be served (BEP 6).
    RejectRequest(BlockRequest),
    /// 17: this piece may be asked for while choked (BEP 6).
    AllowedFast(u32),
    /// 20: a message of an extension (BEP 10); id 0 is the extension handshake.
    Extended {
        /// The number that the receiver gave to the extension.
        id: u8,
        /// What the extension says.
        payload: Bytes,
    },
    /// A number that nobody here knows: to be skipped.
    Unknown(u8),
}

/// A message whose length does not fit its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("message {id} with {length} bytes")]
pub struct MessageError {
    /// The message's number.
    pub id: u8,
    /// Its length, the number's byte included.
    pub length: u32,
}

/// Longest message of those kinds that have one length, its number included: REQUEST, CANCEL, REJECT.
pub(super) const FIXED_BYTES_MAX: u32 = 13;

/// Bytes of a PIECE before its payload: length prefix, number, index, begin.
pub const PIECE_HEAD_BYTES: usize = 13;

impl Message {
    /// Writes the message with its length prefix. Of a PIECE only the head is written: its payload follows it on the
    /// wire as it is.
    pub fn encode_head(&self, out: &mut impl BufMut) {
        match self {
            Message::KeepAlive => out.put_u32(0),
            Message::Choke => plain(out, 0),
            Message::Unchoke => plain(out, 1),
            Message::Interested => plain(out, 2),
            Message::NotInterested => plain(out, 3),
            Message::Have(piece) => indexed(out, 4, *piece),
            Message::Bitfield(bits) => {
                out.put_u32(1 + bits.len() as u32);
                out.put_u8(5);
                out.put_slice(bits);
            }
            Message::Request(block) => block_message(out, 6, block),
            Message::Piece { piece, begin, data } => piece_head(out, *piece, *begin, data.len() as u32),
            Message::Cancel(block) => block_message(out, 8, block),
            Message::Port(port) => {
                out.put_u32(3);
                out.put_u8(9);
                out.put_u16(*port);
            }
            Message::SuggestPiece(piece) => indexed(out, 13, *piece),
            Message::HaveAll => plain(out, 14),
            Message::HaveNone => plain(out, 15),
            Message::RejectRequest(block) => block_message(out, 16, block),
            Message::AllowedFast(piece) => indexed(out, 17, *piece),
            Message::Extended { id, payload } => {
                out.put_u32(2 + payload.len() as u32);
                out.put_u8(20);
                out.put_u8(*id);
                out.put_slice(payload);
            }
            Message::Unknown(id) => plain(out, *id),
        }
    }

    /// Reads the message with this number from `body`, everything behind the number. PIECE is not read here but by the
    /// decoder, which does not gather its payload.
    pub fn decode(id: u8, body: Bytes) -> Result<Message, MessageError> {
        if let Some(message) = Message::decode_fixed(id, &body)? {
            return Ok(message);
        }
        Ok(match id {
            5 => Message::Bitfield(body),
            20 if body.is_empty() => return Err(MessageError { id, length: 1 }),
            20 => Message::Extended { id: body[0], payload: body.slice(1..) },
            _ => Message::Unknown(id),
        })
    }

    /// Reads a message of a kind that has one length; `None` if it is of another kind.
    pub(super) fn decode_fixed(id: u8, body: &[u8]) -> Result<Option<Message>, MessageError> {
        let wrong = MessageError { id, length: body.len() as u32 + 1 };
        let exact = |bytes: usize| if body.len() == bytes { Ok(()) } else { Err(wrong) };
        let message = match id {
            0 => exact(0).map(|()| Message::Choke)?,
            1 => exact(0).map(|()| Message::Unchoke)?,
            2 => exact(0).map(|()| Message::Interested)?,
            3 => exact(0).map(|()| Message::NotInterested)?,
            4 => exact(4).map(|()| Message::Have(word(body, 0)))?,
            6 => exact(12).map(|()| Message::Request(block(body)))?,
            8 => exact(12).map(|()| Message::Cancel(block(body)))?,
            9 => exact(2).map(|()| Message::Port(u16::from_be_bytes([body[0], body[1]])))?,
            13 => exact(4).map(|()| Message::SuggestPiece(word(body, 0)))?,
            14 => exact(0).map(|()| Message::HaveAll)?,
            15 => exact(0).map(|()| Message::HaveNone)?,
            16 => exact(12).map(|()| Message::RejectRequest(block(body)))?,
            17 => exact(4).map(|()| Message::AllowedFast(word(body, 0)))?,
            _ => return Ok(None),
        };
        Ok(Some(message))
    }
}

/// Writes the head of a PIECE that will carry `length` bytes.
pub fn piece_head(out: &mut impl BufMut, piece: u32, begin: u32, length: u32) {
    numbered::<PIECE_HEAD_BYTES>(out, 9 + length, 7, &[piece, begin]);
}

fn plain(out: &mut impl BufMut, id: u8) {
    numbered::<5>(out, 1, id, &[]);
}

fn indexed(out: &mut impl BufMut, id: u8, piece: u32) {
    numbered::<9>(out, 5, id, &[piece]);
}

fn block_message(out: &mut impl BufMut, id: u8, block: &BlockRequest) {
    numbered::<17>(out, 13, id, &[block.piece, block.begin, block.length]);
}

/// Writes `length`, `id` and `numbers`, `N` bytes in all, at one stroke.
fn numbered<const N: usize>(out: &mut impl BufMut, length: u32, id: u8, numbers: &[u32]) {
    let mut bytes = [0; N];
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    bytes[4] = id;
    for (place, number) in bytes[5..].chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    out.put_slice(&bytes);
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn block(bytes: &[u8]) -> BlockRequest {
    BlockRequest { piece: word(bytes, 0), begin: word(bytes, 4), length: word(bytes, 8) }
}
