//! The client as a whole: all torrents, all connections, and the verbs by which it is driven.
//!
//! # The contract
//!
//! A [`Session`] is deterministic: it has no sockets, no threads, no clock, no global state and no randomness but the
//! seed of its configuration. The same calls with the same arguments give the same answers, always. A driver
//!
//! - hands in everything that happens with [`handle_input`](Session::handle_input), the bytes that arrive with
//!   [`receive`](Session::receive), and asks with [`accept`](Session::accept) whether somebody who dialled is welcome;
//! - calls [`handle_timeout`](Session::handle_timeout) at the time that [`poll_timeout`](Session::poll_timeout) names; an
//!   early call does nothing;
//! - after each of these, takes everything out of [`poll_output`](Session::poll_output);
//! - sends and hands in datagrams as they are; the session knows whose each is. They come and go at the port that is
//!   also the TCP port;
//! - pulls bytes with [`poll_transmit`](Session::poll_transmit) when a socket has room. Bytes are pulled, not pushed, so
//!   that what to upload is decided as late as possible, and a choke takes effect at once. Pulling may ask for disk jobs:
//!   [`poll_output`](Session::poll_output) is to be emptied after it too.
//!
//! Time must not go backwards from call to call.

pub mod config;
pub(crate) mod context;
pub(crate) mod datagrams;
pub(crate) mod inquiry;
pub mod io;
mod recount;
pub(crate) mod routes;
mod scraping;
mod torrents;

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::Bytes;
use rand::SeedableRng;

use crate::allowance::Allowance;
use crate::bitfield::PieceSet;
use crate::metainfo::InfoHash;
use crate::picker::{self, PiecePicker};
use crate::pieces::PieceMap;
use crate::playback::Viewing;
use crate::queue::begin_again;
use crate::random::Rng;
use crate::storage::TorrentKey;
use crate::time::Time;
use crate::torrent::{HANDSHAKE_TIMEOUT, NotAdded, PeerView, Progress, Torrent};
use crate::wire::{Decoder, Handshake};

use context::Context;
use datagrams::Datagrams;
use inquiry::{Asker, Heard};
use routes::{Inbound, Route, Routes};
use scraping::Scrapes;
use torrents::Torrents;

pub use config::{SessionConfig, TorrentConfig};
pub use datagrams::LookupId;
pub use io::{
    AddTorrent, CloseReason, ConnectionId, Endpoint, Event, Input, Misbehaviour, Output, Source, StartWith,
    Transmit,
};

/// Room for so many outputs is kept; what only a burst has needed, as that of the first connections, is given back.
const OUTPUTS_KEPT: usize = 16;
/// Connections of which the handshake has not come yet. Beyond it nobody is accepted until some have come or timed out.
const INBOUND_MAX: usize = 100;

/// A BitTorrent client without a network, a disk or a clock: see the [module](self). What each call asks for lies in front.
#[repr(C, align(64))]
pub struct Session {
    outputs: VecDeque<Output>,
    /// When each connection that waits for its handshake is given up, soonest first.
    inbound: VecDeque<(Time, ConnectionId)>,
    routes: Routes,
    /// Once there was one.
    scrapes: Option<Box<Scrapes>>,
    life: Life,
    torrents: Torrents,
    allowance: Allowance,
    rng: Rng,
    config: SessionConfig,
    datagrams: Datagrams,
}

/// Whether the session takes part in anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Running,
    Stopping,
    Stopped,
}

impl Session {
    /// A client that does nothing yet.
    pub fn new(config: SessionConfig) -> Session {
        Session {
            rng: Rng::seed_from_u64(config.seed),
            allowance: Allowance::new(config.limits),
            config,
            routes: Routes::default(),
            datagrams: Datagrams::default(),
            torrents: Torrents::default(),
            scrapes: None,
            inbound: VecDeque::new(),
            outputs: VecDeque::new(),
            life: Life::Running,
        }
    }

    /// Takes part in the swarm of a torrent, whose key is the number of torrents added before.
    ///
    /// # Errors
    /// Its configuration names a picker or a choker that doesn't exist, or a picker that can't be had by name alone.
    pub fn add_torrent(&mut self, now: Time, add: AddTorrent) -> Result<TorrentKey, NotAdded> {
        let picker = picker::make(&add.config.picker, None)?;
        self.add_torrent_with(now, add, picker)
    }

    /// As [`add_torrent`](Self::add_torrent), with a picker that the caller has made; the name in the configuration only
    /// says what it is called.
    ///
    /// # Errors
    /// Its configuration names a choker that doesn't exist.
    pub fn add_torrent_with(
        &mut self,
        now: Time,
        add: AddTorrent,
        picker: Box<dyn PiecePicker>,
    ) -> Result<TorrentKey, NotAdded> {
        let key = TorrentKey(self.torrents.len() as u32);
        let torrent = Torrent::add(&mut self.context(now).1, key, add, picker)?;
        self.torrents.push(torrent);
        Ok(key)
    }

