//! The state of one connection with a peer.

mod recount;

use std::net::SocketAddr;

use crate::bitfield::PieceSet;
use crate::metadata::MetadataServe;
use crate::pacer::Pacer;
use crate::session::ConnectionId;
use crate::time::Time;
use crate::wire::{Decoder, Message};

use super::{Aside, Grants, RequestPipeline, ServeQueue, Suggestions, TransferMeter, Unveiled};

/// Bytes of messages that wait for a peer to read, beside its torrent's bitfield. The most that an honest one brings
/// about is an answer to each request it may have pending, and what we ask it for: 17 bytes each.
const OUTBOX_BYTES_MAX: usize = 64 * 1024;

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// We asked for it; nothing is known of it yet.
    Dialing,
    /// The stream is open, our handshake is on its way; theirs has not come.
    Handshaking,
    /// Both handshakes are through.
    Established,
}

/// One connection with a peer, from the dial to the end.
///
/// In a large swarm hardly any of it is in a cache when its peer says something. So it lies in memory in the order in
/// which it stands here, each paragraph from the beginning of a line of the cache on: what is looked at together lies
/// together.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct PeerConnection {
    /// The connection, as the driver knows it.
    pub id: ConnectionId,
    /// Whole messages out, PIECE excepted.
    pub outbox: Vec<u8>,
    /// When something came last.
    pub last_received: Time,
    /// Number by which pieces in progress remember who sent a block; never used twice in a torrent.
    pub contributor: u32,
    /// It has so many pieces at least that we lack and want, and none only if there are none. Each piece that we get may have been
    /// one of them, so they are counted again only once all of them may be ours.
    pub wanted_at_least: u32,
    /// How much of the torrent's list of verified pieces was said to it.
    pub haves_said: u32,
    /// How far it has come.
    pub stage: Stage,
    /// We dialled.
    pub dialed: bool,
    /// The driver knows that there is something to send.
    pub ready: bool,
    /// Both sides speak the fast extension.
    pub fast: bool,
    /// It has said what it has, or anything else that closes the time for saying so.
    pub announced: bool,
    /// We don't serve its requests.
    pub am_choking: bool,
    /// We told it that we want something.
    pub am_interested: bool,
    /// It doesn't serve our requests.
    pub peer_choking: bool,
    /// It told us that it wants something.
    pub peer_interested: bool,
    /// It is unchoked without having deserved it.
    pub optimistic: bool,
    /// It has sent a part of a bad piece, and no good piece of its own since.
    pub on_parole: bool,
    /// There is something that we may ask it for while choked.
    grants: bool,

    /// What it has.
    pub have: PieceSet,
    /// What we may ask for while choked (BEP 6).
    allowed_fast_by_peer: Grants,
    /// What is seldom looked at.
    pub aside: Box<Aside>,
    /// Pieces of the metadata that it has asked for.
    pub metadata: Option<Box<MetadataServe>>,
    /// When something was sent last.
    pub last_sent: Time,
    /// It was full when it came: [`crate::pieces::Availability::add_peer`]'s answer.
    pub counted_as_full: bool,
    /// It wants nothing, and has said so (BEP 21).
    pub upload_only: bool,
    /// The number under which it takes messages of the metadata exchange (BEP 9); 0 if it does not.
    pub ut_metadata: u8,
    /// The number under which it takes messages of peer exchange (BEP 11); 0 if it does not.
    pub ut_pex: u8,
    /// Requests that could not be held, since we last unchoked it.
    pub floods: u16,
    /// PIECE messages that nobody had asked for.
    pub unasked: u8,
    /// Both sides speak the extension protocol.
    pub extended: bool,

    /// Bytes in.
    pub decoder: Decoder,
    /// Pieces suggested, by us and by the peer (BEP 6).
    pub suggestions: Suggestions,
    /// When we choked or unchoked it last.
    pub choke_changed: Time,
    /// When it was asked for a block last.
    pub asked_at: Time,
    /// Payload from it.
    pub downloaded: TransferMeter,

    /// What we asked for.
    pub pipeline: RequestPipeline,
    /// What it asked for.
    pub serve: ServeQueue,
    /// Its choker limits what it is sent.
    pub pacer: Option<Box<Pacer>>,
    /// When it was sent a block last.
    pub served_at: Time,
    /// What a super seed has told it of (BEP 16); everything if none.
    pub unveiled: Option<Box<Unveiled>>,

    /// Payload to it.
    pub uploaded: TransferMeter,
    /// When it was begun.
    pub since: Time,
    /// The peer's address; of one that dialled us, the port is not the one on which it listens.
    pub remote: SocketAddr,
}

