//! The course of a download, from the first check to the goodbye.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Ended, Events, Notice};
use swarmlab_engine::metainfo::{FileSelection, Metainfo};
use swarmlab_engine::session::{AddTorrent, Event, Source, StartWith, TorrentConfig};
use swarmlab_engine::storage::TorrentKey;
use swarmlab_engine::torrent::Progress;
use tokio::select;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::identity::session_config;
use crate::interrupts::Interrupts;

use super::bar::Bar;
use super::beginning::{Beginning, selected};
use super::json::Json;
use super::keeping::Keeping;
use super::lines::Lines;
use super::rate::Rate;
use super::view::{Snapshot, View};
use super::{Arguments, Given};

/// How long the goodbye may take. Trackers and peers have limits of their own, which end sooner.
const GOODBYE: Duration = Duration::from_secs(15);

/// Downloads, or seeds, until the end.
pub async fn take_part(arguments: Arguments, torrent: Given) -> Result<Exit, Failure> {
    let mut interrupts = Interrupts::take_over()
        .map_err(|error| Failure::new(format_args!("cannot watch for Ctrl-C: {error}")))?;
    let mut view: Box<dyn View> = match (arguments.json, io::stderr().is_terminal()) {
        (true, _) => Box::new(Json),
        (false, true) => Box::new(Bar::new()),
        (false, false) => Box::new(Lines::default()),
    };
    let lonely = is_lonely(&arguments, &torrent);
    let mut swarm = Swarm::join(&arguments, torrent, &mut *view).await?;
    if lonely {
        view.note("no tracker and no --peer: waiting for others to connect");
    }
    let end = swarm.follow(&mut interrupts, &mut *view).await;
    swarm.leave(end, &mut interrupts, &mut *view).await
}

/// A running download.
struct Swarm {
    client: Client,
    torrent: TorrentKey,
    events: Events,
    listening: SocketAddr,
    target: PathBuf,
    seed: bool,
    checking: bool,
    keeping: Keeping,
    files: FileSelection,
    metainfo: Option<Arc<Metainfo>>,
    total_bytes: u64,
    piece_count: u32,
    to: PathBuf,
    save_torrent: Option<PathBuf>,
    down: Rate,
    up: Rate,
    last: Progress,
}

/// Why a download is over.
enum End {
    Complete,
    Interrupted,
    DiskFailed(String),
    Unusable(String),
}

impl Swarm {
    async fn join(arguments: &Arguments, given: Given, view: &mut dyn View) -> Result<Swarm, Failure> {
        let Beginning { source, start, place, peers, files, keeping } =
            Beginning::of(arguments, given, view)?;
        let known = if let Source::Metainfo(metainfo) = &source { Some(metainfo.clone()) } else { None };
        let (checking, resumed) =
            (start == StartWith::Check && known.is_some(), matches!(start, StartWith::Pieces(_)));
        let config = TorrentConfig { files: files.clone(), ..arguments.torrent_config() };
        let add = AddTorrent { torrent: source, start, peers, config };
        let client = start_client(arguments).await?;
        let events = client.events();
        let torrent = client.add(add, place).await.map_err(ended)?;
        let last = client.progress(torrent).await.map_err(ended)?.ok_or_else(|| ended(Ended))?;
        let listening = client.listening().expect("it was started with an address");
        let mut swarm = Swarm {
            client,
            torrent,
            events,
            listening,
            target: arguments.to.clone(),
            seed: arguments.seed,
            checking,
            keeping,
            files,
            metainfo: None,
            total_bytes: 0,
            piece_count: 0,
            to: arguments.to.clone(),
            save_torrent: arguments.save_torrent.clone(),
            down: Rate::default(),
            up: Rate::default(),
            last,
        };
        if let Some(metainfo) = known {
            swarm.learn(&metainfo, view)?;
        }
        if resumed {
            let now = swarm.snapshot().await?;
            view.resumed(&now);
        }
        Ok(swarm)
    }

    /// It is known what is downloaded.
    fn learn(&mut self, metainfo: &Arc<Metainfo>, view: &mut dyn View) -> Result<(), Failure> {
        self.metainfo = Some(metainfo.clone());
        let info = &metainfo.info;
        self.target = self.to.join(info.name());
        let geometry = info.geometry();
        (self.total_bytes, self.piece_count) =
            (self.files.pieces(info).bytes(geometry), geometry.piece_count);
        view.known(self.total_bytes, self.piece_count);
        let Some(file) = self.save_torrent.take() else { return Ok(()) };
        std::fs::write(&file, metainfo.to_bytes()).map_err(|error| {
            Failure::file("write", &file, error).remedy("its folder has to be there, and may be written to")
        })
    }

