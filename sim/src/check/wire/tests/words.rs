//! Messages by hand, byte for byte.

use super::rig::{OWN_ID, content};

/// A handshake by hand; 0 is the judged client's own.
pub fn handshake(who: u8, fast: bool) -> Vec<u8> {
    let mut bytes = b"\x13BitTorrent protocol\0\0\0\0\0\x10\0\0".to_vec();
    bytes[27] = if fast { 4 } else { 0 };
    bytes.extend([7; 20]);
    bytes.extend(if who == 0 { *OWN_ID } else { [who; 20] });
    bytes
}

/// A message by hand: its number, and words.
pub fn message(number: u8, words: &[u32]) -> Vec<u8> {
    let length = 1 + 4 * words.len() as u32;
    let words = words.iter().flat_map(|word| word.to_be_bytes());
    length.to_be_bytes().into_iter().chain([number]).chain(words).collect()
}

/// A message by hand: its number, and bytes.
pub fn bytes(number: u8, payload: &[u8]) -> Vec<u8> {
    let length = 1 + payload.len() as u32;
    length.to_be_bytes().into_iter().chain([number]).chain(payload.iter().copied()).collect()
}

pub fn choke() -> Vec<u8> {
    message(0, &[])
}

pub fn unchoke() -> Vec<u8> {
    message(1, &[])
}

pub fn interested() -> Vec<u8> {
    message(2, &[])
}

pub fn not_interested() -> Vec<u8> {
    message(3, &[])
}

pub fn have(piece: u32) -> Vec<u8> {
    message(4, &[piece])
}

pub fn request(piece: u32, begin: u32, length: u32) -> Vec<u8> {
    message(6, &[piece, begin, length])
}

/// A PIECE with a whole block of the content.
pub fn piece(piece: u32, block: u32) -> Vec<u8> {
    let head = [piece.to_be_bytes(), (block << 14).to_be_bytes()].concat();
    bytes(7, &[&head[..], &content().block(piece, block)].concat())
}

pub fn cancel(piece: u32, begin: u32, length: u32) -> Vec<u8> {
    message(8, &[piece, begin, length])
}

pub fn have_all() -> Vec<u8> {
    message(14, &[])
}

pub fn have_none() -> Vec<u8> {
    message(15, &[])
}

pub fn reject(piece: u32, begin: u32, length: u32) -> Vec<u8> {
    message(16, &[piece, begin, length])
}

pub fn allowed_fast(piece: u32) -> Vec<u8> {
    message(17, &[piece])
}
