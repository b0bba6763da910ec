//! The metadata (BEP 9): fetched when the torrent was added by its info-hash, served to those in that position.

use std::sync::Arc;

use bytes::Bytes;

use crate::bitfield::PieceSet;
use crate::metadata::{Fetched, MetadataFetch};
use crate::metainfo::{Geometry, Info, Magnet, Metainfo, PIECES_MAX};
use crate::peer::Misplaced;
use crate::pieces::PieceMap;
use crate::playback::Player;
use crate::session::context::Context;
use crate::session::{CloseReason, Event, Misbehaviour, Output, StartWith};
use crate::time::Time;
use crate::wire::metadata_message::{metadata_piece, metadata_pieces};
use crate::wire::{Message, MetadataMessage};

use super::{Phase, Torrent};

/// Pieces of the metadata that were not asked for and are ignored before the peer counts as a flood: answers cross with the
/// end of the fetch, and with time-outs.
const UNASKED_MAX: u32 = 64;

/// What is known of the torrent itself.
#[derive(Debug)]
pub(super) enum Metadata {
    /// All.
    Known(Arc<Metainfo>),
    /// The info-hash.
    Sought(Box<Sought>),
}

/// A torrent that was added by its info-hash.
#[derive(Debug)]
pub(super) struct Sought {
    pub magnet: Magnet,
    pub start: StartWith,
    /// When it was added: whoever watches waits since then.
    pub added: Time,
    pub fetch: MetadataFetch,
    /// All of it, as soon as the messages are read that came with its end.
    pub whole: Option<Bytes>,
}

impl Torrent {
    /// The info dictionary's bytes, once known.
    pub(super) fn raw_metadata(&self) -> Option<&Bytes> {
        match &self.metadata {
            Metadata::Known(metainfo) => Some(metainfo.info.raw()),
            Metadata::Sought(_) => None,
        }
    }

    /// Known to be private (BEP 27).
    pub(super) fn is_private(&self) -> bool {
        matches!(&self.metadata, Metadata::Known(metainfo) if metainfo.info.private())
    }

    /// Its own sizes are unknown.
    pub(super) fn is_sought(&self) -> bool {
        matches!(self.metadata, Metadata::Sought(_))
    }

    /// Pieces of the longest bitfield that a peer may send.
    pub(super) fn pieces_at_most(&self) -> u32 {
        if self.is_sought() { PIECES_MAX } else { self.geometry().piece_count }
    }

    /// Takes part to learn what the torrent is.
    pub(super) fn seek(&mut self, cx: &mut Context<'_>) {
        self.phase = Phase::Seeking;
        self.start_ticking(cx);
        self.dial(cx);
        self.announce_started(cx);
    }

    /// A message about pieces while nobody knows how many there are, or what we hold of them. True if it was one.
    pub(super) fn hear_early(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        message: &Message,
    ) -> Result<bool, CloseReason> {
        if self.is_running() {
            return Ok(false);
        }
        let peer = &mut self.peers[at];
        let is_fast = matches!(
            message,
            Message::HaveAll | Message::HaveNone | Message::AllowedFast(_) | Message::SuggestPiece(_)
        );
        if is_fast && !peer.fast {
            return Err(CloseReason::Misbehaved(Misbehaviour::FastWithoutAgreement));
        }
        let misplaced = |misplaced| {
            CloseReason::Misbehaved(match misplaced {
                Misplaced::Piece => Misbehaviour::PieceOutOfRange,
                Misplaced::Announcement => Misbehaviour::BitfieldLate,
            })
        };
        match message {
            Message::KeepAlive | Message::Extended { .. } | Message::Port(_) | Message::Unknown(_) => {
                Ok(false)
            }
            Message::Request(request) => {
                peer.aside.early.get_or_insert_default().keep(message.clone()).map_err(misplaced)?;
                self.refuse_request(cx, at, *request)?;
                Ok(true)
            }
            _ => {
                peer.aside.early.get_or_insert_default().keep(message.clone()).map_err(misplaced)?;
                Ok(matches!(message, Message::Bitfield(_) | Message::Have(_)) || is_fast)
            }
        }
    }

    /// A peer says how long the metadata are.
    pub(super) fn hear_metadata_size(&mut self, cx: &mut Context<'_>, at: usize, size: u32) {
        let peer = &self.peers[at];
        if let Metadata::Sought(sought) = &mut self.metadata
            && peer.ut_metadata != 0
            && sought.fetch.offer(peer.contributor, size)
        {
            self.ask_metadata(cx, at);
        }
    }

