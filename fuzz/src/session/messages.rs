//! What the peers of a session say, as an input has it.

use bytes::Bytes;
use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::wire::{BlockRequest, Message};

use super::{PIECES, TORRENT};
use crate::reader::Reader;

/// What an honest seed answers.
pub fn right(request: &BlockRequest) -> Message {
    let BlockRequest { piece, begin, length } = *request;
    Message::Piece { piece, begin, data: TORRENT.1.range(piece, begin, length) }
}

/// A block of the right size.
pub fn wrong(request: &BlockRequest) -> Message {
    let BlockRequest { piece, begin, length } = *request;
    Message::Piece { piece, begin, data: Bytes::from(vec![0xbd; length as usize]).into() }
}

/// A message that is nearly always one that could be meant.
pub fn message(input: &mut Reader<'_>) -> Message {
    let kind = input.byte();
    let piece = |input: &mut Reader<'_>| match u32::from(input.byte()) {
        255 => u32::MAX,
        piece => piece % (PIECES + 1),
    };
    let block = |input: &mut Reader<'_>| {
        let piece = piece(input);
        let choices = input.byte();
        let begin = u32::from(choices & 3) * (BLOCK_BYTES / 2);
        let odd = [BLOCK_BYTES, 1, BLOCK_BYTES - 5_000, BLOCK_BYTES + 1, 0, u32::MAX];
        BlockRequest { piece, begin, length: odd[usize::from(choices >> 2) % odd.len()] }
    };
    match kind % 18 {
        0 => Message::KeepAlive,
        1 => Message::Choke,
        2 => Message::Unchoke,
        3 => Message::Interested,
        4 => Message::NotInterested,
        5 => Message::Have(piece(input)),
        6 => Message::Bitfield(vec![input.byte(), input.byte() & 0xf0].into()),
        7 => Message::HaveAll,
        8 => Message::HaveNone,
        9 => Message::Request(block(input)),
        10 => Message::Cancel(block(input)),
        11 => Message::RejectRequest(block(input)),
        12 => Message::AllowedFast(piece(input)),
        13 => Message::SuggestPiece(piece(input)),
        14 => {
            let BlockRequest { piece, begin, length } = block(input);
            let data = vec![input.byte(); length.min(BLOCK_BYTES) as usize];
            Message::Piece { piece, begin, data: Bytes::from(data).into() }
        }
        15 => Message::Extended { id: input.byte() & 1, payload: Bytes::copy_from_slice(input.bytes()) },
        16 => Message::Unknown(input.byte().max(21)),
        _ => Message::Port(input.word()),
    }
}
