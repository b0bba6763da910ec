//! `swarmlab tracker`: a tracker on real sockets.

mod lists;
mod view;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::tracker::server::ServerConfig;
use swarmlab_engine::tracker_host::TrackerHost;
use tokio::select;
use tokio::time::{MissedTickBehavior, interval};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::identity::{secret, seed};
use crate::interrupts::{Interrupts, Reloads};
use crate::text::parse_span;

use lists::Lists;
use view::View;

/// The port that most trackers have.
const PORT: u16 = 6969;

/// Run a tracker, over HTTP and UDP at one port.
///
/// It serves every torrent to everybody, unless lists say which torrents it serves (--allow-torrents) and to whom
/// (--allow-peers). SIGHUP has it read the lists again: whoever is not allowed any more is forgotten at once; lists with a
/// mistake are left, and what was allowed before goes on. What it knows is in memory: clients announce themselves again
/// after a restart. Ctrl-C ends it.
#[derive(Args)]
#[command(
    after_help = "A list of torrents has an info-hash (40 hex digits) a line; a folder stands for the .torrent files in it.
A list of peers has, a line, an address, a network like 192.0.2.0/24, or `key` and a word: then whoever has the word may
announce, at http://…/announce/WORD or udp://…/announce/WORD. What follows a # is a comment.

Examples:
  swarmlab tracker
  swarmlab tracker --listen 192.0.2.1:6969 --listen '[2001:db8::1]:6969' --interval 10min
  swarmlab tracker --allow-torrents licensed/ --allow-peers customers.txt --json"
)]
pub struct Arguments {
    /// Where to listen; may be given again. Every address of this machine, port 6969, if not given.
    #[arg(long, value_name = "IP:PORT")]
    listen: Vec<SocketAddr>,
    /// What clients are told to wait between announces, like 90s, 30min or 2h.
    #[arg(long, value_name = "SPAN", value_parser = parse_span, default_value = "30min")]
    interval: Duration,
    /// Serve only the torrents of this list or folder.
    #[arg(long, value_name = "FILE|DIR")]
    allow_torrents: Option<PathBuf>,
    /// Serve only the peers of this list.
    #[arg(long, value_name = "FILE")]
    allow_peers: Option<PathBuf>,
    /// How often to print what was served and who is there, if it has changed.
    #[arg(long, value_name = "SPAN", value_parser = parse_span, default_value = "1min")]
    every: Duration,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("cannot start: {error}")))?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Result<Exit, Failure> {
    let watch = |error| Failure::new(format_args!("cannot watch for signals: {error}"));
    let (mut interrupts, mut reloads) =
        (Interrupts::take_over().map_err(watch)?, Reloads::take_over().map_err(watch)?);
    let lists = Lists::read(&arguments)?;
    let config = ServerConfig {
        interval: arguments.interval,
        access: lists.access(),
        secret: secret(),
        ..ServerConfig::default()
    };
    let host = start(&arguments.listen, config).await?;
    let mut view = View::new(arguments.json);
    view.listening(host.listening(), &lists);
    let mut ticks = interval(arguments.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        select! {
            biased;
            () = interrupts.next() => {
                view.stopped(&host.statistics());
                return Ok(Exit::Fine);
            }
            () = reloads.next() => match Lists::read(&arguments) {
                Ok(lists) => {
                    host.set_access(lists.access());
                    view.reloaded(&lists);
                }
                Err(failure) => view.not_reloaded(&failure),
            },
            _ = ticks.tick() => view.statistics(&host.statistics()),
        }
    }
}

async fn start(listen: &[SocketAddr], config: ServerConfig) -> Result<TrackerHost, Failure> {
    let mut listen = listen.to_vec();
    let mut started = Err(ErrorKind::AddrNotAvailable.into());
    if listen.is_empty() {
        listen = vec![(Ipv6Addr::UNSPECIFIED, PORT).into()];
        started = TrackerHost::start(TokioNet, &listen, config.clone(), seed()).await;
        if started.is_err() {
            // A machine without IPv6.
            listen = vec![(Ipv4Addr::UNSPECIFIED, PORT).into()];
        }
    }
    if started.is_err() {
        started = TrackerHost::start(TokioNet, &listen, config, seed()).await;
    }
    started.map_err(|error| {
        let listen: Vec<String> = listen.iter().map(SocketAddr::to_string).collect();
        let failure = Failure::new(format_args!("cannot listen on {}: {error}", listen.join(" and ")));
        match error.kind() {
            ErrorKind::AddrInUse => {
                failure.remedy("--listen IP:PORT names another port; port 0 takes any that is free")
            }
            _ => failure
                .remedy("--listen IP:PORT names an address of this machine, and a port that it may use"),
        }
    })
}