    /// Asks a peer for what it may be asked for now.
    fn ask_metadata(&mut self, cx: &mut Context<'_>, at: usize) {
        let Metadata::Sought(sought) = &mut self.metadata else { return };
        let peer = &mut self.peers[at];
        if sought.whole.is_some() || peer.ut_metadata == 0 {
            return;
        }
        let mut has_asked = false;
        while let Some(piece) = sought.fetch.ask(cx.now, peer.contributor) {
            let payload = MetadataMessage::Request { piece }.encode();
            peer.say(&Message::Extended { id: peer.ut_metadata, payload });
            has_asked = true;
        }
        if has_asked {
            self.wake(cx, at);
        }
    }

    fn ask_metadata_everywhere(&mut self, cx: &mut Context<'_>) {
        let all = self.everybody();
        all.into_iter().for_each(|at| self.ask_metadata(cx, at));
    }

    /// Once a second: who has not answered is not waited for.
    pub(super) fn seek_on(&mut self, cx: &mut Context<'_>) {
        if let Metadata::Sought(sought) = &mut self.metadata {
            sought.fetch.tick(cx.now);
            self.ask_metadata_everywhere(cx);
        }
    }

    /// A message of the metadata exchange.
    pub(super) fn hear_metadata(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        payload: &Bytes,
    ) -> Result<(), CloseReason> {
        match MetadataMessage::decode(payload) {
            Ok(MetadataMessage::Request { piece }) => self.hear_metadata_request(cx, at, piece),
            Ok(MetadataMessage::Data { piece, total_size, data }) => {
                self.hear_metadata_piece(cx, at, piece, total_size, &data)
            }
            Ok(MetadataMessage::Reject { piece }) => {
                if let Metadata::Sought(sought) = &mut self.metadata
                    && sought.fetch.rejected(cx.now, self.peers[at].contributor, piece)
                {
                    self.ask_metadata_everywhere(cx);
                }
                Ok(())
            }
            Ok(MetadataMessage::Unknown) => Ok(()),
            Err(_) => Err(CloseReason::Misbehaved(Misbehaviour::MetadataMalformed)),
        }
    }

    fn hear_metadata_request(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        piece: u32,
    ) -> Result<(), CloseReason> {
        let pieces = self.raw_metadata().map_or(0, |raw| metadata_pieces(raw.len() as u32));
        let peer = &mut self.peers[at];
        if peer.ut_metadata == 0 {
            return Ok(()); // It has not said under which number it would take an answer.
        }
        if peer.metadata.get_or_insert_default().push(piece, pieces) {
            self.wake(cx, at);
            return Ok(());
        }
        let payload = MetadataMessage::Reject { piece }.encode();
        peer.say(&Message::Extended { id: peer.ut_metadata, payload });
        self.wake(cx, at);
        self.count_flood(at)
    }

    /// The next piece of the metadata for a peer that has asked for it, as a whole message.
    pub(super) fn next_metadata(&mut self, at: usize) -> Option<Message> {
        let peer = &mut self.peers[at];
        let (number, piece) = (peer.ut_metadata, peer.metadata.as_mut()?.pop()?);
        let raw = self.raw_metadata()?;
        let size = raw.len() as u32;
        let data = raw.slice(metadata_piece(size, piece)?);
        let payload = MetadataMessage::Data { piece, total_size: Some(size), data }.encode();
        Some(Message::Extended { id: number, payload })
    }

    fn hear_metadata_piece(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        piece: u32,
        total_size: Option<u32>,
        data: &Bytes,
    ) -> Result<(), CloseReason> {
        let own = self.peers[at].contributor;
        let fetched = match &mut self.metadata {
            Metadata::Sought(sought) if sought.whole.is_none() => {
                sought.fetch.data(own, piece, total_size, data)
            }
            Metadata::Sought(_) | Metadata::Known(_) => Fetched::Unasked,
        };
        match fetched {
            Fetched::Kept => self.ask_metadata(cx, at),
            Fetched::Whole(whole) => {
                if let Metadata::Sought(sought) = &mut self.metadata {
                    sought.whole = Some(whole);
                }
            }
            Fetched::Corrupt(Some(liar)) if liar == own => {
                return Err(CloseReason::Misbehaved(Misbehaviour::MetadataCorrupt));
            }
            // Whoever sends the last piece of what one alone has sent is that one.
            Fetched::Corrupt(_) => self.ask_metadata_everywhere(cx),
            Fetched::Malformed => return Err(CloseReason::Misbehaved(Misbehaviour::MetadataMalformed)),
            Fetched::Unasked => {
                let unasked = &mut self.peers[at].aside.metadata_unasked;
                *unasked += 1;
                if *unasked > UNASKED_MAX {
                    return Err(CloseReason::Misbehaved(Misbehaviour::MetadataUnasked));
                }
            }
        }
        Ok(())
    }

