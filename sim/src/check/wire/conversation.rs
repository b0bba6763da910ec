//! One connection of one client with a peer: its state, as it follows from the bytes received and sent.
//!
//! Messages wait in a client while its socket is full. So one that is sent now was decided at some time since the client
//! last had nothing more to say ("drained"), and a rule about what others change is broken only if it was broken all that
//! time: what held at any moment since then is remembered as `…_lately`.

use std::net::IpAddr;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use super::asked::Asked;
use super::dictionary::integer;
use super::extensions::Extensions;
use super::message::{Handshake, Said};
use super::own::Own;
use super::pending::Pending;
use super::reader::Reader;
use super::transcript::Transcript;
use crate::network::EndId;

/// What a peer is taken to bear that says nothing (no `reqq`), as libtorrent takes it.
const REQUESTS_DEFAULT: u32 = 250;
/// More requests than that a client never has with one peer (libtorrent's `max_out_request_queue`).
const REQUESTS_MAX: u32 = 500;

/// The state of a connection.
pub struct Conversation {
    pub connection: ConnectionId,
    /// Its end in the network.
    pub end: EndId,
    /// The peer at the other end.
    pub with: u32,
    /// Its address, as the client names it.
    pub address: Option<IpAddr>,
    pub dialled: bool,
    /// The stream stands.
    pub is_connected: bool,
    pub incoming: Reader,
    pub outgoing: Reader,
    pub transcript: Transcript,
    /// The peer has said what no client is to go on from.
    pub is_lost: bool,

    /// Everything was said that was to be said.
    pub is_drained: bool,
    /// The step in which the oldest of what is being said may have been decided.
    pub since_step: u32,
    /// When that was.
    pub since: Time,

    pub ours: Option<Handshake>,
    pub theirs: Option<Handshake>,
    /// Both speak the fast extension.
    pub fast: bool,

    /// The pieces that the client has announced.
    pub announced: PieceSet,
    /// It has done so in its first message.
    pub has_announced: bool,
    /// The pieces that the peer has announced.
    pub has: PieceSet,
    /// The peer has said something that ends the time for its BITFIELD.
    has_begun: bool,
    /// How many of them the client lacks.
    pub wanted: u32,

    pub choking: bool,
    pub interested: bool,
    pub choked: bool,
    pub unchoked_lately: bool,
    pub peer_interested: bool,
    pub peer_interested_lately: bool,
    /// The peer has said NOT_INTERESTED since the client had nothing to say.
    pub lost_interest_lately: bool,
    /// A CHOKE came since then.
    pub choked_lately: bool,

    /// What was said in extensions.
    pub extensions: Extensions,
    pub asked: Asked,
    /// As many requests as the peer bears.
    pub limit: u32,
    pub limit_lately: u32,
    /// What the client may ask for while it is choked.
    pub granted: Vec<u32>,
    pub pending: Pending,
    /// What the peer may ask for while it is choked.
    pub granting: Vec<u32>,
}

impl Conversation {
    /// A connection at its beginning: both choke, nobody is interested (BEP 3).
    pub fn new(connection: ConnectionId, end: EndId, with: u32, dialled: bool, own: &Own) -> Conversation {
        let pieces = own.geometry.piece_count;
        Conversation {
            connection,
            end,
            with,
            address: None,
            dialled,
            is_connected: !dialled,
            incoming: Reader::new(false),
            outgoing: Reader::new(true),
            transcript: Transcript::default(),
            is_lost: false,
            is_drained: false,
            since_step: own.step,
            since: Time::ZERO,
            ours: None,
            theirs: None,
            fast: false,
            announced: PieceSet::empty(pieces),
            has_announced: false,
            has: PieceSet::empty(pieces),
            has_begun: false,
            wanted: 0,
            choking: true,
            interested: false,
            choked: true,
            unchoked_lately: false,
            peer_interested: false,
            peer_interested_lately: false,
            lost_interest_lately: false,
            choked_lately: false,
            extensions: Extensions::default(),
            asked: Asked::default(),
            limit: REQUESTS_DEFAULT,
            limit_lately: REQUESTS_DEFAULT,
            granted: Vec::new(),
            pending: Pending::default(),
            granting: Vec::new(),
        }
    }

    /// All that the client says now was decided in this step.
    pub fn is_prompt(&self, own: &Own) -> bool {
        self.is_drained || self.since_step == own.step
    }

    /// The client begins to say something.
    pub fn begins_to_say(&mut self, now: Time, own: &Own) {
        if std::mem::take(&mut self.is_drained) {
            (self.since_step, self.since) = (own.step, now);
        }
    }

    /// It has nothing more to say.
    pub fn drained(&mut self) {
        self.is_drained = true;
        self.unchoked_lately = !self.choked;
        self.choked_lately = false;
        self.peer_interested_lately = self.peer_interested;
        self.lost_interest_lately = false;
        self.limit_lately = self.limit;
        self.pending.drained();
    }

