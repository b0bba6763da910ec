//! One file for each subcommand.

mod baseline;
mod compare;
mod download;
mod explore;
mod gate;
mod gate_quality;
mod make;
mod mutants;
mod progress;
mod report;
mod runs_bar;
mod schema;
mod show;
mod simulate;
mod sweep;
mod tracker;
mod validate;
mod world_name;
mod worlds;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use clap::Subcommand;
use swarmlab_engine::bencode::Limits;
use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{FetchError, fetch};
use swarmlab_engine::metainfo::{Magnet, Metainfo};

use crate::exit::Exit;
use crate::failure::Failure;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    Simulate(simulate::Arguments),
    Compare(compare::Arguments),
    Sweep(sweep::Arguments),
    Baseline(baseline::Arguments),
    Gate(gate::Arguments),
    GateQuality(gate_quality::Arguments),
    Explore(explore::Arguments),
    Validate(validate::Arguments),
    Worlds(worlds::Arguments),
    Mutants(mutants::Arguments),
    Report(report::Arguments),
    Schema(schema::Arguments),
    Download(download::Arguments),
    Make(make::Arguments),
    Show(show::Arguments),
    Tracker(tracker::Arguments),
}

impl Command {
    pub fn run(self) -> Result<Exit, Failure> {
        match self {
            Command::Simulate(arguments) => simulate::run(arguments),
            Command::Compare(arguments) => compare::run(arguments),
            Command::Sweep(arguments) => sweep::run(arguments),
            Command::Baseline(arguments) => baseline::run(arguments),
            Command::Gate(arguments) => gate::run(arguments),
            Command::GateQuality(arguments) => gate_quality::run(arguments),
            Command::Explore(arguments) => explore::run(arguments),
            Command::Validate(arguments) => validate::run(arguments),
            Command::Worlds(arguments) => worlds::run(arguments),
            Command::Mutants(arguments) => mutants::run(arguments),
            Command::Report(arguments) => report::run(arguments),
            Command::Schema(arguments) => schema::run(arguments),
            Command::Download(arguments) => download::run(arguments),
            Command::Make(arguments) => make::run(arguments),
            Command::Show(arguments) => show::run(arguments),
            Command::Tracker(arguments) => tracker::run(arguments),
        }
    }
}

/// Reads a file that was named on the command line, and no more than so much of it.
fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| Failure::file("read", path, error))?;
    Ok(bytes)
}

/// A torrent as the command line names it.
enum Given {
    /// By its file.
    Torrent(Metainfo),
    /// By a magnet link.
    Magnet(Magnet),
}

impl Given {
    /// Reads a magnet link, or the torrent file of this name or at this URL.
    fn read(text: &str) -> Result<Given, Failure> {
        if is_url(text) {
            return fetch_torrent(text).map(Given::Torrent);
        }
        if !Magnet::is_meant(text) {
            return read_torrent(Path::new(text)).map(Given::Torrent);
        }
        text.parse().map(Given::Magnet).map_err(|error| {
            Failure::wrong_use(error).remedy("copy the whole link, and put it in quotes: it has an & in it")
        })
    }
}

/// Text that is meant as a URL; no file has such a name.
fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Fetches a torrent file from a web server.
fn fetch_torrent(url: &str) -> Result<Metainfo, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("cannot start: {error}")))?;
    let fetched = runtime.block_on(fetch(&TokioNet, url));
    // A name that is still being resolved would be waited for.
    runtime.shutdown_background();
    let bytes = fetched.map_err(|error| {
        let failure = Failure::new(format_args!("cannot fetch {url}: {error}"));
        match error {
            FetchError::Scheme(scheme) if scheme == "https" => failure
                .remedy("there is no TLS here: fetch it with a browser or with curl -O, and give the file"),
            FetchError::Scheme(_) | FetchError::Url(_) => {
                failure.remedy("http://HOST/PATH, or the name of a file")
            }
            _ => failure.remedy(
                "see whether it is there with curl -I; or fetch it by other means, and give the file",
            ),
        }
    })?;
    Metainfo::read(&bytes).map_err(|error| {
        Failure::new(format_args!("what {url} has is not a valid torrent file: {error}"))
            .remedy("a page may stand in its place: look at it with a browser, which shows the link to the file itself")
    })
}

/// Reads a torrent file that was named on the command line.
fn read_torrent(path: &Path) -> Result<Metainfo, Failure> {
    // A byte more than may be: enough to be told that it is too long, whatever file was named by mistake.
    let bytes = read_limited(path, Limits::TORRENT.bytes_max as u64 + 1)?;
    Metainfo::read(&bytes).map_err(|error| {
        Failure::wrong_use(format_args!("{} is not a valid torrent file: {error}", path.display()))
            .remedy("get it again from where it came; `swarmlab make PATH` makes one of your own files")
    })
}
