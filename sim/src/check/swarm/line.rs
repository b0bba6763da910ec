//! What two peers have said to each other, as one of them has said and heard it.

use std::collections::BTreeMap;

use bytes::Bytes;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, Transmit};
use swarmlab_engine::time::Time;

use crate::check::wire::{Block, Fragment, Reader, Said, Transcript};
use crate::check::{Partner, Seen};

/// Which way something was said, as the owner of the line sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It has said it.
    Out,
    /// It has been told.
    In,
}

/// One connection of one peer with another.
pub struct Line {
    /// The peer at the other end.
    pub with: u32,
    /// When it was opened.
    pub opened_at: Time,
    /// Both have introduced themselves.
    pub stands: bool,
    /// Everything that the owner has to say was taken from it.
    pub is_drained: bool,
    /// What the other has.
    pub theirs: PieceSet,
    /// The owner wants something, and the other has been told.
    pub am_interested: bool,
    /// The owner serves the other.
    pub am_unchoking: bool,
    /// When that changed.
    pub choked_at: Time,
    /// Since when the other has wanted something.
    pub interested_since: Option<Time>,
    /// The other serves the owner.
    pub is_unchoking: bool,
    /// It has choked the owner since all was said.
    choked_lately: bool,
    /// What the owner has asked for and not got.
    pub asked: Vec<Block>,
    /// Some of it the owner may have given up before it was sent: it had to wait for the socket, and meanwhile the block
    /// came, or a CHOKE ended it.
    pub is_doubtful: bool,
    /// When the oldest of what is being said may have been decided.
    decided_at: Time,
    /// When it last asked for something.
    pub asked_at: Time,
    /// When something that it had asked for came, or the waiting began.
    pub progress_at: Time,
    /// When something came last that it had taken back: a sign of life.
    late_at: Time,
    /// It has taken back a request that nobody else had fulfilled, and nothing has come since.
    pub is_distrusted: bool,
    /// The other has rejected what it owed, and since then it has neither brought anything nor unchoked again.
    pub is_rejecting: bool,
    /// What it has taken back, and is not known to be over.
    pub cancelled: Vec<Block>,
    /// What CHOKEs have ended without the fast extension. It may come all the same: a request on its way may find the other
    /// unchoking again.
    dropped: Vec<Block>,
    both_fast: [bool; 2],
    readers: [Reader; 2],
    transcript: Transcript,
}

impl Line {
    fn new(with: u32, now: Time, pieces: u32) -> Line {
        Line {
            with,
            opened_at: now,
            stands: false,
            is_drained: false,
            theirs: PieceSet::empty(pieces),
            am_interested: false,
            am_unchoking: false,
            choked_at: now,
            interested_since: None,
            is_unchoking: false,
            choked_lately: false,
            asked: Vec::new(),
            is_doubtful: false,
            decided_at: now,
            asked_at: now,
            progress_at: now,
            late_at: Time::ZERO,
            is_distrusted: false,
            is_rejecting: false,
            cancelled: Vec::new(),
            dropped: Vec::new(),
            both_fast: [false; 2],
            readers: [Reader::new(false), Reader::new(false)],
            transcript: Transcript::default(),
        }
    }

