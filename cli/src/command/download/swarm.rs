//! The course of a download, from the first check to the goodbye.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Ended, Events, Notice};
use swarmlab_engine::metainfo::Metainfo;
use swarmlab_engine::session::{AddTorrent, Event, StartWith};
use swarmlab_engine::storage::{FilesStorage, TorrentKey};
use swarmlab_engine::torrent::Progress;
use tokio::select;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::identity::session_config;
use crate::interrupts::Interrupts;

use super::Arguments;
use super::bar::Bar;
use super::json::Json;
use super::lines::Lines;
use super::rate::Rate;
use super::view::{Snapshot, View};

/// How long the goodbye may take in all. Trackers and peers have limits of their own, which end sooner.
const GOODBYE: Duration = Duration::from_secs(15);

/// Downloads, or seeds, until the end.
pub async fn take_part(arguments: Arguments, torrent: Metainfo) -> Result<Exit, Failure> {
    let mut interrupts = Interrupts::take_over()
        .map_err(|error| Failure::new(format_args!("cannot watch for Ctrl-C: {error}")))?;
    let geometry = torrent.info.geometry();
    let mut view: Box<dyn View> = match (arguments.json, io::stderr().is_terminal()) {
        (true, _) => Box::new(Json),
        (false, true) => Box::new(Bar::new(geometry.total_length, geometry.piece_count)),
        (false, false) => Box::new(Lines::default()),
    };
    let lonely = is_lonely(&arguments, &torrent);
    let mut swarm = Swarm::join(&arguments, torrent).await?;
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
    total_bytes: u64,
    down: Rate,
    up: Rate,
    last: Progress,
}

/// Why a download is over.
enum End {
    Complete,
    Interrupted,
    DiskFailed(String),
}

impl Swarm {
    async fn join(arguments: &Arguments, metainfo: Metainfo) -> Result<Swarm, Failure> {
        let info = &metainfo.info;
        let target = arguments.to.join(info.name());
        // Asked before the storage is opened, which creates what is empty.
        let start = if target.symlink_metadata().is_ok() { StartWith::Check } else { StartWith::Nothing };
        let storage = FilesStorage::open(&arguments.to, info).map_err(|error| {
            Failure::new(format_args!("cannot open the target: {error}"))
                .remedy("--to DIR names another folder, which is created if need be")
        })?;
        let total_bytes = info.geometry().total_length;
        let add = AddTorrent {
            metainfo: Arc::new(metainfo),
            start,
            peers: arguments.finding.peer.clone(),
            config: arguments.torrent_config(),
        };
        let client = start_client(arguments).await?;
        let events = client.events();
        let torrent = client.add(add, Box::new(storage)).await.map_err(ended)?;
        let last = client.progress(torrent).await.map_err(ended)?.ok_or_else(|| ended(Ended))?;
        let listening = client.listening().expect("it was started with an address");
        let (down, up) = (Rate::default(), Rate::default());
        let (seed, checking) = (arguments.seed, start == StartWith::Check);
        Ok(Swarm { client, torrent, events, listening, target, seed, checking, total_bytes, down, up, last })
    }

    /// Shows what happens until the download is over.
    async fn follow(&mut self, interrupts: &mut Interrupts, view: &mut dyn View) -> Result<End, Failure> {
        let mut ticks = interval(view.period());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        let (mut complete, mut welcoming) = (false, false);
        loop {
            // Who connects while the content is being checked is turned away: not said before, lest somebody tries.
            if !self.checking && !welcoming {
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
                    Some(Notice::Event(Event::Checked { pieces, .. })) => {
                        view.checked(pieces);
                        self.checking = pieces < self.last.piece_count;
                    }
                    Some(Notice::Event(Event::Completed { .. }) | Notice::Missed(_)) => look = true,
                    Some(Notice::Event(event)) => {
                        // Nothing but the check happens before its end, should that have been missed.
                        self.checking = false;
                        tell(&event, view);
                    }
                    None => return Err(ended(Ended)),
                },
                _ = ticks.tick() => {
                    let now = self.snapshot().await?;
                    view.progress(&now);
                }
            }
            if look && !complete {
                let now = self.snapshot().await?;
                complete = now.progress.bytes_left == 0;
                if complete {
                    view.complete(&self.target, self.seed, &now);
                }
                if complete && !self.seed {
                    return Ok(End::Complete);
                }
            }
        }
    }

    /// Says goodbye, unless the user is too impatient for that.
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
        select! {
            biased;
            () = interrupts.next() => {}
            _ = self.client.stop(GOODBYE) => {}
        }
        match end {
            End::Complete => Ok(Exit::Fine),
            End::Interrupted if now.progress.bytes_left == 0 => Ok(Exit::Fine),
            End::Interrupted => {
                view.unfinished(&now);
                Ok(Exit::Interrupted)
            }
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
fn is_lonely(arguments: &Arguments, torrent: &Metainfo) -> bool {
    let trackers = !torrent.tiers.is_empty() && !arguments.finding.no_tracker;
    !trackers && arguments.finding.peer.is_empty() && !arguments.seed
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