    /// Shows what happens until the download is over.
    async fn follow(&mut self, interrupts: &mut Interrupts, view: &mut dyn View) -> Result<End, Failure> {
        let mut ticks = interval(view.period());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        let was_checked = self.checking;
        let (mut complete, mut welcoming) = (false, false);
        loop {
            // Who connects while the content is being checked is turned away: not said before, lest somebody tries.
            if !self.checking && !welcoming {
                if was_checked {
                    view.found(&self.snapshot().await?);
                }
                view.listening(self.listening);
                welcoming = true;
            }
            let mut look = false;
            select! {
                biased;
                () = interrupts.next() => return Ok(End::Interrupted),
                notice = self.events.next() => match notice {
                    Some(Notice::Event(Event::DiskFailed { error, .. } | Event::DiskFull { error, .. })) => {
                        return Ok(End::DiskFailed(error));
                    }
                    Some(Notice::Event(Event::MetadataUnusable { error, .. })) => {
                        return Ok(End::Unusable(error));
                    }
                    Some(Notice::Event(Event::MetadataReceived { metainfo, .. })) => {
                        view.metadata(&metainfo);
                        selected(&metainfo.info, &self.files, view)?;
                        self.learn(&metainfo, view)?;
                    }
                    Some(Notice::Event(Event::Checked { pieces, .. })) => {
                        view.checked(pieces);
                        self.checking = pieces < self.piece_count;
                    }
                    Some(Notice::Event(Event::Completed { .. })) => look = true,
                    Some(Notice::Missed(_)) => {
                        self.keeping.lose_count();
                        look = true;
                    }
                    Some(Notice::Event(Event::PieceVerified { piece, .. })) => {
                        self.checking = false;
                        self.keeping.note_fetched(piece);
                    }
                    Some(Notice::Event(event)) => {
                        // Nothing but the check happens before its end, should that have been missed.
                        self.checking = false;
                        tell(&event, view);
                    }
                    None => return Err(ended(Ended)),
                },
                warning = self.keeping.failed() => view.note(&warning),
                _ = ticks.tick() => {
                    let now = self.snapshot().await?;
                    view.progress(&now);
                }
            }
            if look && !complete {
                let now = self.snapshot().await?;
                complete = now.is_complete();
                if complete {
                    view.complete(&self.target, self.seed, &now);
                }
                if complete && !self.seed {
                    return Ok(End::Complete);
                }
                let held = if complete { self.client.held(self.torrent).await.map_err(ended)? } else { None };
                if let (Some(held), Some(metainfo)) = (held, &self.metainfo) {
                    self.keeping.begin(metainfo.clone(), held);
                }
            }
        }
    }

    /// Says goodbye, and keeps what was verified, unless the user is too impatient for that.
    async fn leave(
        mut self,
        end: Result<End, Failure>,
        interrupts: &mut Interrupts,
        view: &mut dyn View,
    ) -> Result<Exit, Failure> {
        let end = end?;
        let now = self.snapshot().await?;
        if let End::Interrupted = end {
            view.leaving();
        }
        let goodbye = async {
            let held = self.client.stop(GOODBYE).await;
            self.keeping.finish(held, self.metainfo).await
        };
        select! {
            biased;
            () = interrupts.next() => {}
            kept = goodbye => if let Err(warning) = kept {
                view.note(&warning);
            }
        }
        match end {
            End::Complete => Ok(Exit::Fine),
            End::Interrupted if now.is_complete() => Ok(Exit::Fine),
            End::Interrupted => {
                view.unfinished(&now);
                Ok(Exit::Interrupted)
            }
            End::Unusable(error) => Err(Failure::new(format_args!("this torrent can't be used: {error}"))),
            End::DiskFailed(error) => {
                view.unfinished(&now);
                Err(Failure::new(format_args!("the disk failed: {error}"))
                    .remedy("when that is mended or there is room, the same command goes on"))
            }
        }
    }

    async fn snapshot(&mut self) -> Result<Snapshot, Failure> {
        let progress = self.client.progress(self.torrent).await.map_err(ended)?;
        self.last = progress.unwrap_or(self.last);
        let (progress, now) = (self.last, Instant::now());
        Ok(Snapshot {
            progress,
            total_bytes: self.total_bytes,
            down_rate: self.down.per_second(now, progress.totals.downloaded),
            up_rate: self.up.per_second(now, progress.totals.uploaded),
        })
    }
}

async fn start_client(arguments: &Arguments) -> Result<Client, Failure> {
    let listen = arguments.listen();
    let mut started = Client::start(TokioNet, Disk::thread(), session_config(), Some(listen)).await;
    if started.is_err() && arguments.finding.bind.is_none() {
        // A machine without IPv6.
        let listen = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), listen.port());
        started = Client::start(TokioNet, Disk::thread(), session_config(), Some(listen)).await;
    }
    started.map_err(|error| {
        let failure = Failure::new(format_args!("cannot listen on {listen}: {error}"));
        match error.kind() {
            ErrorKind::AddrInUse => failure.remedy("another --port N, or none for any that is free"),
            _ => failure.remedy("--bind IP names an address of this machine, --port N a port it may use"),
        }
    })
}

/// Whether nobody can be asked for a peer.
fn is_lonely(arguments: &Arguments, torrent: &Given) -> bool {
    let (has_trackers, names_peers) = match torrent {
        Given::Torrent(metainfo) => (!metainfo.tiers.is_empty(), false),
        Given::Magnet(magnet) => (!magnet.trackers.is_empty(), !magnet.peers.is_empty()),
    };
    let trackers = has_trackers && !arguments.finding.no_tracker;
    !trackers && !names_peers && arguments.finding.peer.is_empty() && !arguments.seed
}

/// What went wrong in the swarm is worth a line; what went well is seen in the progress.
fn tell(event: &Event, view: &mut dyn View) {
    match event {
        Event::PieceFailed { piece, .. } => {
            view.note(&format!("piece {piece} came corrupt, fetching it again"))
        }
        Event::PeerBanned { remote, .. } => view.note(&format!("{remote} sends corrupt pieces, banned")),
        Event::AnnounceFailed { error, .. } => view.note(&format!("tracker: {error}")),
        Event::ReadFailed { error, .. } => {
            view.note(&format!("a block could not be read, and was not sent: {error}"))
        }
        _ => {}
    }
}

/// The client ends by itself only if it panicked, and has then said so.
fn ended(error: impl Display) -> Failure {
    Failure::new(error).remedy("this is a bug of swarmlab; the same command goes on from here")
}