    /// The peer has said this.
    pub fn heard(&mut self, own: &mut Own, said: &Said) {
        if self.is_unheard_of(own, said) {
            self.is_lost = true;
            return;
        }
        match said {
            Said::Handshake(theirs) => {
                self.theirs = Some(*theirs);
                self.fast = theirs.speaks_fast && own.config.fast_extension;
                // Who does not know the torrent can't say BITFIELD.
                self.has_announced |= !(self.fast || own.knows_torrent);
            }
            Said::Choke => {
                (self.choked, self.choked_lately) = (true, true);
                if !self.fast {
                    self.asked.clear();
                }
            }
            Said::Unchoke => (self.choked, self.unchoked_lately) = (false, true),
            Said::Interested => (self.peer_interested, self.peer_interested_lately) = (true, true),
            Said::NotInterested => (self.peer_interested, self.lost_interest_lately) = (false, true),
            Said::Have(piece) => self.learns_of(own, *piece),
            Said::Bitfield(bits) => pieces_of(bits).for_each(|piece| self.learns_of(own, piece)),
            Said::HaveAll => {
                self.has = PieceSet::full(own.geometry.piece_count);
                self.wanted = own.geometry.piece_count - own.verified.len();
            }
            Said::Request(block) => self.pending.push(*block),
            Said::Cancel(block) => self.pending.cancel(block, self.fast),
            Said::Piece(block, _) => {
                own.downloaded += u64::from(block.length);
                if self.asked.arrive(block) || !self.is_drained {
                    own.came(block);
                }
            }
            Said::Reject(block) => self.asked.reject(block),
            Said::AllowedFast(piece) => self.granted.push(*piece),
            Said::Extended(id, payload) => {
                self.extensions.heard(*id, payload);
                if let (0, Some(requests)) = (*id, integer::<u32>(payload, b"reqq")) {
                    self.limit = requests.clamp(1, REQUESTS_MAX);
                    self.limit_lately = self.limit_lately.max(self.limit);
                }
            }
            Said::KeepAlive | Said::Suggest(_) | Said::HaveNone | Said::Other(_) => {}
        }
        self.has_begun |=
            !matches!(said, Said::Handshake(_) | Said::KeepAlive | Said::Extended(..) | Said::Other(_));
    }

    /// The client has said this; it broke no rule.
    pub fn spoke(&mut self, now: Time, own: &mut Own, said: &Said) {
        let is_prompt = self.is_prompt(own);
        match said {
            Said::Handshake(ours) => {
                self.ours = Some(*ours);
                own.identity = Some((ours.info_hash, ours.peer_id));
            }
            Said::Choke => {
                self.choking = true;
                let granting = &self.granting;
                self.pending.choke(self.fast, |piece| granting.contains(&piece));
            }
            Said::Unchoke => self.choking = false,
            Said::Interested => self.interested = true,
            Said::NotInterested => self.interested = false,
            Said::Have(piece) => {
                self.announced.insert(*piece);
            }
            Said::Bitfield(bits) => pieces_of(bits).for_each(|piece| {
                self.announced.insert(piece);
            }),
            Said::HaveAll => self.announced = PieceSet::full(own.geometry.piece_count),
            Said::Request(block) => {
                // Given up already, if it had to wait and a CHOKE came meanwhile.
                let is_doubtful = !is_prompt || (!self.fast && self.choked_lately);
                self.asked.push(*block, is_doubtful);
            }
            Said::Cancel(block) => self.asked.cancel(block),
            Said::Piece(block, _) => own.uploaded += u64::from(block.length),
            Said::AllowedFast(piece) => self.granting.push(*piece),
            Said::Extended(id, payload) => self.extensions.spoke(now, self.since, *id, payload),
            Said::Reject(_) | Said::KeepAlive | Said::Suggest(_) | Said::HaveNone | Said::Other(_) => {}
        }
        self.has_announced |= matches!(said, Said::Bitfield(_) | Said::HaveAll | Said::HaveNone);
    }

    /// The client has verified a piece.
    pub fn verified(&mut self, piece: u32) {
        self.wanted -= u32::from(self.has.contains(piece));
    }

    fn learns_of(&mut self, own: &Own, piece: u32) {
        if self.has.insert(piece) && !own.verified.contains(piece) {
            self.wanted += 1;
        }
    }

    /// Whether this is nothing that a peer may say now.
    fn is_unheard_of(&self, own: &Own, said: &Said) -> bool {
        let pieces = own.geometry.piece_count;
        match said {
            Said::Handshake(theirs) => !theirs.is_bittorrent,
            _ if said.is_fast() && !self.fast => true,
            Said::HaveAll | Said::HaveNone => self.has_begun,
            Said::Have(piece) | Said::AllowedFast(piece) => *piece >= pieces,
            Said::Bitfield(bits) => !is_bitfield(bits, pieces),
            Said::Request(block) => !own.exists(block.piece),
            _ => false,
        }
    }
}

/// The pieces that a bitfield names: the high bit of the first byte is piece 0 (BEP 3).
pub fn pieces_of(bits: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let in_byte = |byte: u8| (0..8).filter(move |bit| byte & (0x80 >> bit) != 0);
    bits.iter()
        .zip((0..).step_by(8))
        .flat_map(move |(byte, first)| in_byte(*byte).map(move |bit| first + bit))
}

/// It has a bit for each piece, and those that are left over are zero.
pub fn is_bitfield(bits: &[u8], pieces: u32) -> bool {
    bits.len() == pieces.div_ceil(8) as usize && pieces_of(bits).all(|piece| piece < pieces)
}