    /// Somebody dialled us. `None`: not welcome now, close the stream.
    pub fn accept(&mut self, now: Time, remote: SocketAddr) -> Option<ConnectionId> {
        let may_have_room = |torrent: &Torrent| torrent.may_have_room_for(remote, self.config.listen_port);
        if self.life != Life::Running
            || self.inbound.len() >= INBOUND_MAX
            || !self.torrents.iter().any(may_have_room)
        {
            return None;
        }
        let inbound = Inbound { remote, decoder: Decoder::default() };
        let connection = self.routes.open(Route::Inbound(Box::new(inbound)));
        self.inbound.push_back((now + HANDSHAKE_TIMEOUT, connection));
        Some(connection)
    }

    /// Something happened.
    pub fn handle_input(&mut self, now: Time, input: Input) {
        match input {
            Input::Stop => self.stop(now),
            Input::Connected { connection } => self.connected(now, connection),
            Input::Closed { connection } => self.closed(now, connection),
            Input::Disk(done) => {
                let (torrents, mut cx) = self.context(now);
                if let Some(torrent) = torrents.get_mut(done.torrent.0 as usize) {
                    torrent.disk_done(&mut cx, done);
                }
            }
            Input::Datagram { from, data } => {
                if let Some(asker) = self.datagrams.whose(from, &data) {
                    self.inform(now, asker, Heard::Datagram(&data));
                }
            }
            Input::Resolved { lookup, addresses } => {
                if let Some(asker) = self.datagrams.end_lookup(lookup) {
                    self.inform(now, asker, Heard::Addresses(addresses));
                }
            }
            Input::Scrape { tracker, info_hash } => self.scrape(now, tracker, info_hash),
        }
        self.settle_stop();
    }

    /// Bytes have arrived on a connection, in order, in these fragments. Payload is passed on as slices of them, without a
    /// copy.
    pub fn receive(&mut self, now: Time, connection: ConnectionId, data: impl IntoIterator<Item = Bytes>) {
        let (torrents, mut cx) = self.context(now);
        match cx.routes.find(connection) {
            Some(&mut Route::Peer { torrent, peer }) => {
                torrents[torrent as usize].receive(&mut cx, peer as usize, data);
            }
            Some(&mut Route::Tracker(asker)) => {
                data.into_iter().for_each(|data| self.inform(now, asker, Heard::Bytes(&data)));
            }
            Some(Route::Inbound(inbound)) => {
                data.into_iter().for_each(|data| inbound.decoder.push(data));
                if let Some(bytes) = inbound.decoder.handshake() {
                    self.introduced(now, connection, Handshake::decode(&bytes));
                }
            }
            Some(Route::Vacant) | None => {}
        }
        self.settle_stop();
    }

