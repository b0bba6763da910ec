//! One connection of a byzantine peer: both directions, taken apart into messages.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use swarmlab_engine::session::Transmit;
use swarmlab_engine::wire::{Decoder, Handshake, Message};

/// What passes between a client and one of its peers.
pub struct Line {
    outgoing: Direction,
    incoming: Direction,
    /// To be sent: whole messages, in order.
    pending: VecDeque<Transmit>,
    /// Bytes that a trickling peer may still send.
    allowance: usize,
}

struct Direction {
    decoder: Decoder,
    /// What was said first, once it was.
    handshake: Option<Handshake>,
    /// Nothing that can be read comes any more.
    is_broken: bool,
}

impl Direction {
    fn new(pieces: u32) -> Direction {
        Direction { decoder: Decoder::new(pieces), handshake: None, is_broken: false }
    }

    /// The handshake's bytes, if these bytes complete it, and the messages that they complete.
    fn read(&mut self, data: impl IntoIterator<Item = Bytes>) -> (Option<Bytes>, Vec<Message>) {
        data.into_iter().for_each(|data| self.decoder.push(data));
        let mut first = None;
        if self.handshake.is_none() {
            let Some(bytes) = self.decoder.handshake() else { return (None, Vec::new()) };
            self.handshake = Handshake::decode(&bytes);
            first = Some(Bytes::copy_from_slice(&bytes));
        }
        let mut messages = Vec::new();
        while !self.is_broken {
            match self.decoder.message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(_) => self.is_broken = true,
            }
        }
        (first, messages)
    }
}

impl Line {
    /// A connection on which nothing was said, for a torrent of so many pieces.
    pub fn new(pieces: u32) -> Line {
        Line {
            outgoing: Direction::new(pieces),
            incoming: Direction::new(pieces),
            pending: VecDeque::new(),
            allowance: 0,
        }
    }

    /// What the client would send, as messages. Its handshake is on its way.
    pub fn said(&mut self, honest: Transmit) -> Vec<Message> {
        let (handshake, messages) = self.outgoing.read([honest.head, honest.body]);
        if let Some(head) = handshake {
            self.allowance += head.len();
            self.pending.push_back(Transmit { head, body: Bytes::new() });
        }
        messages
    }

    /// What came in: the handshake, if it is complete now, and messages.
    pub fn heard(&mut self, data: Bytes) -> (Option<Bytes>, Vec<Message>) {
        self.incoming.read([data])
    }

    /// Whether both handshakes were said, and the messages that must come first.
    pub fn stands(&self) -> bool {
        self.incoming.handshake.is_some() && self.outgoing.handshake.is_some()
    }

    /// That the sender has all pieces, in the words that were agreed.
    pub fn have_all(&self, pieces: u32) -> Message {
        let fast = |direction: &Direction| direction.handshake.is_some_and(|handshake| handshake.fast);
        if fast(&self.outgoing) && fast(&self.incoming) {
            return Message::HaveAll;
        }
        let mut bits = vec![0xff; pieces.div_ceil(8) as usize];
        if let (Some(last), spare @ 1..) = (bits.last_mut(), (8 - pieces % 8) % 8) {
            *last <<= spare;
        }
        Message::Bitfield(bits.into())
    }

    /// Sends a message after all before it.
    pub fn say(&mut self, message: Message) {
        let mut head = BytesMut::new();
        message.encode_head(&mut head);
        let body = match message {
            Message::Piece { data, .. } => data.into_bytes(),
            _ => Bytes::new(),
        };
        self.pending.push_back(Transmit { head: head.freeze(), body });
    }

    /// A trickling peer may send one more byte.
    pub fn allow_byte(&mut self) {
        self.allowance += 1;
    }

    /// Whether something waits to be sent.
    pub fn has_to_send(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The next bytes, within the allowance if it `trickles`.
    pub fn poll(&mut self, trickles: bool) -> Option<Transmit> {
        let front = self.pending.front_mut()?;
        if !trickles {
            return self.pending.pop_front();
        }
        let part = if front.head.is_empty() { &mut front.body } else { &mut front.head };
        let sent = part.split_to(self.allowance.min(part.len()));
        self.allowance -= sent.len();
        if front.is_empty() {
            self.pending.pop_front();
        }
        (!sent.is_empty()).then_some(Transmit { head: sent, body: Bytes::new() })
    }
}

/// A message as it stands on the wire, its payload as it came.
pub fn bytes_of(message: &Message) -> Vec<Bytes> {
    let mut head = BytesMut::new();
    message.encode_head(&mut head);
    let mut bytes = vec![head.freeze()];
    if let Message::Piece { data, .. } = message {
        bytes.extend_from_slice(data.fragments());
    }
    bytes
}
