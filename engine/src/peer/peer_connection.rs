//! The state of one connection with a peer.

mod recount;

use std::net::{IpAddr, SocketAddr};

use crate::bitfield::PieceSet;
use crate::metadata::MetadataServe;
use crate::pacer::Pacer;
use crate::peer_exchange::{Hearing, Telling};
use crate::session::ConnectionId;
use crate::time::Time;
use crate::wire::{Decoder, Message, PeerId};

use super::{EarlyWords, RequestPipeline, ServeQueue, Suggestions, TransferMeter, Unveiled};

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
#[derive(Debug)]
pub struct PeerConnection {
    /// The connection, as the driver knows it.
    pub id: ConnectionId,
    /// The peer's address; of one that dialled us, the port is not the one on which it listens.
    pub remote: SocketAddr,
    /// We dialled.
    pub dialed: bool,
    /// How far it has come.
    pub stage: Stage,
    /// When it was begun.
    pub since: Time,
    /// Who it is; known once established.
    pub peer_id: PeerId,
    /// Number by which pieces in progress remember who sent a block; never used twice in a torrent.
    pub contributor: u32,
    /// It has sent a part of a bad piece, and no good piece of its own since.
    pub on_parole: bool,

    /// Bytes in.
    pub decoder: Decoder,
    /// Whole messages out, PIECE excepted.
    pub outbox: Vec<u8>,
    /// The driver knows that there is something to send.
    pub ready: bool,
    /// When something came last.
    pub last_received: Time,
    /// When something was sent last.
    pub last_sent: Time,

    /// Both sides speak the fast extension.
    pub fast: bool,
    /// Both sides speak the extension protocol.
    pub extended: bool,
    /// Where the peer listens, if it told (BEP 10).
    pub listen_port: Option<u16>,

    /// The number under which it takes messages of the metadata exchange (BEP 9); 0 if it does not.
    pub ut_metadata: u8,
    /// The number under which it takes messages of peer exchange (BEP 11); 0 if it does not.
    pub ut_pex: u8,
    /// It wants nothing, and has said so (BEP 21).
    pub upload_only: bool,
    /// From where it sees us speak, as it says.
    pub sees_us_at: Option<IpAddr>,
    /// Pieces of the metadata that it has asked for.
    pub metadata: MetadataServe,
    /// Pieces of the metadata that nobody had asked it for.
    pub metadata_unasked: u32,
    /// Whom of our peers it was told of.
    pub pex_told: Telling,
    /// Of whom it has told us.
    pub pex_heard: Hearing,
    /// What it has said of pieces while nobody knew how many there are.
    pub early: Option<Box<EarlyWords>>,

    /// It has said what it has, or anything else that closes the time for saying so.
    pub announced: bool,
    /// What it has.
    pub have: PieceSet,
    /// It was full when it came: [`crate::pieces::Availability::add_peer`]'s answer.
    pub counted_as_full: bool,
    /// How many pieces it has that we lack and want.
    pub wanted: u32,
    /// How much of the torrent's list of verified pieces was said to it.
    pub haves_said: usize,

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
    /// When we choked or unchoked it last.
    pub choke_changed: Time,

    /// What we may ask for while choked (BEP 6).
    pub allowed_fast_by_peer: Vec<u32>,
    /// What it may ask for while choked (BEP 6).
    pub allowed_fast_by_us: Vec<u32>,
    /// Pieces suggested, by us and by the peer (BEP 6).
    pub suggestions: Suggestions,
    /// What a super seed has told it of (BEP 16); everything if none.
    pub unveiled: Option<Box<Unveiled>>,
    /// What we asked for.
    pub pipeline: RequestPipeline,
    /// What it asked for.
    pub serve: ServeQueue,
    /// Its choker limits what it is sent.
    pub pacer: Option<Pacer>,
    /// When it was sent a block last.
    pub served_at: Time,
    /// When it was asked for one last.
    pub asked_at: Time,
    /// Requests that could not be held, since we last unchoked it.
    pub floods: u32,
    /// PIECE messages that nobody had asked for.
    pub unasked: u32,
    /// Payload from it.
    pub downloaded: TransferMeter,
    /// Payload to it.
    pub uploaded: TransferMeter,
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
            remote,
            dialed,
            stage: Stage::Dialing,
            since: now,
            peer_id: PeerId([0; 20]),
            contributor: 0,
            on_parole: false,
            decoder: Decoder::new(piece_count),
            outbox: Vec::new(),
            ready: false,
            last_received: now,
            last_sent: now,
            fast: false,
            extended: false,
            listen_port: None,
            ut_metadata: 0,
            ut_pex: 0,
            upload_only: false,
            sees_us_at: None,
            metadata: MetadataServe::default(),
            metadata_unasked: 0,
            pex_told: Telling::default(),
            pex_heard: Hearing::default(),
            early: None,
            announced: false,
            have: PieceSet::empty(piece_count),
            counted_as_full: false,
            wanted: 0,
            haves_said: 0,
            am_choking: true,
            am_interested: false,
            peer_choking: true,
            peer_interested: false,
            optimistic: false,
            choke_changed: now,
            allowed_fast_by_peer: Vec::new(),
            allowed_fast_by_us: Vec::new(),
            suggestions: Suggestions::default(),
            unveiled: None,
            pipeline: RequestPipeline::default(),
            serve: ServeQueue::new(request_queue),
            pacer: None,
            served_at: Time::ZERO,
            asked_at: Time::ZERO,
            floods: 0,
            unasked: 0,
            downloaded: TransferMeter::default(),
            uploaded: TransferMeter::default(),
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
        self.listen_port.map(|port| (self.remote.ip(), port).into())
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
        self.decoder.rest();
        self.pipeline.rest();
        self.serve.rest();
    }

    /// Puts a message (not a PIECE) behind those that wait to be sent.
    pub fn say(&mut self, message: &Message) {
        message.encode_head(&mut self.outbox);
    }

    /// It has something that we want and may ask for now.
    pub fn may_be_asked(&self) -> bool {
        self.am_interested && (!self.peer_choking || !self.allowed_fast_by_peer.is_empty())
    }

    /// It has made us say more than may wait.
    pub fn is_outbox_full(&self) -> bool {
        self.outbox.len() > OUTBOX_BYTES_MAX + self.have.piece_count().div_ceil(8) as usize
    }

    /// From when on its choker lets it be sent a block.
    pub fn next_block_at(&self) -> Time {
        self.pacer.as_ref().map_or(Time::ZERO, Pacer::next_at)
    }

    /// It was told, as far as we tell it anything, that we have this piece.
    pub fn knows_of(&self, piece: u32) -> bool {
        self.unveiled.as_deref().is_none_or(|unveiled| unveiled.contains(piece))
    }

    /// It may ask for this piece now.
    pub fn may_request(&self, piece: u32) -> bool {
        !self.am_choking || self.allowed_fast_by_us.contains(&piece)
    }
}
