//! From the bytes of one direction of a stream, in whatever fragments, to what was said.
//!
//! A reader of its own, from BEP 3, BEP 6 and BEP 10 and no other source: what reads the wire for a client, and what
//! writes it, is judged by it. Where a message is whole in one fragment nothing is copied and nothing allocated.

use bytes::Bytes;

use swarmlab_engine::storage::Body;

use super::message::{Block, Handshake, Said};

const HANDSHAKE_BYTES: usize = 68;
const PROTOCOL: &[u8; 20] = b"\x13BitTorrent protocol";
/// BEP 10: the 20th bit from the right of the eight reserved bytes; BEP 6: the third.
const EXTENSIONS: (usize, u8) = (20 + 5, 0x10);
const FAST: (usize, u8) = (20 + 7, 0x04);
/// The length, the number, the piece and the place in it.
const PIECE_HEAD_BYTES: usize = 4 + 1 + 4 + 4;
const PIECE: u8 = 7;
/// No message is longer: the bitfield of the largest torrent has 256 KiB.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// The stream can't be read on: a length that doesn't fit the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Reads one direction of a stream.
#[derive(Debug)]
pub struct Reader {
    keeps_bodies: bool,
    is_introduced: bool,
    /// The beginning of what is not whole yet.
    partial: Vec<u8>,
    /// A PIECE of which bytes are missing.
    piece: Option<(Block, Body, usize)>,
}

/// A fragment that is being read.
pub struct Fragment<'a> {
    bytes: &'a Bytes,
    at: usize,
}

impl<'a> Fragment<'a> {
    /// Nothing of it is read yet.
    pub fn new(bytes: &'a Bytes) -> Fragment<'a> {
        Fragment { bytes, at: 0 }
    }

    fn left(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }
}

impl Reader {
    /// A reader of a stream that begins. Whether what PIECE messages carry is kept.
    pub fn new(keeps_bodies: bool) -> Reader {
        Reader { keeps_bodies, is_introduced: false, partial: Vec::new(), piece: None }
    }

    /// What is said next in this fragment; `None` once all of it is read.
    pub fn next(&mut self, fragment: &mut Fragment<'_>) -> Result<Option<Said>, Unreadable> {
        if self.piece.is_some() {
            return Ok(self.rest_of_piece(fragment));
        }
        loop {
            let known = if self.partial.is_empty() { fragment.left() } else { &self.partial[..] };
            let whole = self.whole(known)?;
            if self.partial.is_empty() && known.len() >= whole {
                let start = fragment.at;
                fragment.at += whole;
                let payload = |from| fragment.bytes.slice(start + from..start + whole);
                let said = decode(self.is_introduced, &known[..whole], payload)?;
                return Ok(self.said(said, fragment));
            }
            if self.partial.len() >= whole {
                let gathered = std::mem::take(&mut self.partial);
                let said =
                    decode(self.is_introduced, &gathered, |from| Bytes::copy_from_slice(&gathered[from..]))?;
                return Ok(self.said(said, fragment));
            }
            if fragment.left().is_empty() {
                return Ok(None);
            }
            let taken = fragment.left().len().min(whole - self.partial.len());
            self.partial.extend_from_slice(&fragment.left()[..taken]);
            fragment.at += taken;
        }
    }

    /// How many bytes have to be there before more can be told: those of the message once its length is known.
    fn whole(&self, known: &[u8]) -> Result<usize, Unreadable> {
        if !self.is_introduced {
            return Ok(HANDSHAKE_BYTES);
        }
        if known.len() < 4 {
            return Ok(4);
        }
        let length = word(known, 0) as usize;
        match (length, known.get(4)) {
            (0, _) => Ok(4),
            (_, None) => Ok(5),
            (1..9, Some(&PIECE)) => Err(Unreadable),
            (_, _) if length > MESSAGE_BYTES_MAX => Err(Unreadable),
            (_, Some(&PIECE)) => Ok(PIECE_HEAD_BYTES),
            (_, Some(_)) => Ok(4 + length),
        }
    }

    fn said(&mut self, said: Said, fragment: &mut Fragment<'_>) -> Option<Said> {
        match said {
            Said::Piece(block, body) => {
                self.piece = Some((block, body, block.length as usize));
                self.rest_of_piece(fragment)
            }
            said => {
                self.is_introduced = true;
                Some(said)
            }
        }
    }

    fn rest_of_piece(&mut self, fragment: &mut Fragment<'_>) -> Option<Said> {
        let (_, body, missing) = self.piece.as_mut()?;
        let taken = fragment.left().len().min(*missing);
        if self.keeps_bodies && taken > 0 {
            body.push(fragment.bytes.slice(fragment.at..fragment.at + taken));
        }
        fragment.at += taken;
        *missing -= taken;
        if *missing > 0 {
            return None;
        }
        self.piece.take().map(|(block, body, _)| Said::Piece(block, body))
    }
}

/// What these bytes say, which are one handshake, one message, or the head of a PIECE. `payload` gives those from a
/// place on.
fn decode(is_introduced: bool, bytes: &[u8], payload: impl Fn(usize) -> Bytes) -> Result<Said, Unreadable> {
    if !is_introduced {
        return Ok(Said::Handshake(handshake(bytes)));
    }
    let Some(&number) = bytes.get(4) else { return Ok(Said::KeepAlive) };
    let rest = bytes.len() - 5;
    let plain = |said: Said| if rest == 0 { Ok(said) } else { Err(Unreadable) };
    let index = |said: fn(u32) -> Said| if rest == 4 { Ok(said(word(bytes, 5))) } else { Err(Unreadable) };
    let block = |said: fn(Block) -> Said| match rest {
        12 => Ok(said(Block { piece: word(bytes, 5), begin: word(bytes, 9), length: word(bytes, 13) })),
        _ => Err(Unreadable),
    };
    match number {
        0 => plain(Said::Choke),
        1 => plain(Said::Unchoke),
        2 => plain(Said::Interested),
        3 => plain(Said::NotInterested),
        4 => index(Said::Have),
        5 => Ok(Said::Bitfield(payload(5))),
        6 => block(Said::Request),
        PIECE => {
            let length = word(bytes, 0) - 9;
            Ok(Said::Piece(Block { piece: word(bytes, 5), begin: word(bytes, 9), length }, Body::default()))
        }
        8 => block(Said::Cancel),
        9 if rest != 2 => Err(Unreadable),
        13 => index(Said::Suggest),
        14 => plain(Said::HaveAll),
        15 => plain(Said::HaveNone),
        16 => block(Said::Reject),
        17 => index(Said::AllowedFast),
        20 if rest == 0 => Err(Unreadable),
        20 => Ok(Said::Extended(bytes[5], payload(6))),
        _ => Ok(Said::Other(number)),
    }
}

fn handshake(bytes: &[u8]) -> Handshake {
    let id = |from: usize| std::array::from_fn(|at| bytes[from + at]);
    Handshake {
        is_bittorrent: bytes.starts_with(PROTOCOL),
        speaks_extensions: bytes[EXTENSIONS.0] & EXTENSIONS.1 != 0,
        speaks_fast: bytes[FAST.0] & FAST.1 != 0,
        info_hash: id(28),
        peer_id: id(48),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
