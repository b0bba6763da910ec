//! The last messages of a connection, to be read by people once something is wrong.

use std::fmt;

use swarmlab_engine::time::Time;

use super::message::{Block, Said};

/// So many are kept.
const LINES: usize = 16;

/// The last messages in both directions.
#[derive(Debug, Default)]
pub struct Transcript {
    lines: [Option<Line>; LINES],
    next: usize,
}

/// One message without what it carries.
#[derive(Clone, Copy, Debug)]
struct Line {
    at: Time,
    outgoing: bool,
    name: &'static str,
    about: About,
}

#[derive(Clone, Copy, Debug)]
enum About {
    Nothing,
    Piece(u32),
    Block(Block),
    Number(u8),
    Bytes(usize),
}

impl Transcript {
    /// One more message: sent by the client that is judged, or received.
    pub fn add(&mut self, at: Time, outgoing: bool, said: &Said) {
        let (name, about) = head(said);
        self.lines[self.next] = Some(Line { at, outgoing, name, about });
        self.next = (self.next + 1) % LINES;
    }

    /// What is kept, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let (newer, older) = self.lines.split_at(self.next);
        older.iter().chain(newer).flatten().map(Line::to_string)
    }
}

fn head(said: &Said) -> (&'static str, About) {
    match said {
        Said::Handshake(_) => ("handshake", About::Nothing),
        Said::KeepAlive => ("keep-alive", About::Nothing),
        Said::Choke => ("CHOKE", About::Nothing),
        Said::Unchoke => ("UNCHOKE", About::Nothing),
        Said::Interested => ("INTERESTED", About::Nothing),
        Said::NotInterested => ("NOT_INTERESTED", About::Nothing),
        Said::Have(piece) => ("HAVE", About::Piece(*piece)),
        Said::Bitfield(bits) => ("BITFIELD", About::Bytes(bits.len())),
        Said::Request(block) => ("REQUEST", About::Block(*block)),
        Said::Piece(block, _) => ("PIECE", About::Block(*block)),
        Said::Cancel(block) => ("CANCEL", About::Block(*block)),
        Said::Suggest(piece) => ("SUGGEST_PIECE", About::Piece(*piece)),
        Said::HaveAll => ("HAVE_ALL", About::Nothing),
        Said::HaveNone => ("HAVE_NONE", About::Nothing),
        Said::Reject(block) => ("REJECT_REQUEST", About::Block(*block)),
        Said::AllowedFast(piece) => ("ALLOWED_FAST", About::Piece(*piece)),
        Said::Extended(number, _) => ("EXTENDED", About::Number(*number)),
        Said::Other(number) => ("message", About::Number(*number)),
    }
}

/// Like `12.345678 s  → REQUEST piece 3, block 2 (32768+16384)`.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = if self.outgoing { '→' } else { '←' };
        write!(f, "{}  {arrow} {}", self.at, self.name)?;
        match self.about {
            About::Nothing => Ok(()),
            About::Piece(piece) => write!(f, " piece {piece}"),
            About::Block(block) => write!(f, " {block}"),
            About::Number(number) => write!(f, " {number}"),
            About::Bytes(bytes) => write!(f, " of {bytes} bytes"),
        }
    }
}
