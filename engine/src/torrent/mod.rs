//! One swarm, as one client sees it.
//!
//! Owns the peers, the pieces, and every decision between them; each file is one concern. The pickers and chokers only
//! answer questions; here is where their answers become messages.

mod address_book;
mod announcing;
mod block_arrival;
mod checking;
mod choking;
mod dialing;
mod disk;
mod extending;
mod full_disk;
mod haves;
mod meeting;
mod messages;
mod met;
mod metadata;
mod parting;
mod peer_exchange;
mod priority;
mod progress;
mod recount;
mod requesting;
mod serving;
mod suggesting;
mod super_seeding;
mod ticking;
mod tiers;
mod timers;
mod uplink;
mod waste;

use std::collections::BTreeSet;
use std::net::IpAddr;

use slab::Slab;

use crate::allowance::Allowance;
use crate::bitfield::PieceSet;
use crate::choker::{self, Choker};
use crate::metadata::MetadataFetch;
use crate::metainfo::{Geometry, InfoHash};
use crate::peer::PeerConnection;
use crate::picker::{PickerError, PiecePicker};
use crate::pieces::PieceMap;
use crate::playback::{Player, Viewing};
use crate::session::context::Context;
use crate::session::inquiry::{Asker, Inquiry};
use crate::session::{AddTorrent, Event, Output, Source, StartWith, TorrentConfig};
use crate::storage::TorrentKey;
use crate::time::Time;

use address_book::AddressBook;
use announcing::Announcer;
use disk::PendingJob;
use full_disk::FullDisk;
use haves::HaveTurns;
use met::Met;
use metadata::{Metadata, Sought, pieces_at_start};
use tiers::Tiers;
use timers::{Timer, Timers};
use uplink::Uplink;

pub(crate) use ticking::HANDSHAKE_TIMEOUT;
pub(crate) use tiers::TrackerAt;

pub use progress::{PeerView, Progress, Totals};
pub use waste::Waste;

/// What the torrent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Learning from peers what the torrent is.
    Seeking,
    /// Verifying what the storage holds.
    Checking,
    /// Downloading or seeding.
    Running,
    /// The disk failed: everything is closed.
    Failed,
    /// Told to leave: waiting for the last announce.
    Stopping,
}

/// One swarm.
///
/// In memory it lies as it stands here: first what each message asks for, then what blocks need, then what is for once in
/// a while.
#[repr(C)]
pub(crate) struct Torrent {
    key: TorrentKey,
    phase: Phase,
    /// It claims to have nothing, and unveils one piece after the other.
    super_seeding: bool,
    /// It takes part in the swarm already: the metadata were fetched there.
    has_joined: bool,
    /// What the storage holds is known since.
    has_run: bool,
    metadata: Metadata,
    peers: Slab<PeerConnection>,
    timers: Timers,
    pieces: PieceMap,

    jobs: Slab<PendingJob>,
    full_disk: Option<FullDisk>,
    allowance: Allowance,
    totals: Totals,
    picker: Box<dyn PiecePicker>,
    player: Option<Box<Player>>,

    choker: Box<dyn Choker>,
    seed_choker: Box<dyn Choker>,
    choke_rounds: u32,
    have_turns: HaveTurns,
    uplink: Uplink,
    config: TorrentConfig,
    info_hash: InfoHash,
    /// Those whom we unchoke.
    unchoked: u32,
    contributors: u32,
    met: Met,
    /// How often it has changed whom we are connected with, and where.
    changes_of_peers: u64,
    addresses: AddressBook,
    banned: BTreeSet<IpAddr>,
    announcer: Announcer,
    checks_begun: u32,
    checks_done: u32,
}

