//! Messages as bytes, the right ones and the wrong ones.

use swarmlab_engine::wire::{BlockRequest, Handshake, Message, PeerId};

use super::content::metainfo;

/// A message as it stands on the wire.
pub fn wire(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode_head(&mut bytes);
    if let Message::Piece { data, .. } = message {
        data.fragments().iter().for_each(|fragment| bytes.extend_from_slice(fragment));
    }
    bytes
}

/// A message with this number and any body.
pub fn raw(id: u8, body: &[u8]) -> Vec<u8> {
    let length = 1 + body.len() as u32;
    [&length.to_be_bytes()[..], &[id], body].concat()
}

pub fn block(piece: u32, begin: u32, length: u32) -> BlockRequest {
    BlockRequest { piece, begin, length }
}

/// A PIECE of so many equal bytes.
pub fn piece(piece: u32, begin: u32, length: usize) -> Vec<u8> {
    let data = bytes::Bytes::from(vec![0xbd; length]).into();
    wire(&Message::Piece { piece, begin, data })
}

/// The handshake of the raw peer of this number, with the extension protocol.
pub fn handshake(number: u8, fast: bool) -> Handshake {
    let mut peer_id = PeerId(*b"-XX0001-000000000000");
    peer_id.0[19] = number;
    Handshake { info_hash: metainfo().info.hash(), peer_id, fast, extended: true }
}