    /// Does what is due at this time. Harmless when nothing is.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some((_, connection)) = self.inbound.pop_front_if(|(at, _)| *at <= now) {
            self.context(now).1.hang_up(connection);
        }
        let (torrents, mut cx) = self.context(now);
        torrents.iter_mut().for_each(|torrent| torrent.handle_timeout(&mut cx));
        if let (_, Some(scrapes), mut cx) = self.parts(now) {
            scrapes.handle_timeout(&mut cx);
        }
        self.settle_stop();
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called next. Changes with every other call.
    pub fn poll_timeout(&self) -> Option<Time> {
        let inbound = self.inbound.front().map(|(at, _)| *at);
        let scrapes = self.scrapes.as_ref().and_then(|scrapes| scrapes.due());
        self.torrents.iter().filter_map(Torrent::poll_timeout).chain(inbound).chain(scrapes).min()
    }

    /// The next thing that the driver is to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if output.is_none() {
            begin_again(&mut self.outputs, OUTPUTS_KEPT);
        }
        output
    }

    /// The next bytes for a connection: see [`Output::Ready`]. `budget` is the room in the socket, in bytes; the answer
    /// exceeds it by less than one message, a block or a piece of the metadata of 16 KiB being the longest. With no room at all there is no answer, and the
    /// connection stays ready.
    pub fn poll_transmit(&mut self, now: Time, connection: ConnectionId, budget: usize) -> Option<Transmit> {
        let (torrents, mut cx) = self.context(now);
        match *cx.routes.find(connection)? {
            Route::Peer { torrent, peer } => {
                torrents[torrent as usize].poll_transmit(&mut cx, peer as usize, budget)
            }
            Route::Tracker(Asker::Announce { torrent, tracker }) => {
                torrents[torrent as usize].transmit_announce(tracker)
            }
            Route::Tracker(Asker::Scrape { number }) => self.scrapes.as_mut()?.transmit(number),
            Route::Inbound(_) | Route::Vacant => None,
        }
    }

    /// How far a torrent has come.
    ///
    /// # Panics
    /// When there is no such torrent; so do the other questions.
    pub fn progress(&self, torrent: TorrentKey) -> Progress {
        self.torrents[torrent.0 as usize].progress()
    }

    /// The verified pieces of a torrent.
    pub fn held(&self, torrent: TorrentKey) -> &PieceSet {
        self.torrents[torrent.0 as usize].held()
    }

    /// Whether [`held`](Self::held) is all that the storage holds: not before the metadata are known, nor before what is
    /// there has been verified.
    pub fn knows_what_it_holds(&self, torrent: TorrentKey) -> bool {
        self.torrents[torrent.0 as usize].knows_what_it_holds()
    }

    /// The pieces of a torrent: those held, those in progress, and those of which nothing was asked for.
    pub fn pieces(&self, torrent: TorrentKey) -> &PieceMap {
        self.torrents[torrent.0 as usize].pieces()
    }

    /// What whoever watches a torrent has been through until now; none if nobody does.
    pub fn viewing(&self, now: Time, torrent: TorrentKey) -> Option<Viewing> {
        self.torrents[torrent.0 as usize].viewing(now)
    }

    /// The connected peers of a torrent.
    pub fn peers(&self, torrent: TorrentKey) -> impl Iterator<Item = PeerView> + '_ {
        self.torrents[torrent.0 as usize].peer_views()
    }

    fn context(&mut self, now: Time) -> (&mut Torrents, Context<'_>) {
        let (torrents, _, context) = self.parts(now);
        (torrents, context)
    }

    fn parts(&mut self, now: Time) -> (&mut Torrents, Option<&mut Scrapes>, Context<'_>) {
        let context = Context {
            now,
            config: &self.config,
            rng: &mut self.rng,
            routes: &mut self.routes,
            allowance: &mut self.allowance,
            datagrams: &mut self.datagrams,
            outputs: &mut self.outputs,
        };
        (&mut self.torrents, self.scrapes.as_deref_mut(), context)
    }

    /// Whoever has asked a tracker hears something.
    fn inform(&mut self, now: Time, asker: Asker, heard: Heard<'_>) {
        let (torrents, scrapes, mut cx) = self.parts(now);
        match asker {
            Asker::Announce { torrent, tracker } => {
                torrents[torrent as usize].announce_hears(&mut cx, tracker, heard);
            }
            Asker::Scrape { number } => {
                if let Some(scrapes) = scrapes {
                    scrapes.hear(&mut cx, number, heard);
                }
            }
        }
    }

    fn scrape(&mut self, now: Time, tracker: String, info_hash: InfoHash) {
        if self.life != Life::Running {
            let error = "the client is leaving".into();
            return self.context(now).1.event(Event::ScrapeFailed { tracker, info_hash, error });
        }
        self.scrapes.get_or_insert_default();
        if let (_, Some(scrapes), mut cx) = self.parts(now) {
            scrapes.begin(&mut cx, tracker, info_hash);
        }
    }

    fn connected(&mut self, now: Time, connection: ConnectionId) {
        let (torrents, mut cx) = self.context(now);
        match cx.routes.find(connection) {
            Some(&mut Route::Peer { torrent, peer }) => {
                torrents[torrent as usize].connected(&mut cx, peer as usize);
            }
            Some(Route::Tracker(_)) => cx.outputs.push_back(Output::Ready { connection }),
            Some(Route::Inbound(_) | Route::Vacant) | None => {}
        }
    }

    /// Somebody who dialled us has said for which torrent.
    fn introduced(&mut self, now: Time, connection: ConnectionId, theirs: Option<Handshake>) {
        self.inbound.retain(|(_, waiting)| *waiting != connection);
        let (torrents, mut cx) = self.context(now);
        let torrent = theirs.and_then(|theirs| {
            torrents.iter_mut().find(|torrent| torrent.info_hash() == theirs.info_hash).zip(Some(theirs))
        });
        let Some((torrent, theirs)) = torrent else { return cx.hang_up(connection) };
        torrent.adopt(&mut cx, connection, &theirs);
    }

    fn closed(&mut self, now: Time, connection: ConnectionId) {
        let (torrents, mut cx) = self.context(now);
        match cx.routes.find(connection) {
            Some(&mut Route::Peer { torrent, peer }) => {
                torrents[torrent as usize].closed(&mut cx, peer as usize)
            }
            Some(&mut Route::Tracker(asker)) => {
                cx.routes.close(connection);
                self.inform(now, asker, Heard::Closed);
            }
            Some(Route::Inbound(_)) => {
                cx.routes.close(connection);
                self.inbound.retain(|(_, waiting)| *waiting != connection);
            }
            Some(Route::Vacant) | None => {}
        }
    }

    fn stop(&mut self, now: Time) {
        if self.life != Life::Running {
            return;
        }
        self.life = Life::Stopping;
        for (_, connection) in std::mem::take(&mut self.inbound) {
            self.context(now).1.hang_up(connection);
        }
        let (torrents, mut cx) = self.context(now);
        torrents.iter_mut().for_each(|torrent| torrent.stop(&mut cx));
        if let (_, Some(scrapes), mut cx) = self.parts(now) {
            scrapes.stop(&mut cx);
        }
    }

    fn settle_stop(&mut self) {
        if self.life == Life::Stopping && self.torrents.iter().all(Torrent::is_stopped) {
            self.life = Life::Stopped;
            self.outputs.push_back(Output::Event(Event::Stopped));
        }
    }
}