impl Torrent {
    /// A torrent that begins now. Chokers that don't exist are refused with their name.
    pub fn add(
        cx: &mut Context<'_>,
        key: TorrentKey,
        add: AddTorrent,
        picker: Box<dyn PiecePicker>,
    ) -> Result<Torrent, UnknownName> {
        let AddTorrent { torrent, mut start, peers, config } = add;
        let (info_hash, geometry, tiers, named) = match &torrent {
            Source::Metainfo(metainfo) => {
                let info = &metainfo.info;
                (info.hash(), Some(info.geometry()), metainfo.tiers.clone(), Vec::new())
            }
            Source::Magnet(magnet) => {
                // Each is a tier of its own: who made the link said no more of them.
                let tiers = magnet.trackers.iter().map(|url| vec![url.clone()]).collect();
                (magnet.info_hash, None, tiers, magnet.peers.clone())
            }
        };
        if let Some(geometry) = geometry {
            start = start.for_pieces(geometry.piece_count);
        }
        let wanted = wanted_of(&torrent, &config);
        let tiers = if config.announce { tiers } else { Vec::new() };
        let tiers = Tiers::new(&tiers, cx.rng);
        let mut torrent = Torrent {
            key,
            info_hash,
            metadata: match torrent {
                Source::Metainfo(metainfo) => Metadata::Known(metainfo),
                Source::Magnet(magnet) => {
                    let fetch = MetadataFetch::new(info_hash);
                    let start = start.clone();
                    Metadata::Sought(Box::new(Sought { magnet, start, added: cx.now, fetch, whole: None }))
                }
            },
            phase: Phase::Checking,
            super_seeding: false,
            has_joined: false,
            has_run: false,
            pieces: pieces_at_start(cx, geometry.unwrap_or(Geometry::UNKNOWN), &start, wanted.as_ref()),
            picker,
            player: config
                .playback
                .zip(geometry)
                .map(|(playback, geometry)| Box::new(Player::new(cx.now, playback, geometry))),
            choker: choker::leecher_by_name(&config.choker)
                .map(|entry| (entry.make)())
                .ok_or_else(|| UnknownName(config.choker.clone()))?,
            seed_choker: choker::seed_by_name(&config.seed_choker)
                .map(|entry| (entry.make)())
                .ok_or_else(|| UnknownName(config.seed_choker.clone()))?,
            choke_rounds: 0,
            have_turns: HaveTurns::default(),
            uplink: Uplink::default(),
            allowance: Allowance::new(config.limits),
            peers: Slab::new(),
            unchoked: 0,
            contributors: 0,
            met: Met::default(),
            changes_of_peers: 0,
            addresses: AddressBook::default(),
            banned: BTreeSet::new(),
            announcer: Announcer::new(tiers),
            jobs: Slab::new(),
            full_disk: None,
            checks_begun: 0,
            checks_done: 0,
            timers: Timers::default(),
            totals: Totals::default(),
            config,
        };
        if let Metadata::Known(metainfo) = &torrent.metadata {
            cx.outputs.push_back(Output::OpenStorage { torrent: key, metainfo: metainfo.clone() });
        }
        torrent.addresses.give(peers);
        torrent.addresses.give(named);
        if torrent.is_sought() {
            torrent.has_joined = true;
            torrent.seek(cx)
        } else if start == StartWith::Check {
            torrent.check_more(cx)
        } else {
            torrent.run(cx)
        }
        Ok(torrent)
    }

    /// What is held is known: the torrent takes part from now on.
    fn run(&mut self, cx: &mut Context<'_>) {
        self.phase = Phase::Running;
        self.has_run = true;
        self.super_seeding = self.config.super_seeding && self.is_seed();
        self.start_timers(cx);
        self.tell_player(cx);
        if self.is_finished() {
            cx.event(Event::Completed { torrent: self.key });
        }
        if self.has_joined {
            self.hear_what_was_said(cx);
            self.dial(cx);
        } else {
            self.dial(cx);
            self.announce_started(cx);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, cx: &mut Context<'_>) {
        while let Some(timer) = self.timers.take_due(cx.now) {
            match timer {
                Timer::Tick => self.tick(cx),
                Timer::Choke => self.choke_round(cx),
                Timer::Announce => self.announce_due(cx),
                Timer::Serve => self.serve_limited(cx),
                Timer::Ask => self.request_more_everywhere(cx),
            }
        }
    }

    pub fn info_hash(&self) -> InfoHash {
        self.info_hash
    }

    /// Streams to peers and to trackers that exist or are being made.
    pub fn connections(&self) -> usize {
        self.peers.len() + self.announcer.connections().count()
    }

    /// The questions to trackers that are on their way, and whose they are.
    pub fn inquiries(&self) -> impl Iterator<Item = (Asker, &Inquiry)> {
        let asker = |tracker| Asker::Announce { torrent: self.key.0, tracker };
        self.announcer.inquiries().map(move |(tracker, inquiry)| (asker(tracker), inquiry))
    }

    /// What whoever watches has been through; none if nobody does.
    pub fn viewing(&self, now: Time) -> Option<Viewing> {
        self.player.as_ref().map(|player| player.viewing(now))
    }

    /// More is there to be played.
    fn tell_player(&mut self, cx: &mut Context<'_>) {
        if let Some(player) = &mut self.player {
            player.held(cx.now, self.pieces.held());
        }
    }

    pub fn pieces(&self) -> &PieceMap {
        &self.pieces
    }

    fn geometry(&self) -> Geometry {
        self.pieces.geometry()
    }

    /// It has everything.
    fn is_seed(&self) -> bool {
        self.pieces.held().is_full()
    }

    /// It has everything that it wants.
    fn is_finished(&self) -> bool {
        self.pieces.is_complete()
    }

    /// It has everything that it wants, and there is more (BEP 21).
    fn is_partial_seed(&self) -> bool {
        self.is_finished() && !self.is_seed()
    }

    fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    /// All that is left to do is to tell the tracker.
    fn is_leaving(&self) -> bool {
        matches!(self.phase, Phase::Stopping | Phase::Failed)
    }

    /// Others may connect, and are dialled.
    fn takes_connections(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Seeking)
    }
}

/// The pieces that are wanted, where that is known and not all.
fn wanted_of(torrent: &Source, config: &TorrentConfig) -> Option<PieceSet> {
    match torrent {
        Source::Metainfo(metainfo) if !config.files.is_all() => Some(config.files.pieces(&metainfo.info)),
        Source::Metainfo(_) | Source::Magnet(_) => None,
    }
}

/// A choker that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no choker named {0:?}")]
pub struct UnknownName(pub String);

/// Why a torrent was not added: its configuration asks for what is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// A picker that there is not, or not for a client.
    #[error(transparent)]
    Picker(#[from] PickerError),
    /// A choker that nobody knows.
    #[error(transparent)]
    Choker(#[from] UnknownName),
}