    /// A peer is gone, and with it what it was asked for.
    pub(super) fn seek_elsewhere(&mut self, cx: &mut Context<'_>, contributor: u32) {
        if let Metadata::Sought(sought) = &mut self.metadata {
            sought.fetch.gone(contributor);
            self.ask_metadata_everywhere(cx);
        }
    }

    /// Takes the metadata, if they have come. Not while messages of a peer are being read, since taking them may end any
    /// connection.
    pub(super) fn take_metadata(&mut self, cx: &mut Context<'_>) {
        let Metadata::Sought(sought) = &mut self.metadata else { return };
        let Some(whole) = sought.whole.take() else { return };
        match Info::read(whole) {
            Ok(info) => {
                let metainfo = Arc::new(Metainfo::of_magnet(&sought.magnet, info));
                let (start, added) = (sought.start.clone(), sought.added);
                self.begin_with(cx, &metainfo, start, added);
            }
            Err(error) => {
                self.end(cx, Phase::Failed);
                self.announce_stopped(cx);
                cx.event(Event::MetadataUnusable { torrent: self.key, error: error.to_string() });
            }
        }
    }

    /// The torrent is known now. The connections stay: what was said on them about pieces waits to be heard.
    fn begin_with(&mut self, cx: &mut Context<'_>, metainfo: &Arc<Metainfo>, start: StartWith, added: Time) {
        let geometry = metainfo.info.geometry();
        self.metadata = Metadata::Known(metainfo.clone());
        let start = start.for_pieces(geometry.piece_count);
        let files = &self.config.files;
        let wanted = (!files.is_all()).then(|| files.pieces(&metainfo.info));
        self.pieces = pieces_at_start(cx, geometry, &start, wanted.as_ref());
        let player = |playback| Box::new(Player::new(added, playback, geometry));
        self.player = self.config.playback.map(player);
        cx.outputs.push_back(Output::OpenStorage { torrent: self.key, metainfo: metainfo.clone() });
        cx.event(Event::MetadataReceived { torrent: self.key, metainfo: metainfo.clone() });
        self.peers.iter_mut().for_each(|(_, peer)| peer.learn_pieces(geometry.piece_count));
        self.part_from_hearsay(cx);
        let all = self.everybody();
        for at in all.into_iter().filter(|at| self.peers[*at].extended).collect::<Vec<_>>() {
            self.say_extension_handshake(cx, at, true);
        }
        if start == StartWith::Check {
            self.phase = Phase::Checking;
            self.check_more(cx);
        } else {
            self.run(cx);
        }
    }

    /// What peers have said about pieces before anybody could judge it is heard now.
    pub(super) fn hear_what_was_said(&mut self, cx: &mut Context<'_>) {
        let all = self.everybody();
        for at in all {
            if !self.peers.contains(at) {
                continue; // Hearing one may end another.
            }
            let words = self.peers[at].aside.early.take().unwrap_or_default();
            match words.replay().try_for_each(|message| self.hear(cx, at, message)) {
                Ok(()) => self.request_more(cx, at),
                Err(reason) => self.part(cx, at, reason),
            }
        }
        self.fill_vacancies(cx);
    }
}

/// The pieces as they are when the torrent is known.
pub(super) fn pieces_at_start(
    cx: &mut Context<'_>,
    geometry: Geometry,
    start: &StartWith,
    wanted: Option<&PieceSet>,
) -> PieceMap {
    let mut pieces = match start {
        StartWith::Everything => PieceMap::complete(geometry),
        StartWith::Pieces(held) => PieceMap::holding(geometry, held, cx.rng),
        StartWith::Nothing | StartWith::Check => PieceMap::new(geometry, cx.rng),
    };
    if let Some(wanted) = wanted {
        pieces.want(wanted);
    }
    pieces
}
