//! A peer that is no client: it speaks the bytes of its script.

use bytes::Bytes;
use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::session::CloseReason;
use swarmlab_engine::wire::{Decoder, Message};

use super::content::{PIECES, bytes};
use super::words::{block, handshake, wire};
use super::{Answer, Row, Script, Step, World};

/// A flood is sent in portions of about so many bytes.
const FLOOD_BYTES: usize = 8 * 1024;

/// Plays a row: its scripts one after the other, and then the end that all rows have.
pub fn play<W: World>(row: &Row) {
    let mut world = W::new();
    for (number, script) in row.scripts.iter().enumerate() {
        let name = format!("{}, script {number}", row.name);
        let reads = world.disk().reads();
        let mut peer = RawPeer::new(&mut world, number as u8);
        peer.act(script, &name);
        peer.judge(row.answer, &name);
        let reads = world.disk().reads() - reads;
        assert!(reads <= row.reads_max, "{name}: {reads} blocks were read");
    }
    world.complete();
    assert!(world.disk().is_whole(), "{}: what was stored is not the content", row.name);
    assert_eq!(world.disk().rewrites(), 0, "{}: a verified block was written again", row.name);
}

struct RawPeer<'w, W: World> {
    world: &'w mut W,
    number: u8,
    stream: W::Stream,
    crowd: Vec<W::Stream>,
    farewells: usize,
    decoder: Decoder,
    greeted: bool,
    unchoked: bool,
}

impl<'w, W: World> RawPeer<'w, W> {
    fn new(world: &'w mut W, number: u8) -> RawPeer<'w, W> {
        let farewells = world.farewells().len();
        let stream = world.dial();
        let decoder = Decoder::new(PIECES);
        RawPeer {
            world,
            number,
            stream,
            crowd: Vec::new(),
            farewells,
            decoder,
            greeted: false,
            unchoked: false,
        }
    }

    fn act(&mut self, script: &Script, name: &str) {
        for (at, step) in script.iter().enumerate() {
            match step {
                Step::Greet { fast } => self.send(&handshake(self.number, *fast).encode()),
                Step::Say(bytes) => self.send(bytes),
                Step::Trickle(bytes) => bytes.iter().for_each(|byte| self.send(&[*byte])),
                Step::Flood { numbers, bytes } => self.flood(*numbers, *bytes),
                Step::StopReading => self.world.stop_reading(&mut self.stream),
                Step::Wait(span) => self.world.wait(*span),
                Step::Hear { count, like } => {
                    for _ in 0..*count {
                        self.hear(*like).unwrap_or_else(|| panic!("{name}: closed at step {at}"));
                    }
                }
                Step::Answer(answer) => {
                    let is_request = |message: &Message| matches!(message, Message::Request(_));
                    let Some(Message::Request(request)) = self.hear(is_request) else {
                        panic!("{name}: closed at step {at}");
                    };
                    self.send(&answer(request));
                }
                Step::Crowd { dialers, kept_max } => self.bring(*dialers, *kept_max),
            }
        }
    }

    /// What comes after the end of the stream is for nobody.
    fn send(&mut self, bytes: &[u8]) {
        self.world.send(&mut self.stream, bytes);
    }

    fn flood(&mut self, numbers: u32, bytes: fn(u32) -> Vec<u8>) {
        let mut portion = Vec::new();
        for number in 0..numbers {
            portion.extend(bytes(number));
            if portion.len() < FLOOD_BYTES && number + 1 < numbers {
                continue;
            }
            if !self.world.send(&mut self.stream, &std::mem::take(&mut portion)) || self.is_parted() {
                return;
            }
        }
    }

    fn is_parted(&mut self) -> bool {
        self.world.farewells().len() > self.farewells
    }

    /// In waves, so that those who were turned away hold nothing while the others come.
    fn bring(&mut self, dialers: usize, kept_max: usize) {
        for dialled in 1..=dialers {
            self.crowd.push(self.world.dial());
            if dialled.is_multiple_of(kept_max) {
                self.world.outlast(&mut self.crowd, kept_max);
            }
        }
    }

    /// The next message like this; `None` if the client closes before.
    fn hear(&mut self, like: impl Fn(&Message) -> bool) -> Option<Message> {
        loop {
            let message = self.next_message()?;
            match message {
                Message::Unchoke => self.unchoked = true,
                Message::Choke => self.unchoked = false,
                _ => {}
            }
            if like(&message) {
                return Some(message);
            }
        }
    }

    fn next_message(&mut self) -> Option<Message> {
        loop {
            self.greeted = self.greeted || self.decoder.handshake().is_some();
            if self.greeted
                && let Some(message) = self.decoder.message().expect("the client speaks the protocol")
            {
                return Some(message);
            }
            self.decoder.push(self.world.receive(&mut self.stream)?);
        }
    }

    fn judge(mut self, answer: Answer, name: &str) {
        match answer {
            Answer::Closed(rule) => {
                while self.world.receive(&mut self.stream).is_some() {}
                self.world.await_farewells(self.farewells + 1);
                let reasons = &self.world.farewells()[self.farewells..];
                assert_eq!(reasons, [CloseReason::Misbehaved(rule)], "{name}");
            }
            Answer::Refused => {
                while self.world.receive(&mut self.stream).is_some() {}
                self.world.outlast(&mut self.crowd, 0);
                assert!(!self.is_parted(), "{name}: it was taken for a peer");
            }
            Answer::Served => {
                let served = self.fetch();
                assert!(!self.is_parted(), "{name}: {:?}", self.world.farewells());
                assert!(served == Some(bytes(0, 0, BLOCK_BYTES)), "{name}: not served, or with wrong bytes");
                self.world.hang_up(self.stream);
                self.world.await_farewells(self.farewells + 1);
            }
        }
    }

    /// Asks for the first block.
    fn fetch(&mut self) -> Option<Bytes> {
        self.send(&wire(&Message::Interested));
        if !self.unchoked {
            self.hear(|message| matches!(message, Message::Unchoke))?;
        }
        self.send(&wire(&Message::Request(block(0, 0, BLOCK_BYTES))));
        let message = self.hear(|message| matches!(message, Message::Piece { piece: 0, begin: 0, .. }))?;
        match message {
            Message::Piece { data, .. } => Some(data.into_bytes()),
            _ => None,
        }
    }
}
