//! `swarmlab download`: take part in a real swarm.

mod bar;
mod beginning;
mod json;
mod keeping;
mod lines;
mod rate;
mod resuming;
mod swarm;
mod view;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use swarmlab_engine::allowance::RateLimits;
use swarmlab_engine::metainfo::FileSelection;
use swarmlab_engine::session::TorrentConfig;
use swarmlab_engine::{choker, picker};
use swarmlab_sim::scenario::parse_rate;

use crate::exit::Exit;
use crate::failure::Failure;

use super::Given;

/// Download a torrent, and share it.
///
/// Of a magnet link the metadata are fetched from peers first.
/// The same command goes on where an earlier one was interrupted. Ctrl-C says goodbye to trackers and peers and leaves nothing
/// corrupt; a second one quits at once.
/// What was verified is noted then, and when all is there, in the target folder, in a hidden file .INFO-HASH.swarmlab; it is not
/// verified again while all files have the length and the time of change that they had. Otherwise all that is there is verified
/// first.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab download debian.torrent --to ~/isos
  swarmlab download http://mirror.example/debian.torrent --to ~/isos
  swarmlab download debian.torrent --to ~/isos --seed --port 6881
  swarmlab download album.torrent --files 0,3-5
  swarmlab download test.torrent --no-tracker --peer 127.0.0.1:51413 --json
  swarmlab download 'magnet:?xt=urn:btih:…&tr=…' --to ~/isos --save-torrent debian.torrent")]
pub struct Arguments {
    /// The torrent file, its URL (http:// only), or a magnet link.
    #[arg(value_name = "FILE|URL|MAGNET")]
    torrent: String,
    /// The folder in which the torrent's file or folder lies, or will lie.
    #[arg(long, value_name = "DIR", default_value = ".")]
    to: PathBuf,
    /// Go on sharing when complete, until interrupted. With the content in place, share it at once.
    #[arg(long)]
    seed: bool,
    /// The files to download, as `swarmlab show` numbers them: 0,2,4-6 (BEP 53). All, or those that a magnet link selects, if
    /// not given. Where a piece has bytes of other files too, these are kept in the hidden file .INFO-HASH.swarmlab-parts.
    #[arg(long, value_name = "LIST")]
    files: Option<FileSelection>,
    /// Verify all that is there, whatever is noted of it.
    #[arg(long)]
    recheck: bool,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
    /// Write the torrent file that a magnet link leads to, once the metadata have come; over an existing one.
    #[arg(long, value_name = "FILE")]
    save_torrent: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Finding peers")]
    finding: Finding,
    #[command(flatten, next_help_heading = "Taking part")]
    part: Part,
}

#[derive(Args)]
struct Finding {
    /// A peer to connect to; may be given again.
    #[arg(long, value_name = "IP:PORT")]
    peer: Vec<SocketAddr>,
    /// The port to listen on; any free one if not given.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// The address to listen on; all addresses if not given.
    #[arg(long, value_name = "IP")]
    bind: Option<IpAddr>,
    /// Don't ask the trackers that the torrent names.
    #[arg(long)]
    no_tracker: bool,
    /// Don't exchange addresses of peers with peers (BEP 11). Of a private torrent none are exchanged in any case.
    #[arg(long)]
    no_pex: bool,
}

#[derive(Args)]
struct Part {
    /// Which piece to get next.
    #[arg(long, value_parser = pickers(), default_value = picker::NAMES[0])]
    picker: String,
    /// Whom to serve while pieces are missing.
    #[arg(long, value_parser = PossibleValuesParser::new(choker::LEECHER_NAMES), default_value = choker::LEECHER_NAMES[0])]
    choker: String,
    /// Whom to serve once complete.
    #[arg(long, value_parser = PossibleValuesParser::new(choker::SEED_NAMES), default_value = choker::SEED_NAMES[0])]
    seed_choker: String,
    /// Peers served at a time.
    #[arg(long, value_name = "N", default_value_t = TorrentConfig::default().upload_slots)]
    upload_slots: u32,
    /// What is sent in a second at most, payload: `2 Mbit/s`, `300 kB/s`; as much as the link carries if not given.
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    up: Option<u64>,
    /// What is fetched in a second at most, payload.
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    down: Option<u64>,
    /// Connections with peers at most.
    #[arg(long, value_name = "N", default_value_t = TorrentConfig::default().connections_max)]
    connections: u32,
    /// The only seed of a new torrent: claim to have nothing, and tell each peer of a piece or two, until each piece is in the
    /// swarm (BEP 16). Only with all of the content in place.
    #[arg(long)]
    super_seed: bool,
    /// Don't offer the fast extension (BEP 6).
    #[arg(long)]
    no_fast: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let torrent = Given::read(&arguments.torrent)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("cannot start: {error}")))?;
    let exit = runtime.block_on(swarm::take_part(arguments, torrent));
    // A name that is still being resolved would be waited for.
    runtime.shutdown_background();
    exit
}

impl Arguments {
    fn listen(&self) -> SocketAddr {
        SocketAddr::new(self.finding.bind.unwrap_or(Ipv6Addr::UNSPECIFIED.into()), self.finding.port)
    }

    fn torrent_config(&self) -> TorrentConfig {
        let usual = TorrentConfig::default();
        TorrentConfig {
            picker: self.part.picker.clone(),
            choker: self.part.choker.clone(),
            seed_choker: self.part.seed_choker.clone(),
            upload_slots: self.part.upload_slots,
            connections_max: self.part.connections,
            connections_target: usual.connections_target.min(self.part.connections),
            fast_extension: !self.part.no_fast,
            super_seeding: self.part.super_seed,
            limits: RateLimits {
                up_bytes_per_s: self.part.up.map(|bits_per_s| bits_per_s / 8),
                down_bytes_per_s: self.part.down.map(|bits_per_s| bits_per_s / 8),
            },
            announce: !self.finding.no_tracker,
            peer_exchange: !self.finding.no_pex,
            ..usual
        }
    }
}

/// All of them; those that only a simulation can have are not proposed, and are refused with the reason.
fn pickers() -> impl TypedValueParser<Value = String> {
    let values = picker::REGISTRY
        .iter()
        .map(|entry| PossibleValue::new(entry.name).help(entry.rule).hide(entry.is_oracle()));
    PossibleValuesParser::new(values).try_map(|name| picker::make(&name, None).map(|_| name))
}
