//! `swarmlab show`: what a torrent file or a magnet link says, and its trackers of its swarm.

mod scrape;

use clap::Args;
use indicatif::HumanBytes;
use serde_json::json;
use swarmlab_engine::metainfo::{Info, Magnet, Metainfo};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::{date, printable, say};

use super::Given;
use scrape::Counted;

/// Show what a torrent file or a magnet link says.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab show debian.torrent
  swarmlab show debian.torrent --scrape
  swarmlab show debian.torrent --json | jq .info_hash
  swarmlab show debian.torrent --magnet")]
pub struct Arguments {
    /// The torrent file, its URL (http:// only), or a magnet link.
    #[arg(value_name = "FILE|URL|MAGNET")]
    torrent: String,
    /// Ask its trackers how many are in the swarm (BEP 48, BEP 15); fails if none of them says it.
    #[arg(long, conflicts_with = "magnet")]
    scrape: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Print the magnet link that leads to the torrent, and nothing else.
    #[arg(long, conflicts_with = "json")]
    magnet: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let counted = match Given::read(&arguments.torrent)? {
        Given::Torrent(torrent) => show_torrent(&arguments, &torrent)?,
        Given::Magnet(_) if arguments.scrape => {
            return Err(Failure::wrong_use("a magnet link is not scraped").remedy("give the torrent's file"));
        }
        Given::Magnet(magnet) => {
            match (arguments.magnet, arguments.json) {
                (true, _) => say(magnet),
                (_, true) => say(format_args!("{:#}", magnet_as_json(&magnet))),
                _ => print_magnet(&magnet),
            }
            None
        }
    };
    let is_told = counted.is_none_or(|counted| counted.iter().any(|counted| counted.result.is_ok()));
    if is_told { Ok(Exit::Fine) } else { Err(Failure::new("no tracker says how many are in the swarm")) }
}

/// What its trackers said of its swarm, if they were asked.
fn show_torrent(arguments: &Arguments, torrent: &Metainfo) -> Result<Option<Vec<Counted>>, Failure> {
    let counted = if arguments.scrape { Some(scrape::all(torrent)?) } else { None };
    if arguments.magnet {
        say(torrent.magnet());
    } else if arguments.json {
        let mut object = as_json(torrent);
        if let Some(counted) = &counted {
            object["scrapes"] = counted.iter().map(Counted::as_json).collect();
        }
        say(format_args!("{object:#}"));
    } else {
        print_text(torrent);
        counted.iter().for_each(|counted| scrape::print(counted));
    }
    Ok(counted)
}

fn magnet_as_json(magnet: &Magnet) -> serde_json::Value {
    let select: Vec<_> = magnet.select.ranges().iter().map(|range| [*range.start(), *range.end()]).collect();
    json!({
        "info_hash": magnet.info_hash.to_string(),
        "name": magnet.name,
        "trackers": magnet.trackers,
        "peers": magnet.peers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "select": select,
    })
}

fn print_magnet(magnet: &Magnet) {
    if let Some(name) = &magnet.name {
        line("name", name);
    }
    line("info-hash", &magnet.info_hash.to_string());
    let titled = |title: &'static str| std::iter::once(title).chain(std::iter::repeat(""));
    titled("trackers").zip(&magnet.trackers).for_each(|(title, url)| line(title, url));
    titled("peers").zip(&magnet.peers).for_each(|(title, peer)| line(title, &peer.to_string()));
    if !magnet.select.is_all() {
        line("files", &magnet.select.to_string());
    }
    line("size", "unknown until the metadata have come from peers: `swarmlab download`");
}

fn as_json(torrent: &Metainfo) -> serde_json::Value {
    let info = &torrent.info;
    let files = info.files().iter().filter(|file| !file.padding);
    let files: Vec<_> = files
        .map(|file| json!({ "number": file.number, "path": file.path.join("/"), "bytes": file.length }))
        .collect();
    json!({
        "name": info.name(),
        "info_hash": info.hash().to_string(),
        "bytes": info.geometry().total_length,
        "piece_bytes": info.geometry().piece_length,
        "pieces": info.geometry().piece_count,
        "private": info.private(),
        "trackers": torrent.tiers,
        "comment": torrent.comment,
        "created_by": torrent.created_by,
        "created": torrent.creation_date,
        "files": files,
    })
}

fn print_text(torrent: &Metainfo) {
    let info = &torrent.info;
    let geometry = info.geometry();
    line("name", info.name());
    line("info-hash", &info.hash().to_string());
    line("size", &size(geometry.total_length));
    let piece_bytes = u64::from(geometry.piece_length);
    line("pieces", &format!("{} of {}", geometry.piece_count, HumanBytes(piece_bytes)));
    line("private", if info.private() { "yes: peers come from its trackers only" } else { "no" });
    for (number, tier) in torrent.tiers.iter().enumerate() {
        let title = if number == 0 { "trackers" } else { "" };
        line(title, &tier.join(", "));
    }
    let optional = |title, text: Option<String>| text.into_iter().for_each(|text| line(title, &text));
    optional("comment", torrent.comment.clone());
    optional("made by", torrent.created_by.clone());
    optional("made on", torrent.creation_date.map(date));
    print_files(info);
}

fn line(title: &str, text: &str) {
    say(format_args!("{title:<10} {}", printable(text)));
}

fn print_files(info: &Info) {
    let files: Vec<_> = info.files().iter().filter(|file| !file.padding).collect();
    line("files", &files.len().to_string());
    for file in files {
        let bytes = HumanBytes(file.length).to_string();
        say(format_args!("{:>10} {bytes:>14}  {}", file.number, printable(&file.path.join("/"))));
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{} ({bytes} bytes)", HumanBytes(bytes)),
    }
}