impl PeerConnection {
    /// A connection at its beginning: both sides choke, nobody is interested (BEP 3). At most `request_queue` requests of
    /// the peer will be held.
    pub fn new(
        id: ConnectionId,
        remote: SocketAddr,
        dialed: bool,
        now: Time,
        piece_count: u32,
        request_queue: u32,
    ) -> PeerConnection {
        PeerConnection {
            id,
            outbox: Vec::new(),
            last_received: now,
            contributor: 0,
            wanted_at_least: 0,
            haves_said: 0,
            stage: Stage::Dialing,
            dialed,
            ready: false,
            fast: false,
            announced: false,
            am_choking: true,
            am_interested: false,
            peer_choking: true,
            peer_interested: false,
            optimistic: false,
            on_parole: false,
            grants: false,
            have: PieceSet::empty(piece_count),
            allowed_fast_by_peer: Grants::default(),
            aside: Box::default(),
            metadata: None,
            last_sent: now,
            counted_as_full: false,
            upload_only: false,
            ut_metadata: 0,
            ut_pex: 0,
            floods: 0,
            unasked: 0,
            extended: false,
            decoder: Decoder::new(piece_count),
            suggestions: Suggestions::default(),
            choke_changed: now,
            asked_at: Time::ZERO,
            downloaded: TransferMeter::default(),
            pipeline: RequestPipeline::default(),
            serve: ServeQueue::new(request_queue),
            pacer: None,
            served_at: Time::ZERO,
            unveiled: None,
            uploaded: TransferMeter::default(),
            since: now,
            remote,
        }
    }

    /// The metadata have come: the torrent has so many pieces.
    pub fn learn_pieces(&mut self, piece_count: u32) {
        self.decoder.expect_pieces(piece_count);
        self.have = PieceSet::empty(piece_count);
    }

    /// Both handshakes are through.
    pub fn is_established(&self) -> bool {
        self.stage == Stage::Established
    }

    /// Where it can be dialled, as far as we know.
    pub fn listens_at(&self) -> Option<SocketAddr> {
        if self.dialed {
            return Some(self.remote);
        }
        self.aside.listen_port.map(|port| (self.remote.ip(), port).into())
    }

    /// The address by which it is known: where it can be dialled or, until that is known, whence it speaks.
    pub fn known_address(&self) -> SocketAddr {
        self.listens_at().unwrap_or(self.remote)
    }

    /// It has something that we want, or is served by us.
    pub fn is_of_use(&self) -> bool {
        self.am_interested || self.peer_interested && !self.am_choking || !self.serve.is_empty()
    }

    /// Most connections carry no blocks most of the time, and there are many: what one holds for a rush is given back.
    pub fn rest(&mut self) {
        if !self.am_choking || !self.peer_choking {
            return;
        }
        if self.outbox.is_empty() {
            self.outbox = Vec::new();
        }
        self.pipeline.rest();
        self.serve.rest();
    }

    /// Puts a message (not a PIECE) behind those that wait to be sent.
    pub fn say(&mut self, message: &Message) {
        message.encode_head(&mut self.outbox);
    }

    /// It has something that we want and may ask for now.
    pub fn may_be_asked(&self) -> bool {
        self.am_interested && (!self.peer_choking || self.grants)
    }

    /// There is something that we may ask for while it chokes us (BEP 6).
    pub fn grants_any(&self) -> bool {
        self.grants
    }

    /// What that is.
    pub fn granted(&self) -> &Grants {
        &self.allowed_fast_by_peer
    }

    /// We may ask for this piece too.
    pub fn grant(&mut self, piece: u32) {
        self.allowed_fast_by_peer.push(piece);
        self.grants = true;
    }

    /// That this piece may be asked for is of no use any more.
    pub fn revoke(&mut self, piece: u32) {
        self.allowed_fast_by_peer.remove(piece);
        self.grants = !self.allowed_fast_by_peer.is_empty();
    }

    /// We have one more piece. Whether there may be nothing more here that we want; if so, that is counted now.
    pub fn lacks_one_less(&mut self, settled: &PieceSet) -> bool {
        if !self.am_interested {
            return false;
        }
        self.wanted_at_least = self.wanted_at_least.saturating_sub(1);
        let is_in_doubt = self.wanted_at_least == 0;
        if is_in_doubt {
            self.count_wanted(settled);
        }
        is_in_doubt
    }

    /// Counts what it has and we want.
    pub fn count_wanted(&mut self, settled: &PieceSet) {
        self.wanted_at_least = self.have.count_without(settled);
    }

    /// It has made us say more than may wait.
    pub fn is_outbox_full(&self) -> bool {
        self.outbox.len() > OUTBOX_BYTES_MAX + self.have.piece_count().div_ceil(8) as usize
    }

    /// From when on its choker lets it be sent a block.
    pub fn next_block_at(&self) -> Time {
        self.pacer.as_deref().map_or(Time::ZERO, Pacer::next_at)
    }

    /// It was told, as far as we tell it anything, that we have this piece.
    pub fn knows_of(&self, piece: u32) -> bool {
        self.unveiled.as_deref().is_none_or(|unveiled| unveiled.contains(piece))
    }

    /// It may ask for this piece now.
    pub fn may_request(&self, piece: u32) -> bool {
        !self.am_choking || self.aside.allowed_fast_by_us.contains(&piece)
    }
}