    /// The last messages.
    pub fn wire(&self) -> impl Iterator<Item = String> + '_ {
        self.transcript.lines()
    }

    /// The owner could ask the other, and asks it for nothing.
    pub fn may_be_asked(&self) -> bool {
        self.is_unchoking
            && self.am_interested
            && self.is_drained
            && self.asked.is_empty()
            && self.cancelled.is_empty()
            && !self.is_distrusted
            && !self.is_rejecting
    }

    /// Both speak the fast extension.
    pub fn is_fast(&self) -> bool {
        self.both_fast == [true; 2]
    }

    /// What these bytes say.
    pub fn read(&mut self, way: Way, bytes: &Bytes) -> Vec<Said> {
        let mut fragment = Fragment::new(bytes);
        let mut all = Vec::new();
        while let Ok(Some(said)) = self.readers[way as usize].next(&mut fragment) {
            all.push(said);
        }
        all
    }

    /// Since when the owner waits for a block at most.
    pub fn waits_since(&self) -> Time {
        self.progress_at.max(self.late_at)
    }

    /// Something was said. `has_come` tells whether the owner has a block.
    pub fn note(&mut self, now: Time, way: Way, said: &Said, has_come: impl Fn(&Block) -> bool) {
        self.transcript.add(now, way == Way::Out, said);
        if let Said::Handshake(handshake) = said {
            self.both_fast[way as usize] = handshake.speaks_fast;
            self.stands |= way == Way::In;
            return;
        }
        match way {
            Way::Out => self.note_own(now, said, has_come),
            Way::In => self.note_theirs(now, said),
        }
    }

    fn note_own(&mut self, now: Time, said: &Said, has_come: impl Fn(&Block) -> bool) {
        match said {
            Said::Interested => self.am_interested = true,
            Said::NotInterested => self.am_interested = false,
            Said::Choke => (self.am_unchoking, self.choked_at) = (false, now),
            Said::Unchoke => (self.am_unchoking, self.choked_at) = (true, now),
            Said::Request(block) => {
                if self.asked.is_empty() {
                    (self.progress_at, self.is_doubtful) = (now, false);
                }
                self.is_doubtful |= self.decided_at != now || (self.choked_lately && !self.is_fast());
                self.asked.push(*block);
                self.asked_at = now;
            }
            Said::Cancel(block) if take(&mut self.asked, block) => {
                self.cancelled.push(*block);
                self.is_distrusted |= !has_come(block);
            }
            _ => {}
        }
    }

    fn note_theirs(&mut self, now: Time, said: &Said) {
        match said {
            Said::Interested => self.interested_since = self.interested_since.or(Some(now)),
            Said::NotInterested => self.interested_since = None,
            Said::Choke => {
                (self.is_unchoking, self.choked_lately) = (false, true);
                if !self.is_fast() {
                    self.dropped.append(&mut self.asked);
                    self.dropped.append(&mut self.cancelled);
                }
            }
            Said::Unchoke if !self.is_unchoking => {
                (self.is_unchoking, self.is_rejecting) = (true, false);
                self.is_distrusted &= !self.asked.is_empty();
            }
            Said::Have(piece) if *piece < self.theirs.piece_count() => {
                self.theirs.insert(*piece);
            }
            Said::Bitfield(bits) => {
                let theirs = PieceSet::from_wire(bits, self.theirs.piece_count());
                self.theirs = theirs.unwrap_or_else(|| PieceSet::empty(self.theirs.piece_count()));
            }
            Said::HaveAll => self.theirs = PieceSet::full(self.theirs.piece_count()),
            Said::Piece(block, _) => {
                if take(&mut self.asked, block) {
                    (self.progress_at, self.is_distrusted, self.is_rejecting) = (now, false, false);
                } else if take(&mut self.cancelled, block) || take(&mut self.dropped, block) {
                    self.late_at = now;
                }
            }
            Said::Reject(block) => {
                // Answers come in order: first of what was taken back.
                self.is_rejecting |= !take(&mut self.cancelled, block) && take(&mut self.asked, block);
            }
            _ => {}
        }
    }
}

/// Takes a block out; false if it is not there.
fn take(blocks: &mut Vec<Block>, block: &Block) -> bool {
    let at = blocks.iter().position(|own| own == block);
    at.map(|at| blocks.remove(at)).is_some()
}

/// The lines of everybody, those of one peer together.
#[derive(Default)]
pub struct Lines {
    of: Vec<BTreeMap<ConnectionId, Line>>,
}

impl Lines {
    /// The lines of a peer.
    pub fn of(&self, peer: u32) -> impl Iterator<Item = (&ConnectionId, &Line)> + Clone {
        self.of.get(peer as usize).into_iter().flatten()
    }

    /// One line.
    pub fn get(&self, peer: u32, connection: ConnectionId) -> Option<&Line> {
        self.of.get(peer as usize)?.get(&connection)
    }

    /// One line, to be noted in.
    pub fn get_mut(&mut self, peer: u32, connection: ConnectionId) -> Option<&mut Line> {
        self.of.get_mut(peer as usize)?.get_mut(&connection)
    }

    /// Lines begin.
    pub fn begin(&mut self, now: Time, peer: u32, seen: &Seen<'_>, pieces: u32) {
        if let Seen::Opened { connection, with: Partner::Peer(with), .. } = seen {
            if self.of.len() <= peer as usize {
                self.of.resize_with(peer as usize + 1, BTreeMap::new);
            }
            self.of[peer as usize].insert(*connection, Line::new(*with, now, pieces));
        }
    }

    /// Lines are heard out, or end.
    pub fn end(&mut self, now: Time, peer: u32, seen: &Seen<'_>) {
        let Some(lines) = self.of.get_mut(peer as usize) else { return };
        match seen {
            Seen::Gone => lines.clear(),
            Seen::Closed { connection, .. } => {
                lines.remove(connection);
            }
            Seen::Ready(connection) | Seen::Sent(connection, _) | Seen::Drained(connection) => {
                if let Some(line) = lines.get_mut(connection) {
                    if line.is_drained && matches!(seen, Seen::Ready(_)) {
                        line.decided_at = now;
                    }
                    line.is_drained = matches!(seen, Seen::Drained(_));
                    line.choked_lately &= !line.is_drained;
                }
            }
            _ => {}
        }
    }
}

/// The bytes that were said or heard, and the line on which they were.
pub fn bytes<'a>(seen: &Seen<'a>) -> Option<(ConnectionId, Way, Vec<&'a Bytes>)> {
    match seen {
        Seen::Received(connection, data) => Some((*connection, Way::In, vec![data])),
        Seen::Sent(connection, transmit) => {
            let Transmit { head, body } = transmit;
            Some((*connection, Way::Out, vec![head, body]))
        }
        _ => None,
    }
}
